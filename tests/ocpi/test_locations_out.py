"""Locations out: a charger behind a parked car is BLOCKED to partners that want to know, and free when it leaves."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import OccupancyRead, sensor_subject
from ledger import availability, partners
from ledger.assess import assess_due
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.record import record
from ledger.registry import import_bays
from ledger.vault import Vault
from models import Evse, Push
from notifications.texts import compose
from ocpi.deliveries import HANDLERS
from ocpi.pushing import send_next
from ocpi.wire import stamp
from tests.conftest import TEST_KEY, empty, minutes
from tests.ocpi.conftest import Clock
from tests.support import idle_stay
from tests.support.ocpi_peer import Peer, envelope, result
from tests.support.two_services import Service, acquaint, serving

STATION, EVSE = "be*bec*loc1", "be*bec*loc1*3256"


def sees(ledger: Ledger, occupied: bool, at: float) -> None:
    reading = OccupancyRead(
        at=minutes(at),
        seen_at=minutes(at),
        source="mqtt",
        source_id=f"s1:{at}",
        subject=sensor_subject("s1"),
        occupied=occupied,
        edge=True,
    )
    with ledger.write(minutes(at)) as tx:
        record(tx, [reading])


def want(ledger: Ledger, name: str, whose: str) -> None:
    with ledger.write(minutes(-1)) as tx:
        partners.want_statuses(tx, name, whose)
        availability.note_all(tx)


def statuses(peer: Peer, version: str = "2.2.1") -> dict[str, str]:
    data = envelope(peer.call("GET", f"cpo/{version}/locations"))["data"]
    return {evse["evse_id"]: evse["status"] for location in data for evse in location["evses"]}


@pytest.fixture
def network(connect: Callable[..., Peer], ledger: Ledger, clock: Clock) -> Peer:
    """A station whose one bay has a sensor; its network keeps on being heard."""
    peer = connect("BeCharged", ("BE", "BEC"))
    idle_stay.prepare(ledger)
    idle_stay.put_location(peer)
    with ledger.write(minutes(-10)) as tx:
        import_bays(tx, [BayTie(bay="lot-1", station=STATION, name="1", evses=(EVSE,), sensors=("s1",))])
    return peer


def test_a_parked_car_blocks_and_its_leaving_frees(network: Peer, connect: Callable[..., Peer], ledger: Ledger) -> None:
    app = connect("App", ("NL", "APP"))
    assert statuses(app) == {}
    want(ledger, "App", partners.OTHERS)
    assert statuses(app) == {"BE*BEC*E3256": "AVAILABLE"}
    sees(ledger, True, 0)
    for version in ("2.1.1", "2.2.1", "2.3.0"):
        assert statuses(app, version) == {"BE*BEC*E3256": "BLOCKED"}
    sees(ledger, False, 5)
    assert statuses(app) == {"BE*BEC*E3256": "AVAILABLE"}


def test_what_the_network_says_of_its_charger_wins(network: Peer, connect: Callable[..., Peer], ledger: Ledger) -> None:
    app = connect("App", ("NL", "APP"))
    want(ledger, "App", partners.OTHERS)
    sees(ledger, True, 0)
    change = {"status": "OUTOFORDER", "last_updated": stamp(minutes(0))}
    assert result(network.patch("locations/BE/BEC/LOC1/3256", change))[1] == 1000
    assess_due(ledger, minutes(0))
    assert statuses(app) == {"BE*BEC*E3256": "OUTOFORDER"}


def test_a_network_is_told_of_its_own_only_if_it_asked(network: Peer, ledger: Ledger) -> None:
    want(ledger, "BeCharged", partners.OTHERS)
    sees(ledger, True, 0)
    assert statuses(network) == {} and _pushes(ledger) == []
    want(ledger, "BeCharged", partners.ALL)
    assert statuses(network) == {"BE*BEC*E3256": "BLOCKED"}
    sees(ledger, False, 5)
    assert [push.document for push in _pushes(ledger)] == ["AVAILABLE"]


def test_a_change_moves_last_updated_so_that_pulls_find_it(
    network: Peer, connect: Callable[..., Peer], ledger: Ledger
) -> None:
    app = connect("App", ("NL", "APP"))
    want(ledger, "App", partners.OTHERS)
    since = f"?date_from={stamp(minutes(3))}"
    assert envelope(app.call("GET", f"cpo/2.2.1/locations{since}"))["data"] == []
    sees(ledger, True, 4)
    (location,) = envelope(app.call("GET", f"cpo/2.2.1/locations{since}"))["data"]
    assert location["last_updated"] == location["evses"][0]["last_updated"] == stamp(minutes(4))
    one = envelope(app.call("GET", f"cpo/2.2.1/locations/{location['id']}/{location['evses'][0]['uid']}"))["data"]
    assert one == location["evses"][0]
    assert result(app.call("GET", "cpo/2.2.1/locations/nothing")) == (404, 2003)


def _pushes(ledger: Ledger) -> list[Any]:
    rows = table(Push)
    with ledger.read() as conn:
        return list(conn.execute(select(rows).where(rows.c.kind == "status").order_by(rows.c.id)))


@pytest.fixture
def app_service(tmp_path: Path, ledger: Ledger, clock: Clock) -> Iterator[tuple[Service, Service]]:
    url = f"sqlite:///{tmp_path / 'app.db'}"
    empty(url)
    theirs = Ledger(url, Vault([TEST_KEY]), compose)
    with serving(ledger, "US", "BAY", clock) as one, serving(theirs, "NL", "APP", clock) as other:
        yield one, other
    theirs.close()


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_changes_are_pushed_to_another_service_the_first_time_as_a_whole(
    network: Peer, app_service: tuple[Service, Service], ledger: Ledger, clock: Clock, version: str
) -> None:
    one, other = app_service
    acquaint(one, other, version=version)
    want(ledger, "APP", partners.OTHERS)
    seen = []
    for at, occupied in ((0, True), (5, False), (6, True)):
        sees(ledger, occupied, at)
        clock.now = minutes(at)
        assert send_next(one.postman, HANDLERS) and not send_next(one.postman, HANDLERS)
        with other.ledger.read() as conn:
            seen.append(conn.execute(select(table(Evse).c.status)).scalar())
    assert seen == ["BLOCKED", "AVAILABLE", "BLOCKED"]
    assert [method for method, path in other.calls if "locations" in path] == ["PATCH", "PUT", "PATCH", "PATCH"]
