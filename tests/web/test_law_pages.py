"""The law of a place beside a violation: on its page, in the API, and on the page of policies."""

import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from ledger import traits
from ledger.database import Ledger
from models.places import Trait
from tests.conftest import NOON
from tests.support.browsing import bearer
from tests.web.test_api import BOTH, check


@pytest.fixture
def ruled(town: Ledger) -> Ledger:
    """The harbour lies in Quebec, the Gare in Colorado, as far as their owner says."""
    with town.write(NOON) as tx:
        for place, key in (("ca*nsc*harbour", "ca-qc"), ("ca*elv*gare", "us-co")):
            traits.say(tx, place, Trait.LAW, key)
    return town


def law(ledger: Ledger, app: Any, kind: str, bay: str) -> list[dict[str, Any]]:
    client, headers = app.test_client(), bearer(ledger, NOON, BOTH, f"{kind}{bay}")
    listed = client.get(f"/api/v1/violations?kind={kind}&limit=200", headers=headers).json["data"]
    url = next(each["url"] for each in listed if each["bay"]["name"] == bay)
    body = client.get(url, headers=headers).json
    check(json.loads(client.get("/api/v1/openapi.json").data), "ViolationDetail", body)
    return list(body["law"])


def test_the_api_tells_the_law_of_the_place(ruled: Ledger, app: Any) -> None:
    (quebec,) = law(ruled, app, "idle", "H1")
    assert (quebec["rule"], quebec["position"]["code"]) == ("ca-qc-388.1@1", "legal")
    assert "plugged_is_legal" in {reason["code"] for reason in quebec["reasons"]}
    (parked,) = law(ruled, app, "unplugged", "H4")
    assert parked["position"]["code"] == "forbidden"
    assert (parked["penalty"]["least_minor"], parked["penalty"]["most_minor"]) == (10_000, 20_000)
    (colorado,) = law(ruled, app, "overstaying", "G1")
    assert colorado["position"]["code"] == "forbidden" and len(colorado["exemptions"]) == 3


def test_the_page_tells_it_in_both_languages(ruled: Ledger, owner: FlaskClient) -> None:
    listed = owner.get("/violations?state=settled&kind=idle").text
    path = re.search(r'href="(/violations/[0-9a-f-]{36})"', listed)
    assert path
    text = owner.get(path[1]).text
    assert "Legal under this law." in text and "Permis par cette loi." in text
    assert "article 388.1" in text and "A fine of $100 to $200, plus costs." in text
    assert "an officer decides" in text


def test_the_page_of_policies_tells_where_each_rule_holds(ruled: Ledger, owner: FlaskClient) -> None:
    text = owner.get("/policies").text
    words = re.sub("<[^>]+>", "", text)
    assert "Holds at Harbour Street" in words and "Holds at Gare du Palais" in words
    assert not re.search('class="badge[^>]*>[^<]*Harbour Street', text), "a badge does not break: names lie beside it"
    assert "not charging for more than 30 min" in text and "pas en recharge pendant plus de 30 min" in text
    assert text.count("At no station") == 7
    before, _, folded = text.partition('<details class="elsewhere">')
    assert "At no station" not in before and "hold at no station here (7)" in folded
