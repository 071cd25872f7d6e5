"""Locations, EVSEs and Connectors through the door."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import ChargerStatusSeen
from ledger import facts as fact_rows
from ledger.database import Ledger, table
from models import Bay, Evse, Station
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import evse, location
from tests.support.ocpi_peer import Peer, envelope, result

URL = "locations/BE/BEC/LOC1"


def statuses(ledger: Ledger, uid: str = "3256") -> list[tuple[datetime, str]]:
    with ledger.read() as conn:
        facts = fact_rows.load(conn, [f"evse:be*bec*loc1*{uid}"])
    return sorted((f.at, f.status) for f in facts if isinstance(f, ChargerStatusSeen))


def rows(ledger: Ledger, model: Any) -> list[Any]:
    with ledger.read() as conn:
        return list(conn.execute(select(table(model)).order_by(next(iter(table(model).primary_key)))))


def test_a_location_makes_a_station_evses_and_their_bays(ledger: Ledger, peer: Peer) -> None:
    sent = location(evse(), evse("3257", "RESERVED", physical_reference=2))
    assert result(peer.put(URL, sent)) == (201, 1000)
    assert envelope(peer.get(URL))["data"] == sent
    (station,) = rows(ledger, Station)
    assert (station.key, station.network, station.zone) == ("be*bec*loc1", "be*bec", "Europe/Brussels")
    assert (station.latitude, station.longitude, station.synthetic) == ("51.0475990", "3.7299440", False)
    assert [(e.key, e.status, e.status_at) for e in rows(ledger, Evse)] == [
        ("be*bec*loc1*3256", "AVAILABLE", NOON),
        ("be*bec*loc1*3257", "RESERVED", NOON),
    ]
    assert [(bay.id, bay.implicit) for bay in rows(ledger, Bay)] == [
        ("be*bec*loc1*3256", True),
        ("be*bec*loc1*3257", True),
    ]
    assert statuses(ledger) == [(NOON, "AVAILABLE")]


def test_parts_of_a_location_are_found_by_their_urls(peer: Peer) -> None:
    sent = location(evse())
    peer.put(URL, sent)
    assert envelope(peer.get(f"{URL}/3256"))["data"] == sent["evses"][0]
    assert envelope(peer.get(f"{URL}/3256/1/"))["data"] == sent["evses"][0]["connectors"][0]
    for missing in ("9", "3256/9", "9/1"):
        assert result(peer.get(f"{URL}/{missing}")) == (404, 2003)
    assert result(peer.get("locations/BE/BEC/NOWHERE")) == (404, 2003)
    assert result(peer.get("locations/BE/BEC/NOWHERE/1")) == (404, 2003)


def test_a_status_patch_is_a_fact_and_moves_all_parents(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    peer.put(URL, location(evse()))
    clock.now = minutes(3)
    part = {"status": "CHARGING", "last_updated": stamp(minutes(2))}
    assert result(peer.patch(f"{URL}/3256", part)) == (200, 1000)
    data = envelope(peer.get(URL))["data"]
    assert data["last_updated"] == data["evses"][0]["last_updated"] == stamp(minutes(2))
    assert data["evses"][0]["connectors"] == evse()["connectors"]
    assert statuses(ledger) == [(NOON, "AVAILABLE"), (minutes(2), "CHARGING")]
    assert [(e.status, e.status_at) for e in rows(ledger, Evse)] == [("CHARGING", minutes(2))]


def test_a_late_status_is_a_fact_but_does_not_stand(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    clock.now = minutes(10)
    peer.put(URL, location(evse(at=minutes(9)), at=minutes(9)))
    answer = peer.patch(f"{URL}/3256", {"status": "CHARGING", "last_updated": stamp(minutes(5))})
    assert "not stored" in envelope(answer)["status_message"]
    assert envelope(peer.get(f"{URL}/3256"))["data"]["status"] == "AVAILABLE"
    assert statuses(ledger) == [(minutes(5), "CHARGING"), (minutes(9), "AVAILABLE")]
    assert [e.status for e in rows(ledger, Evse)] == ["AVAILABLE"]


def test_a_status_that_moved_without_last_updated_is_taken_as_of_now(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    peer.put(URL, location(evse()))
    for minute, status in ((5, "CHARGING"), (6, "CHARGING"), (8, "AVAILABLE")):
        clock.now = minutes(minute)
        peer.put(URL, location(evse(status=status)))
    clock.now = minutes(9)
    peer.put(f"{URL}/3256", evse(status="OUTOFORDER"))
    expected = [(NOON, "AVAILABLE"), (minutes(5), "CHARGING"), (minutes(8), "AVAILABLE"), (minutes(9), "OUTOFORDER")]
    assert statuses(ledger) == expected
    assert [(e.status, e.status_at) for e in rows(ledger, Evse)] == [("OUTOFORDER", minutes(9))]


def test_an_older_location_does_not_replace_a_newer(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    clock.now = minutes(10)
    peer.put(URL, location(evse(at=minutes(9)), at=minutes(9), name="New"))
    answer = peer.put(URL, location(evse(status="INOPERATIVE"), name="Old"))
    assert "not stored" in envelope(answer)["status_message"]
    assert envelope(peer.get(URL))["data"]["name"] == "New"
    assert [station.name for station in rows(ledger, Station)] == ["New"]
    assert statuses(ledger) == [(NOON, "INOPERATIVE"), (minutes(9), "AVAILABLE")]


def test_a_location_patch_keeps_what_it_does_not_name(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    secret = [{"uid": "FAMILY-UID", "type": "RFID"}]
    sent = location(evse(), publish_allowed_to=secret)
    peer.put(URL, sent)
    clock.now = minutes(1)
    peer.patch(URL, {"name": "Interparking", "last_updated": stamp(minutes(1))})
    expected = {**sent, "name": "Interparking", "last_updated": stamp(minutes(1))}
    assert envelope(peer.get(URL))["data"] == expected
    peer.patch(URL, {"publish_allowed_to": [], "last_updated": stamp(minutes(1))})
    assert envelope(peer.get(URL))["data"] == {**expected, "publish_allowed_to": []}
    assert [station.name for station in rows(ledger, Station)] == ["Interparking"]
    assert result(peer.patch(URL, {"name": "x"})) == (200, 2001)


def test_an_evse_is_added_and_needs_its_location(ledger: Ledger, peer: Peer) -> None:
    assert result(peer.put(f"{URL}/3256", evse())) == (404, 2003)
    assert result(peer.patch(URL, {"name": "x", "last_updated": stamp(NOON)})) == (404, 2003)
    peer.put(URL, location())
    part = {"status": "CHARGING", "last_updated": stamp(NOON)}
    assert result(peer.patch(f"{URL}/3256", part)) == (404, 2003)
    assert result(peer.put(f"{URL}/3256", evse())) == (201, 1000)
    assert result(peer.put(f"{URL}/3256", evse())) == (200, 1000)
    assert [e.uid for e in rows(ledger, Evse)] == ["3256"]
    assert result(peer.put(f"{URL}/3257", evse())) == (200, 2001)


def test_a_connector_is_put_and_patched(peer: Peer, clock: Clock) -> None:
    peer.put(URL, location(evse()))
    clock.now = minutes(2)
    assert result(peer.put(f"{URL}/3256/2", {"id": "2", "standard": "CHADEMO", "format": "CABLE"})) == (201, 1000)
    part = {"tariff_ids": ["15"], "last_updated": stamp(minutes(1))}
    assert result(peer.patch(f"{URL}/3256/1", part)) == (200, 1000)
    data = envelope(peer.get(URL))["data"]
    first, second = data["evses"][0]["connectors"]
    assert (first["tariff_ids"], first["max_voltage"], first["last_updated"]) == (["15"], 230, stamp(minutes(1)))
    assert (second["standard"], second["last_updated"]) == ("CHADEMO", stamp(minutes(2)))
    assert data["last_updated"] == data["evses"][0]["last_updated"] == stamp(minutes(2))
    assert "not stored" in envelope(peer.patch(f"{URL}/3256/1", {"last_updated": stamp(NOON)}))["status_message"]
    assert result(peer.patch(f"{URL}/3256/1", {"tariff_ids": []})) == (200, 2001)
    assert result(peer.patch(f"{URL}/3256/9", part)) == (404, 2003)
    assert result(peer.put(f"{URL}/9/1", {"id": "1"})) == (404, 2003)


def test_ids_are_one_in_any_case(ledger: Ledger, peer: Peer) -> None:
    peer.put(URL, location(evse("Ab")))
    peer.put("locations/be/bec/loc1", location(evse("aB", "CHARGING"), id="loc1"))
    assert result(peer.patch(f"{URL}/AB", {"status": "BLOCKED", "last_updated": stamp(NOON)})) == (200, 1000)
    assert [(e.key, e.status) for e in rows(ledger, Evse)] == [("be*bec*loc1*ab", "BLOCKED")]
    assert len(rows(ledger, Station)) == 1


def test_a_star_in_a_location_id_joins_no_two_evses(ledger: Ledger, peer: Peer) -> None:
    peer.put("locations/BE/BEC/A*B", location(evse("C"), id="A*B"))
    peer.put("locations/BE/BEC/A", location(evse("B*C"), id="A"))
    assert len({e.key for e in rows(ledger, Evse)}) == 2
    assert envelope(peer.get("locations/BE/BEC/A*B/C"))["data"]["uid"] == "C"


def test_an_evse_that_cannot_be_read_is_left_out_and_named(ledger: Ledger, peer: Peer) -> None:
    answer = peer.put(URL, location(evse(), {"status": "AVAILABLE"}, evse("3257", connectors=5)))
    assert result(answer) == (201, 1000)
    message = envelope(answer)["status_message"]
    assert "evses[1] is left out: uid" in message
    assert "evses[2] is left out: connectors" in message
    assert [e.uid for e in rows(ledger, Evse)] == ["3256"]
    assert [item["uid"] for item in envelope(peer.get(URL))["data"]["evses"]] == ["3256"]


@pytest.mark.parametrize("zone", [None, "", "Mars/Phobos", "../../etc/passwd", "Europe", 7])
def test_without_a_usable_time_zone_utc_is_taken_and_said(ledger: Ledger, peer: Peer, zone: Any) -> None:
    answer = peer.put(URL, location(evse(), time_zone=zone))
    assert result(answer) == (201, 1000)
    assert "UTC is assumed" in envelope(answer)["status_message"]
    assert [station.zone for station in rows(ledger, Station)] == ["UTC"]


@pytest.mark.parametrize(
    "change",
    [
        {"coordinates": None},
        {"coordinates": {"latitude": "0", "longitude": 0}},
        {"coordinates": {"latitude": 51.5, "longitude": None}},
        {"coordinates": {"latitude": "151.5", "longitude": "3"}},
        {"name": None, "city": None},
        {"name": "n" * 300},
        {"name": "with \x00 inside"},
        {"country": "BELGIUM"},
        {"evses": None},
    ],
)
def test_known_quirks_are_tolerated(ledger: Ledger, peer: Peer, change: dict[str, Any]) -> None:
    assert result(peer.put(URL, {**location(evse()), **change})) == (201, 1000)
    (station,) = rows(ledger, Station)
    assert station.name
    if "coordinates" in change:
        assert (station.latitude, station.longitude) == (None, None)


def test_status_schedules_and_unknown_states_are_tolerated(ledger: Ledger, peer: Peer) -> None:
    schedule = {"period_begin": stamp(NOON), "status": "PLANNED"}
    odd = [evse("1", "SLEEPING", status_schedule=[schedule]), evse("2", "X" * 40, status_schedule=schedule)]
    odd.append(evse("3", status_schedule=None, status=None))
    odd.append(evse("4", "BLOCKED\0"))
    assert result(peer.put(URL, location(*odd))) == (201, 1000)
    assert [e.status for e in rows(ledger, Evse)] == ["SLEEPING", "UNKNOWN", "UNKNOWN", "UNKNOWN"]
    assert statuses(ledger, "3") == []


@pytest.mark.parametrize(
    "change",
    [
        {"id": "LOC2"},
        {"party_id": "XXX"},
        {"last_updated": None},
        {"evses": {}},
        {"evses": [{}] * 2_001},
        {"name": ["x"]},
        {"coordinates": "51,3"},
    ],
)
def test_bad_content_is_refused_with_2001(ledger: Ledger, peer: Peer, change: dict[str, Any]) -> None:
    assert result(peer.put(URL, {**location(evse()), **change})) == (200, 2001)
    assert rows(ledger, Station) == []
    assert statuses(ledger) == []


def test_an_evse_that_says_null_of_its_connectors_has_none_yet(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    assert result(peer.put(URL, location(evse(connectors=None)))) == (201, 1000)
    assert result(peer.get(f"{URL}/3256/1")) == (404, 2003)
    assert result(peer.put(f"{URL}/3256/1", evse()["connectors"][0])) == (201, 1000)
    assert result(peer.get(f"{URL}/3256/1")) == (200, 1000)


def test_a_location_does_not_grow_for_ever_by_single_evses(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ocpi.documents.locations.MAX_EVSES", 2)
    monkeypatch.setattr("ocpi.modules.evses.MAX_EVSES", 2)
    peer.put(URL, location(evse("1"), evse("2")))
    answer = peer.put(f"{URL}/3", evse("3"))
    assert result(answer) == (200, 2001) and "more than 2" in envelope(answer)["status_message"]
    assert result(peer.put(f"{URL}/2", evse("2", at=minutes(1)))) == (200, 1000)
    assert result(peer.patch(URL, {"name": "B", "last_updated": stamp(minutes(1))})) == (200, 1000)


def test_a_newer_location_with_an_older_evse_does_not_take_back_its_state(
    ledger: Ledger, peer: Peer, clock: Clock
) -> None:
    """Some networks date their EVSEs by the day they were built, but for a PATCH of their state."""
    peer.put(URL, location(evse()))
    clock.now = minutes(10)
    peer.patch(f"{URL}/3256", {"status": "OUTOFORDER", "last_updated": stamp(minutes(10))})
    clock.now = minutes(20)
    for at, reference in ((12, "A"), (14, "B")):
        changed = evse(at=minutes(5), physical_reference=reference)
        assert result(peer.put(URL, location(changed, at=minutes(at)))) == (200, 1000)
        (row,) = rows(ledger, Evse)
        assert (row.status, row.status_at, row.physical_reference) == ("OUTOFORDER", minutes(10), reference)
    assert statuses(ledger)[-1] == (minutes(10), "OUTOFORDER"), "as what follows from its facts"
    peer.put(URL, location(evse(at=minutes(16)), at=minutes(16)))
    assert [(row.status, row.status_at) for row in rows(ledger, Evse)] == [("AVAILABLE", minutes(16))]
