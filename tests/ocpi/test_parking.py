"""Parking places (2.3.0) make bays and ties by themselves; what networks tell of signs is kept and judges nothing."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.queries.told_signs import at_bay, at_station
from ledger.registry import import_bays
from models import Bay, BayEvse, PlaceTrait
from models.places import Trait
from ocpi.wire import decode
from tests.conftest import NOON, minutes
from tests.support.ocpi_objects import evse, location
from tests.support.ocpi_peer import Peer, envelope, result

URL = "locations/BE/BEC/LOC1"
STATION = "be*bec*loc1"


def place(own: str, **fields: Any) -> dict[str, Any]:
    return {"id": own, "vehicle_types": ["PERSONAL_VEHICLE"], "reservation_required": False, **fields}


def at(*places: str) -> list[dict[str, str]]:
    return [{"parking_id": own} for own in places]


def ties(ledger: Ledger) -> list[tuple[str, str, bool]]:
    rows = table(BayEvse).c
    with ledger.read() as conn:
        found = conn.execute(select(rows.bay, rows.evse, rows.home).order_by(rows.evse, rows.bay))
        return [
            (bay.removeprefix(f"{STATION}*"), key.removeprefix(f"{STATION}*"), bool(home)) for bay, key, home in found
        ]


def told(ledger: Ledger, trait: Trait) -> dict[str, str]:
    rows = table(PlaceTrait).c
    with ledger.read() as conn:
        found = conn.execute(select(rows.place, rows.value).where(rows.trait == trait).order_by(rows.since))
        return {row.place.removeprefix(f"{STATION}*"): row.value for row in found}


def two_places(at_: datetime = NOON, **fields: Any) -> dict[str, Any]:
    one, two = evse(parking=at("P1", "P2"), at=at_), evse("3257", parking=at("p2"), at=at_)
    places = [place("P1", physical_reference="A1", time_limit=120), place("P2")]
    return location(one, two, at=at_, parking_places=places, **fields)


def test_bays_and_evses_are_tied_as_the_network_says(ledger: Ledger, peer: Peer) -> None:
    for _ in range(2):
        assert result(peer.put(URL, two_places()))[1] == 1000
        assert ties(ledger) == [("∗p1", "3256", True), ("∗p2", "3256", False), ("∗p2", "3257", True)]
    with ledger.read() as conn:
        names = dict(conn.execute(select(table(Bay).c.id, table(Bay).c.name).where(table(Bay).c.implicit)).all())
    assert (names[f"{STATION}*∗p1"], names[f"{STATION}*∗p2"]) == ("A1", "P2")
    assert told(ledger, Trait.TIME_LIMIT) == {"∗p1": "120"}


def test_an_evse_alone_changes_its_ties(ledger: Ledger, peer: Peer) -> None:
    peer.put(URL, two_places())
    moved = evse(parking=at("P1"), at=minutes(5))
    assert result(peer.put(f"{URL}/3256", moved))[1] == 1000
    assert ties(ledger) == [("∗p1", "3256", True), ("∗p2", "3257", True)]


def test_the_owners_ties_win(ledger: Ledger, peer: Peer) -> None:
    peer.put(URL, two_places())
    with ledger.write(minutes(1)) as tx:
        import_bays(tx, [BayTie(bay="lot-1", station=STATION, name="1", evses=(f"{STATION}*3256",), sensors=("s1",))])
    expected = [("lot-1", "3256", True), ("∗p2", "3257", True)]
    assert ties(ledger) == expected
    peer.put(URL, two_places(minutes(9), name="Anew"))
    assert ties(ledger) == expected


@pytest.mark.parametrize(
    "hostile",
    [
        {"parking_places": "none"},
        {"parking_places": [1, {}, {"id": None}, {"id": "x" * 99}]},
        {
            "parking_places": [
                place("P1", time_limit="soon"),
                place("P2", time_limit=-5),
                place("P3", time_limit=10**12),
            ]
        },
        {"parking_places": [place("P1")], "evses": [evse(parking=[1, {"parking_id": 5}, {}])]},
        {"parking_places": [place("P1")], "evses": [evse(parking="P1", parking_restrictions=["", 3, "a b", {}])]},
    ],
)
def test_what_cannot_be_read_makes_no_bay(ledger: Ledger, peer: Peer, hostile: dict[str, Any]) -> None:
    assert result(peer.put(URL, {**location(evse()), **hostile}))[1] == 1000
    assert ties(ledger) == [("3256", "3256", True)]
    assert told(ledger, Trait.TIME_LIMIT) == told(ledger, Trait.RESTRICTIONS) == {}


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_restrictions_of_all_versions_are_kept(ledger: Ledger, peer: Peer, version: str) -> None:
    sent = location(evse(parking_restrictions=["PLUGGED", "EV_ONLY", "TAXIS"]))
    assert envelope(peer.call("PUT", f"{version}/{URL}", sent))["status_code"] == 1000
    assert told(ledger, Trait.RESTRICTIONS) == {"3256": "EV_ONLY PLUGGED TAXIS"}
    later = evse(parking_restrictions=["PLUGGED"], at=minutes(3))
    assert envelope(peer.call("PUT", f"{version}/{URL}/3256", later))["status_code"] == 1000
    assert told(ledger, Trait.RESTRICTIONS) == {"3256": "PLUGGED"}


def test_what_is_told_of_a_station_and_of_a_bay(ledger: Ledger, peer: Peer) -> None:
    sent = two_places()
    sent["evses"][1]["parking_restrictions"] = ["PLUGGED"]
    peer.put(URL, sent)
    with ledger.read() as conn:
        station = at_station(conn, STATION)
        one, two = (at_bay(conn, STATION, f"{STATION}*∗{own}") for own in ("p1", "p2"))
        assert at_station(conn, "be*bec*nowhere") is None
    assert station is not None
    assert (station.name, station.restrictions, station.limits_min) == ("Gent Zuid", ["PLUGGED"], [120])
    assert (one.restrictions, one.limits_min) == ([], [120])
    assert (two.restrictions, two.limits_min) == (["PLUGGED"], [])


def test_the_standards_own_example(ledger: Ledger, peer: Peer, shared_data: Path) -> None:
    example = decode((shared_data / "ocpi" / "2.3.0" / "location_example.json").read_bytes())
    assert envelope(peer.call("PUT", "2.3.0/locations/BE/BEC/LOC1", example))["status_code"] == 1000
    assert [tie for tie in ties(ledger) if tie[0].startswith("∗")] != []
