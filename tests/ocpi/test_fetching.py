"""Objects that parts came of: their network is asked for the whole, not for ever, and no other waits for one."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import ChargerStatusSeen, SessionUpdated
from ledger.database import Ledger, table
from ledger.partners import KnownPartner
from ledger.quirks import quirks
from ledger.registrations import Registration, register
from ledger.wanted_objects import want, wanted
from models import Station
from ocpi.fetching import fetch_wanted
from ocpi.puller import Puller
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.ocpi.test_pull import facts
from tests.support.ocpi_objects import evse, location, session
from tests.support.ocpi_peer import Peer, Platform, result
from tests.support.pulled import LOCATIONS, PARTY, SESSIONS, pages


def test_a_part_of_something_unknown_is_followed_by_a_request_for_the_whole(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, client: Any, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        found = Registration(token="token-B", versions_url="x", connection=partner.connection, parties=[PARTY])
        pusher = Peer(client, register(tx, partner, found))
    clock.now = minutes(1)
    part = {"status": "CHARGING", "last_updated": stamp(minutes(1))}
    assert result(pusher.patch("locations/BE/BEC/LOC1/3256", part)) == (404, 2003)
    assert result(pusher.patch("sessions/BE/BEC/101", {"kwh": 2, "last_updated": stamp(minutes(1))})) == (404, 2001)
    platform.says(f"{LOCATIONS}/LOC1", location(evse(status="CHARGING", at=minutes(1)), at=minutes(1)))
    queries = pages(platform, SESSIONS, [session(kwh=2, at=minutes(1))])
    clock.now = minutes(2)
    assert fetch_wanted(puller, partner) == 2
    assert fetch_wanted(puller, partner) == 0
    assert [fact.status for fact in facts(ledger, ChargerStatusSeen)] == ["CHARGING"]
    assert [fact.energy_wh for fact in facts(ledger, SessionUpdated)] == [2_000]
    assert queries[0]["date_from"] == stamp(minutes(-4))


def test_a_part_of_years_ago_asks_for_no_years(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        for number in range(150):
            want(tx, partner.id, "sessions", "be*bec", str(number), NOON - timedelta(days=9_000))
    queries = pages(platform, SESSIONS, [])
    assert [fetch_wanted(puller, partner) for _ in range(3)] == [100, 50, 0]
    assert {query["date_from"] for query in queries} == {stamp(NOON - timedelta(days=7))}


def test_what_is_odd_in_what_was_asked_for_is_counted_with_the_rest(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        want(tx, partner.id, "sessions", "be*bec", "1", NOON)
    pages(platform, SESSIONS, [session("1", kwh="1"), session("2", kwh="2")])
    assert fetch_wanted(puller, partner) == 1
    with ledger.write(minutes(2)) as tx:
        puller.quirks.note(tx, partner.id, [])
        assert [(quirk.code, quirk.count) for quirk in quirks(tx.conn, partner.id)] == [("number_as_text", 2)]


@pytest.mark.parametrize("no", [{"http": 404, "code": 2003}, {"code": 2003}, {"data": location(evse()) | {"id": 7.5}}])
def test_one_that_is_not_given_holds_up_no_other(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock, no: dict[str, Any]
) -> None:
    with ledger.write(NOON) as tx:
        for name in ("GONE", "LOC1"):
            want(tx, partner.id, "locations", "be*bec", name, NOON)
    platform.says(f"{LOCATIONS}/GONE", **{"data": None, **no})
    platform.says(f"{LOCATIONS}/LOC1", location(evse()))
    fetch_wanted(puller, partner)
    with ledger.read() as conn:
        assert [row.key for row in conn.execute(select(table(Station)))] == ["be*bec*loc1"]
        assert [(item.object_id, item.tries) for item in wanted(conn, partner, minutes(60))] == [("GONE", 1)]


def test_a_peer_that_does_not_answer_is_asked_once(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        for name in ("LOC1", "LOC2"):
            want(tx, partner.id, "locations", "be*bec", name, NOON)
    platform.pages[f"{LOCATIONS}/LOC1"] = lambda _: (200, b"Bad Gateway", {})
    fetch_wanted(puller, partner)
    assert [path for path, _ in platform.calls] == [f"{LOCATIONS}/LOC1"]
    with ledger.read() as conn:
        assert [item.tries for item in wanted(conn, partner, minutes(60))] == [1, 1]


def test_what_a_network_does_not_give_is_asked_for_less_and_less_and_then_no_more(
    ledger: Ledger, platform: Platform, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    with ledger.write(NOON) as tx:
        want(tx, partner.id, "locations", "be*bec", "LOC1", NOON)
    asked = 0
    for minute in range(200):
        clock.now = minutes(minute)
        asked += fetch_wanted(puller, partner)
    assert asked == 8
