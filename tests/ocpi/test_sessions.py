"""Sessions through the door: what is stored, what is returned and which facts come of it."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import NetworkHeard, Period, SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger, table
from ledger.vault import token_key
from models import OcpiObject, Token
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import period, session
from tests.support.ocpi_peer import Peer, envelope, result

URL = "sessions/BE/BEC/101"


def updates(ledger: Ledger, evse: str = "be*bec*loc1*3256") -> list[SessionUpdated]:
    with ledger.read() as conn:
        facts = fact_rows.load(conn, [f"evse:{evse}"])
    return sorted((f for f in facts if isinstance(f, SessionUpdated)), key=lambda f: (f.at, f.source_id))


def test_a_put_session_is_returned_whole_and_becomes_a_fact(ledger: Ledger, peer: Peer) -> None:
    sent = session(kwh=41.12, unknown_field={"kept": [1.10, None]})
    assert result(peer.put(URL, sent)) == (201, 1000)
    assert envelope(peer.get(URL))["data"] == sent
    (fact,) = updates(ledger)
    assert (fact.session, fact.status, fact.energy_wh) == ("be*bec*101", "ACTIVE", 41_120)
    assert (fact.at, fact.started_at, fact.seen_at) == (NOON, NOON, NOON)
    assert fact.token == token_key(ledger.vault, "NL", "TST", "123ABC")
    assert fact.source == "ocpi:be*bec"
    with ledger.read() as conn:
        heard = [f for f in fact_rows.load(conn, ["network:be*bec"]) if isinstance(f, NetworkHeard)]
    assert [(f.at, f.source_id) for f in heard] == [(NOON, "heard:2026-03-02T17:00:00Z")]


def test_a_second_put_updates(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    peer.put(URL, session())
    clock.now = minutes(5)
    assert result(peer.put(URL, session(at=minutes(5), kwh="1.5"))) == (200, 1000)
    assert [fact.energy_wh for fact in updates(ledger)] == [0, 1_500]


def test_the_same_put_twice_is_one_fact(ledger: Ledger, peer: Peer) -> None:
    peer.put(URL, session())
    assert result(peer.put(URL, session())) == (200, 1000)
    assert len(updates(ledger)) == 1


def test_an_older_put_never_turns_a_completed_session_back_but_is_a_fact(
    ledger: Ledger, peer: Peer, clock: Clock
) -> None:
    clock.now = minutes(60)
    done = session(at=minutes(50), status="COMPLETED", end_date_time=stamp(minutes(50)), kwh=10)
    peer.put(URL, done)
    late = peer.put(URL, session(at=minutes(40), kwh=9))
    assert result(late) == (200, 1000)
    assert "not stored" in envelope(late)["status_message"]
    assert envelope(peer.get(URL))["data"] == done
    assert [(f.at, f.status) for f in updates(ledger)] == [(minutes(40), "ACTIVE"), (minutes(50), "COMPLETED")]


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_completed_session_is_not_reopened_by_an_update_of_the_same_moment(peer: Peer, method: str) -> None:
    peer.put(URL, session(status="COMPLETED"))
    answer = peer.call(method, f"2.2.1/{URL}", session(status="ACTIVE"))
    assert "not stored" in envelope(answer)["status_message"]
    assert envelope(peer.get(URL))["data"]["status"] == "COMPLETED"


def test_two_updates_of_the_same_second_are_both_taken(ledger: Ledger, peer: Peer) -> None:
    peer.put(URL, session(kwh=1))
    peer.put(URL, session(kwh=2))
    assert envelope(peer.get(URL))["data"]["kwh"] == 2
    assert len(updates(ledger)) == 2


def test_a_clock_far_ahead_does_not_lock_the_session(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    peer.put(URL, session(last_updated="2090-01-01T00:00:00Z", kwh=1))
    clock.now = minutes(1)
    peer.put(URL, session(at=minutes(1), kwh=2))
    assert envelope(peer.get(URL))["data"]["kwh"] == 2
    assert [fact.at for fact in updates(ledger)] == [NOON, minutes(1)]


def test_a_patch_changes_what_it_says_and_appends_periods(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    first, second, third = period(NOON, ENERGY=1), period(minutes(5), ENERGY=2), period(minutes(9), PARKING_TIME=0.1)
    peer.put(URL, session(charging_periods=[first], currency="EUR"))
    clock.now = minutes(9)
    part = {"kwh": 3, "charging_periods": [first, second, third], "last_updated": stamp(minutes(9))}
    assert result(peer.patch(URL, part)) == (200, 1000)
    data = envelope(peer.get(URL))["data"]
    assert data["charging_periods"] == [first, second, third]
    assert (data["kwh"], data["currency"], data["cdr_token"]["uid"]) == (3, "EUR", "123abc")
    fact = updates(ledger)[-1]
    assert (fact.status, fact.token, fact.periods_complete) == (None, None, False)
    assert fact.periods[-1] == Period(start=minutes(9), parking=True)


def test_a_put_without_periods_removes_them(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    peer.put(URL, session(charging_periods=[period(NOON, ENERGY=1)]))
    clock.now = minutes(1)
    peer.put(URL, session(at=minutes(1)))
    assert "charging_periods" not in envelope(peer.get(URL))["data"]
    assert updates(ledger)[-1].periods_complete is True


def test_a_late_patch_is_a_fact_only(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    clock.now = minutes(10)
    peer.put(URL, session(at=minutes(10), kwh=5))
    assert result(peer.patch(URL, {"kwh": 4, "last_updated": stamp(minutes(8))})) == (200, 1000)
    assert envelope(peer.get(URL))["data"]["kwh"] == 5
    assert [f.energy_wh for f in updates(ledger)] == [4_000, 5_000]


def test_a_patch_needs_last_updated_and_a_session(ledger: Ledger, peer: Peer) -> None:
    assert result(peer.patch(URL, {"kwh": 1, "last_updated": stamp(NOON)})) == (404, 2001)
    peer.put(URL, session())
    refused = peer.patch(URL, {"kwh": 1})
    assert result(refused) == (200, 2001)
    assert "last_updated" in envelope(refused)["status_message"]
    assert len(updates(ledger)) == 1


def test_a_token_may_come_with_a_patch(ledger: Ledger, peer: Peer) -> None:
    without = {name: value for name, value in session().items() if name != "cdr_token"}
    peer.put(URL, without)
    assert updates(ledger)[0].token is None
    peer.patch(URL, {"cdr_token": session()["cdr_token"], "last_updated": stamp(NOON)})
    assert envelope(peer.get(URL))["data"]["cdr_token"] == session()["cdr_token"]
    assert [f.token for f in updates(ledger)].count(token_key(ledger.vault, "NL", "TST", "123abc")) == 1


def test_ids_are_one_in_any_case_and_keep_their_spelling(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    peer.put("sessions/be/Bec/aB1", session("Ab1", country_code="be"))
    clock.now = minutes(1)
    again = session("AB1", at=minutes(1), location_id="loc1", evse_uid="3256")
    assert result(peer.put("sessions/BE/BEC/AB1/", again)) == (200, 1000)
    assert envelope(peer.get("sessions/BE/BEC/ab1"))["data"]["id"] == "AB1"
    assert {fact.session for fact in updates(ledger)} == {"be*bec*ab1"}


@pytest.mark.parametrize(
    "change",
    [
        {"id": "102"},
        {"country_code": "NL"},
        {"party_id": "XYZ"},
        {"kwh": "much"},
        {"kwh": -1},
        {"kwh": True},
        {"kwh": 10**400},
        {"status": 7},
        {"status": None},
        {"last_updated": "yesterday"},
        {"last_updated": None},
        {"last_updated": "1200-01-01T00:00:00Z"},
        {"last_updated": "2026-02-30T00:00:00Z"},
        {"evse_uid": None},
        {"evse_uid": ""},
        {"location_id": "x" * 37},
        {"charging_periods": {}},
        {"charging_periods": [1]},
        {"charging_periods": [{"start_date_time": "x", "dimensions": []}]},
        {"charging_periods": [{"start_date_time": "2026-03-02T17:00:00Z", "dimensions": [{"type": "ENERGY"}]}]},
    ],
)
def test_bad_content_is_refused_with_2001(ledger: Ledger, peer: Peer, change: dict[str, Any]) -> None:
    assert result(peer.put(URL, session(**change))) in {(200, 2001), (400, 2001)}
    assert result(peer.get(URL)) == (404, 2001)
    assert updates(ledger) == []


@pytest.mark.parametrize(
    "change",
    [
        {"cdr_token": None},
        {"connector_id": ""},
        {"status": "SOMETHING_NEW"},
        {"start_date_time": "2026-03-02T17:00:00"},
        {"start_date_time": "2026-03-02T18:00:00.250+01:00"},
        {"kwh": "12.5"},
        {"location_id": 12},
        {"auth_method": None},
        {"cdr_token": {"uid": "123abc"}},
        {"cdr_token": "123abc"},
        {"cdr_token": []},
        {"country_code": None},
        {"currency": 978},
    ],
)
def test_known_quirks_are_tolerated(ledger: Ledger, peer: Peer, change: dict[str, Any]) -> None:
    sent = session(**change)
    assert result(peer.put(URL, sent)) == (201, 1000)
    got = envelope(peer.get(URL))["data"]
    assert {name: got.get(name) for name in change} == {"country_code": "BE"} if "country_code" in change else change


def test_a_token_without_party_is_the_networks_own(ledger: Ledger, peer: Peer) -> None:
    peer.put(URL, session(cdr_token={"uid": "123abc"}))
    assert updates(ledger)[0].token == token_key(ledger.vault, "be", "bec", "123abc")


def test_a_drivers_token_is_nowhere_in_the_open(ledger: Ledger, peer: Peer) -> None:
    peer.put(URL, session(cdr_token={**session()["cdr_token"], "uid": "SECRET-UID"}))
    peer.put("sessions/BE/BEC/102", session("102", cdr_token="SECRET-UID"))
    with ledger.read() as conn:
        documents = [*conn.execute(select(table(OcpiObject).c.document)).scalars()]
        documents += conn.execute(select(table(Token).c.document)).scalars()
        documents += [repr(fact) for fact in fact_rows.load(conn, ["evse:be*bec*loc1*3256"])]
    assert len(documents) == 5
    assert not any("secret-uid" in document.casefold() for document in documents)


def test_a_marker_from_outside_opens_no_other_partners_token(
    ledger: Ledger, peer: Peer, connect: Callable[..., Peer]
) -> None:
    peer.put(URL, session())
    key = token_key(ledger.vault, "NL", "TST", "123abc")
    other = connect("Other", ("NL", "OTH"))
    mine = session("1", country_code="NL", party_id="OTH", cdr_token=None) | {"$token": key, "$sealed": "x"}
    assert result(other.put("sessions/NL/OTH/1", mine)) == (201, 1000)
    other.patch("sessions/NL/OTH/1", {"$token": key, "$sealed": "x", "last_updated": stamp(NOON)})
    data = envelope(other.get("sessions/NL/OTH/1"))["data"]
    assert not {"cdr_token", "$token", "$sealed"} & data.keys()
    with ledger.read() as conn:
        assert {f.token for f in fact_rows.load(conn, ["evse:nl*oth*loc1*3256"]) if isinstance(f, SessionUpdated)} == {
            None
        }


def test_a_foreign_party_does_not_exist(peer: Peer, connect: Callable[..., Peer]) -> None:
    peer.put(URL, session())
    other = connect("Other", ("NL", "OTH"))
    assert result(other.get(URL)) == (404, 2001)
    assert result(other.put(URL, session())) == (404, 2001)
    assert result(other.patch(URL, {"kwh": 3, "last_updated": stamp(minutes(1))})) == (404, 2001)
    assert result(other.put("sessions/NL/OTH/101", session())) == (200, 2001)
    assert envelope(peer.get(URL))["data"] == session()


def test_a_stay_is_seen_from_pushes_alone(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    """Energy that stops is followed to the end of what the peer says, in any order of arrival."""
    clock.now = minutes(120)
    moments = [(0, 0.0), (30, 10.0), (60, 10.0), (90, 10.0)]
    for minute, kwh in reversed(moments):
        peer.put(URL, session(at=minutes(minute), start_date_time=stamp(NOON), kwh=kwh))
    assert [(f.at, f.energy_wh) for f in updates(ledger)] == [(minutes(m), int(k * 1000)) for m, k in moments]
    assert envelope(peer.get(URL))["data"]["kwh"] == 10.0
