"""About once a day each module is pulled whole: what its network changed without moving ``last_updated`` is found, too."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import ChargerStatusSeen, SessionUpdated
from ledger import facts as fact_rows
from ledger.database import Ledger, table
from ledger.partners import KnownPartner
from ledger.pulls import claim
from ledger.record import record
from models import Evse, OcpiPull
from ocpi.modules import evses
from ocpi.modules.taking import origin_of
from ocpi.pull import pull_due
from ocpi.puller import Puller
from ocpi.versions import VERSIONS
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import evse, location, session
from tests.support.ocpi_peer import Platform
from tests.support.pulled import LOCATIONS, SESSIONS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Network:
    """What a platform has, and gives by the filters that it is asked with, as the standard wants it."""

    def __init__(self, platform: Platform) -> None:
        self.has: dict[str, list[dict[str, Any]]] = {LOCATIONS: [], SESSIONS: []}
        self.asked: list[tuple[str, str | None]] = []
        self.broken: set[str] = set()
        for path in self.has:
            platform.pages[path] = lambda query, path=path: self._answer(path, query)

    def _answer(self, path: str, query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        since = query.get("date_from")
        self.asked.append((path, since))
        if since is None and path in self.broken:
            return 500, {}, {}
        found = [each for each in self.has[path] if since is None or each["last_updated"] >= since]
        return 200, {"data": found, "status_code": 1000}, {}

    def asked_whole(self, path: str) -> list[bool]:
        """Of each pull from there, whether it was for all that there is."""
        return [since is None for asked, since in self.asked if asked == path]


@pytest.fixture
def network(platform: Platform) -> Network:
    return Network(platform)


def statuses(ledger: Ledger) -> list[tuple[datetime, str]]:
    with ledger.read() as conn:
        found = fact_rows.load(conn, ["evse:be*bec*loc1*3256"])
    return sorted((fact.at, fact.status) for fact in found if isinstance(fact, ChargerStatusSeen))


def go_on(puller: Puller, partner: KnownPartner, clock: Clock, until: datetime) -> None:
    """Hour by hour, as the pulls come due."""
    while clock.now < until:
        clock.now += HOUR
        pull_due(puller, partner)


def test_a_state_that_moved_undated_is_found_within_a_day(
    ledger: Ledger, network: Network, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    network.has[LOCATIONS] = [location(evse(at=NOON - DAY), at=NOON - DAY)]
    pull_due(puller, partner)
    network.has[LOCATIONS] = [location(evse(status="OUTOFORDER", at=NOON - DAY), at=NOON - DAY)]
    go_on(puller, partner, clock, NOON + 3 * DAY)
    (first, _), (found, status) = statuses(ledger)
    assert first == NOON - DAY and status == "OUTOFORDER"
    assert timedelta(hours=20) < found - NOON <= DAY
    with ledger.read() as conn:
        (stands,) = conn.execute(select(table(Evse)))
    assert (stands.status, stands.status_at) == ("OUTOFORDER", found)
    whole = network.asked_whole(LOCATIONS)
    assert whole[0] and 3 <= sum(whole[1:]) <= 4 and len(whole) > 70


def test_one_that_fails_is_made_once_a_day_and_what_is_new_comes_as_before(
    ledger: Ledger, network: Network, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    network.has[LOCATIONS] = [location(evse())]
    pull_due(puller, partner)
    network.broken.add(LOCATIONS)
    go_on(puller, partner, clock, NOON + 2 * DAY)
    network.has[LOCATIONS] = [location(evse(status="BLOCKED", at=clock.now), at=clock.now)]
    go_on(puller, partner, clock, clock.now + 2 * HOUR)
    assert statuses(ledger)[-1][1] == "BLOCKED"
    assert 2 <= sum(network.asked_whole(LOCATIONS)[1:]) <= 3


def test_what_its_network_stored_late_is_found_within_a_day(
    ledger: Ledger, network: Network, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    """Of a charger that was out of reach: its session bears the charger's time."""
    pull_due(puller, partner)
    go_on(puller, partner, clock, NOON + 6 * HOUR)
    network.has[SESSIONS] = [session(at=NOON + HOUR)]
    go_on(puller, partner, clock, NOON + DAY)
    with ledger.read() as conn:
        found = fact_rows.load(conn, ["evse:be*bec*loc1*3256"])
    assert [fact.at for fact in found if isinstance(fact, SessionUpdated)] == [NOON + HOUR]
    sessions = [since for path, since in network.asked if path == SESSIONS]
    assert None not in sessions, "sessions are never asked for without a beginning"


def test_after_an_outage_of_days_nothing_of_it_is_left_out(
    network: Network, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    pull_due(puller, partner)
    clock.now = NOON + 3 * DAY
    pull_due(puller, partner)
    assert network.asked[-2:] == [(LOCATIONS, None), (SESSIONS, stamp(minutes(-5)))]


def test_what_takes_long_comes_after_the_news(
    ledger: Ledger, network: Network, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    pull_due(puller, partner)
    assert [path for path, _ in network.asked] == [LOCATIONS, SESSIONS]
    clock.now = NOON + DAY
    with ledger.write(clock.now) as tx:
        pulls = table(OcpiPull)
        tx.conn.execute(pulls.update().where(pulls.c.module == "sessions").values(whole_at=clock.now))
    pull_due(puller, partner)
    assert [path for path, _ in network.asked[2:]] == [SESSIONS, LOCATIONS]


def test_a_clock_that_was_ahead_puts_it_off_no_longer(
    ledger: Ledger, network: Network, partner: KnownPartner, puller: Puller, clock: Clock
) -> None:
    pull_due(puller, partner)
    with ledger.write(NOON) as tx:
        tx.conn.execute(table(OcpiPull).update().values(whole_at=NOON + 400 * DAY))
    clock.now = NOON + HOUR
    pull_due(puller, partner)
    assert network.asked_whole(LOCATIONS) == [True, True]
    with ledger.write(NOON + 2 * HOUR) as tx:
        state = claim(tx, partner, "locations")
    assert state is not None and state.whole_at == NOON + HOUR


@pytest.mark.parametrize("status", ["AVAILABLE", "CHARGING", "OUTOFORDER"])
def test_a_list_that_is_older_than_what_was_pushed_says_nothing_of_the_time_before(
    ledger: Ledger, network: Network, partner: KnownPartner, puller: Puller, clock: Clock, status: str
) -> None:
    """It may be a copy of yesterday's, or have today's state beside yesterday's date: months may lie between."""
    network.has[LOCATIONS] = [location(evse())]
    pull_due(puller, partner)
    clock.now = NOON + DAY
    moved = NOON + 20 * HOUR
    known = [(NOON, "AVAILABLE"), (moved, "CHARGING")]
    origin = origin_of(partner, VERSIONS["2.2.1"], "BE", "BEC")
    assert origin is not None
    with ledger.write(clock.now) as tx:
        part = {"status": "CHARGING", "last_updated": stamp(moved)}
        record(tx, evses.take(tx, origin, "LOC1", "3256", part, is_part=True).facts)
    network.has[LOCATIONS] = [location(evse(status=status))]
    pull_due(puller, partner)
    assert network.asked_whole(LOCATIONS) == [True, True]
    assert statuses(ledger) == known
    with ledger.read() as conn:
        assert [row.status for row in conn.execute(select(table(Evse)))] == ["CHARGING"]
