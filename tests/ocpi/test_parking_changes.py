"""Parking places that change: ties end and begin with their dates, and what happened in a bay stays there."""

from typing import Any

import pytest
from sqlalchemy import select

from enforcement.violations import State
from ledger import rebuild
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.registry import import_bays
from models import BayEvse, EndedTie, ViolationRow
from tests.conftest import minutes
from tests.ocpi.conftest import Clock
from tests.support import idle_stay
from tests.support.ocpi_objects import evse, location
from tests.support.ocpi_peer import Peer, result

URL = "locations/BE/BEC/LOC1"
STATION = "be*bec*loc1"
EVSE = f"{STATION}*3256"
P1, P2 = f"{STATION}*∗p1", f"{STATION}*∗p2"


def place(own: str) -> dict[str, Any]:
    return {"id": own, "vehicle_types": ["PERSONAL_VEHICLE"], "reservation_required": False}


def told(*reached: str, at: float = 0) -> dict[str, Any]:
    """The location with two places, of which its EVSE reaches these."""
    parking = {"parking": [{"parking_id": own} for own in reached]} if reached else {}
    moment = minutes(at)
    return location(evse(at=moment, **parking), at=moment, parking_places=[place("P1"), place("P2")])


def ties(ledger: Ledger) -> list[tuple[Any, ...]]:
    rows = table(BayEvse).c
    with ledger.read() as conn:
        found = conn.execute(select(rows.bay, rows.home, rows.since).where(rows.evse == EVSE).order_by(rows.bay))
        return [(row.bay, bool(row.home), row.since) for row in found]


def ended(ledger: Ledger) -> list[tuple[Any, ...]]:
    rows = table(EndedTie).c
    with ledger.read() as conn:
        return [tuple(row) for row in conn.execute(select(rows.bay, rows.since, rows.until).order_by(rows.id))]


def put(peer: Peer, clock: Clock, document: dict[str, Any], at: float, url: str = URL) -> None:
    clock.now = minutes(at)
    assert result(peer.put(url, document))[1] == 1000


def test_what_is_said_first_always_held(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    put(peer, clock, told("P1"), 0)
    assert (ties(ledger), ended(ledger)) == ([(P1, True, None)], [])


@pytest.mark.parametrize("way", ["evse", "location", "no places", "part"])
def test_an_evse_that_reaches_no_place_any_more_has_its_own_bay_again(
    ledger: Ledger, peer: Peer, clock: Clock, way: str
) -> None:
    put(peer, clock, told("P1", "P2"), 0)
    clock.now = minutes(5)
    match way:
        case "evse":
            put(peer, clock, evse(at=minutes(5)), 5, f"{URL}/3256")
        case "location":
            put(peer, clock, told(at=5), 5)
        case "no places":
            put(peer, clock, location(evse(at=minutes(5)), at=minutes(5)), 5)
        case _:
            part = {"parking": [], "last_updated": "2026-03-02T17:05:00Z"}
            assert result(peer.patch(f"{URL}/3256", part))[1] == 1000
    assert ties(ledger) == [(EVSE, True, minutes(5))]
    assert ended(ledger) == [(P1, None, minutes(5))]


def test_a_tie_moves_and_comes_back(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    put(peer, clock, told("P1"), 0)
    put(peer, clock, told("P2", at=5), 5)
    put(peer, clock, told("P2", at=6), 6)
    assert ties(ledger) == [(P2, True, minutes(5))]
    put(peer, clock, told("P1", at=9), 9)
    assert ties(ledger) == [(P1, True, minutes(9))]
    assert ended(ledger) == [(P1, None, minutes(5)), (P2, minutes(5), minutes(9))]


def test_places_that_are_told_of_a_charger_known_for_long_hold_from_now_on(
    ledger: Ledger, peer: Peer, clock: Clock
) -> None:
    put(peer, clock, location(evse()), 0)
    put(peer, clock, told("P1", at=5), 5)
    assert ties(ledger) == [(P1, True, minutes(5))]
    assert ended(ledger) == [(EVSE, None, minutes(5))]


def test_an_owner_corrects_all_that_a_network_said(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    put(peer, clock, told("P1"), 0)
    put(peer, clock, told("P2", at=5), 5)
    with ledger.write(minutes(6)) as tx:
        import_bays(tx, [BayTie(bay="lot-1", station=STATION, name="1", evses=(EVSE,))])
    assert (ties(ledger), ended(ledger)) == ([("lot-1", True, None)], [])
    put(peer, clock, told("P1", at=9), 9)
    assert ties(ledger) == [("lot-1", True, None)]


@pytest.mark.parametrize("moved_at", [30, 200])
def test_a_stay_stays_with_the_bay_where_it_began(ledger: Ledger, peer: Peer, clock: Clock, moved_at: float) -> None:
    """Its tie moves while it runs, or after it: the fee is the same, and later sessions are the new bay's."""
    idle_stay.prepare(ledger)
    put(peer, clock, told("P1", at=-60), -60)
    pushes = [(at, f"sessions/BE/BEC/{one['id']}", one) for begun, session in ((0, "101"), (1000, "102"))
              for at, one in idle_stay.told(session=session, begun=begun)]  # fmt: skip
    pushes.append((moved_at, URL, told("P2", at=moved_at)))
    for at, url, document in sorted(pushes, key=lambda push: push[0]):
        put(peer, clock, document, at, url)
    idle_stay.settle(ledger, 2600)
    rows = table(ViolationRow).c
    with ledger.read() as conn:
        found = list(conn.execute(select(rows.bay, rows.session, rows.state, rows.fee_minor).order_by(rows.session)))
    assert [tuple(row) for row in found] == [
        (P1, "be*bec*101", State.SETTLED, 1200),
        (P2, "be*bec*102", State.SETTLED, 1200),
    ]
    assert list(rebuild.differences(ledger, minutes(2600))) == []
