"""Findings and policies as an owner sees them, and findings in the API."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from enforcement.facts import BilledSpan, NetworkBilled, evse_subject
from ledger.database import Ledger
from ledger.record import record
from tests.conftest import NOON, minutes
from tests.support.browsing import bearer
from tests.web.conftest import END
from tests.web.test_api import check


@pytest.fixture
def billed(town: Ledger) -> Ledger:
    """The network bills the settled stay in bay H6 (charged 32 to 70) as parking from minute 50 on."""
    spans = (BilledSpan(start=minutes(50), end=minutes(108), amount_minor=580),)
    fact = NetworkBilled(
        at=END, seen_at=END, source="ocpi", source_id="cdr:1", subject=evse_subject("ca*nsc*harbour*h6"),
        record="ca*nsc*c1", session="ca*nsc*eve", started_at=minutes(32), ended_at=minutes(108), currency="CAD",
        spans=spans, parking_s=58 * 60,
    )  # fmt: skip
    with town.write(END) as tx:
        record(tx, [fact])
    return town


def test_a_finding_is_shown_and_acknowledged(billed: Ledger, owner: FlaskClient) -> None:
    text = owner.get("/findings").text
    assert "Billed while charging" in text and "20 min were billed as parking while the vehicle was charging." in text
    assert "2.00 CAD" in text
    link = re.search(r'href="(/violations/[0-9a-f-]{36})"', text)
    assert link and owner.get(link[1]).status_code == 200
    action = re.search(r'action="(/findings/[0-9a-f-]{36})"', text)
    token = re.search(r'name="csrf_token" value="([^"]+)"', text)
    assert action and token
    assert owner.post(action[1], data={"note": "Asked."}).status_code == 400
    assert owner.post(action[1], data={"note": " ", "csrf_token": token[1]}).status_code == 400
    assert owner.post(action[1], data={"note": "Asked the network.", "csrf_token": token[1]}).status_code == 303
    assert "No findings" in owner.get("/findings").text
    assert "Asked the network." in owner.get("/findings?state=acknowledged&code=charging_billed").text


def test_filters_are_read_strictly(owner: FlaskClient) -> None:
    assert owner.get("/findings?state=nonsense").status_code == 400
    assert owner.get("/findings?from=2026-03-02&to=2026-03-03&station=ca*nsc*harbour").status_code == 200


def test_findings_need_a_person(app: Any) -> None:
    assert app.test_client().get("/findings").status_code in (302, 303)
    assert app.test_client().get("/policies").status_code in (302, 303)


def test_findings_in_the_api(billed: Ledger, app: Any) -> None:
    client, headers = app.test_client(), bearer(billed, NOON, ["evidence:read"])
    document = json.loads(client.get("/api/v1/openapi.json").data)
    everything = "state=open&state=acknowledged&state=withdrawn"
    body = client.get(f"/api/v1/findings?{everything}", headers=headers).json
    check(document, "FindingPage", body)
    (finding,) = [each for each in body["data"] if each["code"] == "charging_billed"]
    assert (finding["seconds"], finding["amount_minor"], finding["record"]) == (1200, 200, "ca*nsc*c1")
    assert finding["text"]["fr"].startswith("20 min ont été facturées")
    assert client.get("/api/v1/findings?nonsense=1", headers=headers).status_code == 400
    assert client.get("/api/v1/findings", headers=bearer(billed, NOON, ["violations:read"])).status_code == 403


def test_policies_are_shown_with_their_signs(owner: FlaskClient) -> None:
    text = owner.get("/policies").text
    assert "Ten minutes of grace" in text and "Holds now" in text and "Harbour Street" in text
    assert "Charging finished: the next 10 min are free. Then move your vehicle." in text
    assert "Recharge terminée: gratuit encore 10 min." in text
    assert "[[clause]]" in text
