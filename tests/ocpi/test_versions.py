"""What differs between versions: names of fields, how many parties, and the two sides of 2.1.1."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from enforcement.facts import ChargerStatusSeen, SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger
from ledger.partners import known
from ledger.registrations import invite
from ledger.vault import token_key
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import BASE_URL, Clock
from tests.support.ocpi_objects import evse, location, period, session
from tests.support.ocpi_peer import Peer, Platform, envelope, result


def old_session(**fields: Any) -> dict[str, Any]:
    """The same session in the names of 2.1.1."""
    new = session(charging_periods=[period(NOON, ENERGY=1), period(minutes(5), PARKING_TIME=0.1)])
    left_out = ("country_code", "party_id", "cdr_token", "location_id", "evse_uid", "connector_id", "start_date_time")
    document = {name: value for name, value in new.items() if name not in left_out}
    place = {"id": "LOC1", "evses": [evse()], "last_updated": new["last_updated"]}
    start = {"start_datetime": new["start_date_time"], "auth_id": "NL-TST-C1", "location": place}
    return {**document, **start, **fields}


def facts(ledger: Ledger, kind: type) -> list[Any]:
    with ledger.read() as conn:
        return [f for f in fact_rows.load(conn, ["evse:be*bec*loc1*3256"]) if isinstance(f, kind)]


def test_a_session_says_the_same_in_every_version(ledger: Ledger, peer: Peer, connect: Callable[..., Peer]) -> None:
    old = connect("Old", ("NL", "OLD"))
    sent = old_session()
    answer = old.call("PUT", "2.1.1/sessions/NL/OLD/101", sent)
    assert result(answer) == (201, 1000)
    assert envelope(old.call("GET", "2.1.1/sessions/NL/OLD/101"))["data"] == sent
    peer.call("PUT", "2.3.0/sessions/BE/BEC/101", session(charging_periods=sent["charging_periods"]))
    (new,) = facts(ledger, SessionUpdated)
    with ledger.read() as conn:
        (before,) = [f for f in fact_rows.load(conn, ["evse:nl*old*loc1*3256"]) if isinstance(f, SessionUpdated)]
    said = ("status", "started_at", "energy_wh", "at")
    assert [(p.start, p.parking) for p in before.periods] == [(p.start, p.parking) for p in new.periods]
    assert [p.vague for p in before.periods] == [False, True], "PARKING_TIME of 2.1.1 may be a pause"
    assert [getattr(before, name) for name in said] == [getattr(new, name) for name in said]
    assert before.token == token_key(ledger.vault, "NL", "OLD", "NL-TST-C1")


def test_a_part_in_2_1_1_needs_no_last_updated(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    url = "2.1.1/sessions/BE/BEC/101"
    peer.call("PUT", url, old_session())
    clock.now = minutes(3)
    assert result(peer.call("PATCH", url, {"status": "COMPLETED", "end_datetime": "2026-03-02T17:02:00Z"})) == (
        200,
        1000,
    )
    after = envelope(peer.call("GET", url))["data"]
    assert (after["status"], after["last_updated"]) == ("COMPLETED", "2026-03-02T17:03:00Z")
    assert [f.status for f in sorted(facts(ledger, SessionUpdated), key=lambda f: f.at)] == ["ACTIVE", "COMPLETED"]
    assert result(peer.call("PATCH", "2.2.1/sessions/BE/BEC/101", {"last_updated": "2026-03-02T17:04:00Z"})) == (
        404,
        2001,
    )


def test_an_evse_in_2_1_1_is_patched_by_its_status_alone(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    peer.call("PUT", "2.1.1/locations/BE/BEC/LOC1", location(evse()))
    clock.now = minutes(3)
    assert result(peer.call("PATCH", "2.1.1/locations/BE/BEC/LOC1/3256", {"status": "CHARGING"})) == (200, 1000)
    assert [(f.status, f.at) for f in sorted(facts(ledger, ChargerStatusSeen), key=lambda f: f.at)] == [
        ("AVAILABLE", NOON),
        ("CHARGING", minutes(3)),
    ]


def test_a_tariff_is_patched_in_2_1_1_only(peer: Peer, clock: Clock) -> None:
    tariff = {"id": "12", "currency": "EUR", "elements": [], "last_updated": "2026-03-02T17:00:00Z"}
    url = "2.1.1/tariffs/BE/BEC/12"
    assert result(peer.call("PATCH", url, {"currency": "CAD"})) == (404, 2001)
    assert result(peer.call("PUT", url, tariff)) == (201, 1000)
    clock.now = minutes(1)
    assert result(peer.call("PATCH", url, {"currency": "CAD"})) == (200, 1000)
    assert envelope(peer.call("GET", url))["data"]["currency"] == "CAD"


def test_a_cdr_in_2_1_1_is_of_the_connections_one_party(peer: Peer, connect: Callable[..., Peer]) -> None:
    cdr = {"id": "c1", "start_date_time": "2026-03-02T17:00:00Z", "stop_date_time": "2026-03-02T18:00:00Z",
           "auth_id": "X", "location": {"id": "LOC1"}, "last_updated": "2026-03-02T18:00:00Z"}  # fmt: skip
    answer = peer.call("POST", "2.1.1/cdrs", cdr)
    assert result(answer) == (201, 1000)
    assert answer.headers["Location"] == f"{BASE_URL}/ocpi/2.1.1/cdrs/BE/BEC/c1"
    assert envelope(peer.call("GET", "2.1.1/cdrs/BE/BEC/c1"))["data"] == cdr
    assert result(connect("Two", ("NL", "ONE"), ("NL", "TWO")).call("POST", "2.1.1/cdrs", cdr)) == (200, 2001)


@pytest.mark.parametrize("side", ["", "cpo/"])
def test_the_two_sides_of_2_1_1_have_versions_of_their_own(peer: Peer, side: str) -> None:
    versions = envelope(peer.call("GET", f"{side}versions"))["data"]
    assert versions[0] == {"version": "2.1.1", "url": f"{BASE_URL}/ocpi/{side}2.1.1"}
    endpoints = envelope(peer.call("GET", f"{side}2.1.1"))["data"]["endpoints"]
    assert all(set(endpoint) == {"identifier", "url"} for endpoint in endpoints)
    assert all(endpoint["url"].startswith(f"{BASE_URL}/ocpi/{side}2.1.1/") for endpoint in endpoints)
    assert len({endpoint["identifier"] for endpoint in endpoints}) == len(endpoints)


def test_a_2_1_1_peer_registers_and_its_token_is_sent_as_it_is(
    ledger: Ledger, client: FlaskClient, platform: Platform
) -> None:
    with ledger.write(NOON) as tx:
        guest = Peer(client, invite(tx, "Old"))
    platform.offers(("credentials", "SENDER"))
    platform.says(
        "/2.1.1", {"version": "2.1.1", "endpoints": [{"identifier": "credentials", "url": f"{platform.url}/x"}]}
    )
    details = {"name": "Old network"}
    body = {
        "token": "B-1",
        "url": f"{platform.url}/versions",
        "country_code": "NL",
        "party_id": "OLD",
        "business_details": details,
    }
    answer = guest.call("POST", "2.1.1/credentials", body)
    assert result(answer) == (200, 1000)
    assert platform.calls == [("/versions", "Token B-1"), ("/2.1.1", "Token B-1")]
    ours = envelope(answer)["data"]
    assert ours == {"token": ours["token"], "url": f"{BASE_URL}/ocpi/versions", "country_code": "US", "party_id": "BAY",
                    "business_details": {"name": "Baywarden"}}  # fmt: skip
    with ledger.read() as conn:
        (partner,) = known(conn)
    assert partner.parties == {"nl*old"}
    assert (partner.connection["version"], partner.connection["literal"]) == ("2.1.1", True)
