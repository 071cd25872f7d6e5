"""Signs that somebody attests, on the page, in the API and by command; and what the law says with and without one."""

import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import delete, select

from ledger import access, acts, attestations, attested_signs, traits
from ledger.database import Ledger, table
from models import AccessLog, SignAttestation
from models.places import Trait
from tests.conftest import NOON, minutes
from tests.support.browsing import bearer, log_in
from tests.web.conftest import END
from tests.web.test_api import BOTH, check

GARE, G1 = "ca*elv*gare", "ca*elv*gare/G1"


@pytest.fixture
def ruled(town: Ledger) -> Ledger:
    """The Gare lies in Colorado, whose law asks for a sign, and nothing is attested."""
    with town.write(NOON) as tx:
        traits.say(tx, GARE, Trait.LAW, "us-co")
        tx.conn.execute(delete(table(SignAttestation)))
    return town


@pytest.fixture
def attesting(ruled: Ledger, app: Any) -> tuple[FlaskClient, dict[str, str]]:
    return app.test_client(), bearer(ruled, NOON, [*BOTH, access.SIGNS], "city")


def case(client: FlaskClient, headers: dict[str, str]) -> dict[str, Any]:
    """What the API says of the vehicle that overstays in bay G1."""
    listed = client.get("/api/v1/violations?kind=overstaying&limit=200", headers=headers).json["data"]
    url = next(each["url"] for each in listed if each["bay"]["name"] == "G1")
    body = client.get(url, headers=headers).json
    check(json.loads(client.get("/api/v1/openapi.json").data), "ViolationDetail", body)
    return dict(body)


def codes(body: dict[str, Any]) -> set[str]:
    (law,) = body["law"]
    return {reason["code"] for reason in law["reasons"]}


def test_the_law_says_so_until_a_sign_is_attested_and_after_it_is_gone(
    attesting: tuple[FlaskClient, dict[str, str]], owner: FlaskClient
) -> None:
    client, headers = attesting
    before = case(client, headers)
    assert before["sign"] is None and codes(before) == {"no_sign"}
    page = owner.get(f"/violations/{before['id']}").text
    assert "No sign is attested here." in page and "Aucun panneau n&#39;est attesté ici." in page.replace(
        "n'", "n&#39;"
    )
    answer = client.post("/api/v1/signs", headers=headers, json={"station": GARE, "seen_at": NOON.isoformat()})
    assert answer.status_code == 201
    check(json.loads(client.get("/api/v1/openapi.json").data), "Sign", answer.json)
    after = case(client, headers)
    assert codes(after) == set() and after["sign"]["attested_by"] == "client:city"
    assert "A sign is attested:" in owner.get(f"/violations/{before['id']}").text
    gone = f"/api/v1/signs/{answer.json['id']}/gone"
    assert client.post(gone, headers=headers, json={"gone_at": minutes(1).isoformat()}).status_code == 204
    assert codes(case(client, headers)) == {"no_sign"}
    assert client.post(gone, headers=headers, json={"gone_at": minutes(1).isoformat()}).status_code == 400


def test_a_bays_own_sign_and_what_replaces_it(ruled: Ledger, attesting: tuple[FlaskClient, dict[str, str]]) -> None:
    client, headers = attesting
    whole = {"station": GARE, "seen_at": NOON.isoformat(), "states_penalty": True, "forbids": ["no_e_plate"], "limit_min": 240,
             "hours": ["08:00-18:00 mon tue"], "kind": "lodging", "land": "open", "note": "by the door", "bay": G1}  # fmt: skip
    assert client.post("/api/v1/signs", headers=headers, json=whole).status_code == 201
    later = {**whole, "seen_at": minutes(30).isoformat(), "limit_min": None}
    assert client.post("/api/v1/signs", headers=headers, json=later).status_code == 201
    earlier = {**whole, "seen_at": minutes(-30).isoformat(), "hours": []}
    assert client.post("/api/v1/signs", headers=headers, json=earlier).status_code == 201
    listed = client.get(f"/api/v1/signs?station={GARE}", headers=headers).json
    check(json.loads(client.get("/api/v1/openapi.json").data), "Signs", listed)
    spans = sorted((each["from"], each["to"]) for each in listed["signs"])
    half, noon, early = (minutes(m).isoformat().replace("+00:00", "Z") for m in (30, 0, -30))
    assert spans == [(early, noon), (noon, half), (half, None)]
    assert case(client, headers)["sign"]["from"] == half  # it overstays after that
    with ruled.read() as conn:
        said = acts.latest(conn, attestations.about(GARE), 3)
    assert {(act.who, act.what) for act in said} == {("client:city", "attested")}


def test_a_sign_that_is_gone_stays_so_whatever_is_told_late(attesting: tuple[FlaskClient, dict[str, str]]) -> None:
    client, headers = attesting
    first = client.post("/api/v1/signs", headers=headers, json={"station": GARE, "seen_at": NOON.isoformat()})
    gone = f"/api/v1/signs/{first.json['id']}/gone"
    assert client.post(gone, headers=headers, json={"gone_at": minutes(20).isoformat()}).status_code == 204
    late = {"station": GARE, "seen_at": minutes(10).isoformat(), "limit_min": 60}
    assert client.post("/api/v1/signs", headers=headers, json=late).status_code == 201
    listed = client.get(f"/api/v1/signs?station={GARE}", headers=headers).json["signs"]
    noon, ten, twenty = (minutes(m).isoformat().replace("+00:00", "Z") for m in (0, 10, 20))
    assert sorted((each["from"], each["to"]) for each in listed) == [(noon, ten), (ten, twenty)]


@pytest.mark.parametrize(
    "change",
    [
        {"station": "nowhere"},
        {"bay": "ca*nsc*harbour/H1"},
        {"seen_at": END.replace(year=2090).isoformat()},
        {"seen_at": "2026-03-02T12:00:00"},
        {"seen_at": 5},
        {"kind": "moon"},
        {"forbids": ["smiling"]},
        {"limit_min": 0},
        {"limit_min": 10**12},
        {"hours": ["always"]},
        {"hours": ["08:00-18:00"] * 15},
        {"note": "x" * 501},
        {"note": "\x00"},
    ],
)
def test_what_cannot_be_attested_is_refused(
    attesting: tuple[FlaskClient, dict[str, str]], change: dict[str, Any]
) -> None:
    client, headers = attesting
    body = {"station": GARE, "seen_at": NOON.isoformat(), **change}
    assert client.post("/api/v1/signs", headers=headers, json=body).status_code == 400
    assert client.get("/api/v1/signs", headers=headers).json == {"signs": []}


def test_the_api_asks_for_the_scope(ruled: Ledger, app: Any) -> None:
    client, headers = app.test_client(), bearer(ruled, NOON, BOTH, "reader")
    body = {"station": GARE, "seen_at": NOON.isoformat()}
    assert client.post("/api/v1/signs", headers=headers, json=body).status_code == 403


def token(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/signs?station={GARE}").text)
    assert found
    return found[1]


def photo() -> tuple[io.BytesIO, str]:
    content = io.BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    content.seek(0)
    return content, "sign.png"


def test_an_officer_attests_on_the_page_with_a_photo(ruled: Ledger, app: Any) -> None:
    with ruled.write(NOON) as tx:
        access.add_login(tx, "warden", "a long password", access.OFFICER)
    officer = app.test_client()
    log_in(officer, "warden", "a long password")
    text = officer.get(f"/signs?station={GARE}").text
    assert "Colorado" in text and "I have seen it" in text
    form = {"station": GARE, "bay": G1, "seen_at": "2026-03-02T12:00", "hours": "08:00-18:00, 19:00-20:00 sat",
            "forbids": "not_charging", "csrf_token": token(officer), "photo": photo()}  # fmt: skip
    answer = officer.post("/signs", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    text = officer.get(answer.headers["Location"]).text
    assert "warden" in text and "bay G1" in text and "attested the sign" in text
    path = re.search(r'href="(/signs/[0-9a-f-]{36}/photo.jpg)"', text)
    assert path and officer.get(path[1]).data.startswith(b"\xff\xd8")
    with ruled.read() as conn:
        assert conn.execute(select(table(AccessLog).c.reader).where(table(AccessLog).c.what == "photo")).scalars().all()
        (sign,) = attested_signs.of_station(conn, GARE)
    assert (sign.attested_by, len(sign.attested.seen.hours)) == ("login:warden", 2)
    gone = {"csrf_token": token(officer)}
    assert officer.post(f"/signs/{sign.public_id}/gone", data=gone).status_code == 303
    assert "Until" in officer.get(f"/signs?station={GARE}").text


def test_a_form_with_a_fault_is_shown_again(ruled: Ledger, owner: FlaskClient) -> None:
    for change in (
        {"hours": "never"},
        {"seen_at": "soon"},
        {"photo": (io.BytesIO(b"no photo"), "x.png")},
        {"bay": "x"},
    ):
        form = {"station": GARE, "note": "kept", "forbids": "not_charging", "csrf_token": token(owner), **change}
        answer = owner.post("/signs", data=form, content_type="multipart/form-data")
        assert answer.status_code == 400 and "Not attested" in answer.text and 'value="kept"' in answer.text
        assert 'value="not_charging" checked' in answer.text and 'value="not_an_ev" checked' not in answer.text
        form_shown = answer.text.partition('id="attest"')[2]
        assert "Not attested" in form_shown, "where the page opens, which is at the form"
    assert owner.get("/signs?station=nowhere").status_code == 404
    assert "Choose a station" in owner.get("/signs").text


def test_an_officer_changes_nothing_else(ruled: Ledger, app: Any) -> None:
    with ruled.write(NOON) as tx:
        access.add_login(tx, "warden", "a long password", access.OFFICER)
    officer = app.test_client()
    log_in(officer, "warden", "a long password")
    assert officer.get("/webhooks").status_code == 403
    assert 'href="/webhooks"' not in officer.get("/outbox").text, "nothing leads to what is refused"
    for path in ("/findings/x", "/violations/x/answer", "/outbox/1/retry", "/webhooks"):
        assert officer.post(path, data={"csrf_token": token(officer), "note": "x"}).status_code == 403, path
    assert officer.post("/logout", data={"csrf_token": token(officer)}).status_code == 303
