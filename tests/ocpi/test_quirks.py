"""What is odd is taken, counted, and told with examples that hold nothing personal."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.database import Ledger
from ledger.quirk_words import WORDS
from ledger.quirks import Noticed, QuirkBook, quirks
from ocpi import noticing
from ocpi.versions import VERSIONS
from ocpi.wire import decode, encode, stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.ocpi.test_money import cdr, tariff
from tests.support.ocpi_objects import evse, location, period, session
from tests.support.ocpi_peer import Peer, result

NEW = VERSIONS["2.2.1"]
TOKEN = session()["cdr_token"]


def odd(module: str, document: dict[str, Any], now: datetime) -> Iterator[Noticed]:
    return noticing.of_object(module, decode(encode(document)), NEW, now, is_whole=True)


def codes(found: Any) -> set[str]:
    return {item.code for item in found}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("number_as_text", {"kwh": "3.5"}),
        ("number_as_text", {"charging_periods": [{"start_date_time": stamp(NOON), "dimensions": [{"type": "TIME", "volume": "1"}]}]}),
        ("no_token", {"cdr_token": None}),
        ("token_without_party", {"cdr_token": {**TOKEN, "party_id": None}}),
        ("empty_connector", {"connector_id": ""}),
        ("energy_too_large", {"kwh": 41_120}),
        ("unknown_value", {"status": "FINISHED"}),
        ("pending_for_long", {"status": "PENDING", "start_date_time": stamp(minutes(-1500))}),
        ("session_without_end", {"start_date_time": stamp(minutes(-6000))}),
        ("period_before_start", {"charging_periods": [period(minutes(-20), TIME=1)]}),
        ("negative_time", {"charging_periods": [period(NOON, PARKING_TIME=-0.5)]}),
        ("clock_ahead", {"last_updated": stamp(minutes(5))}),
        ("offset_in_time", {"last_updated": "2026-03-02T17:00:00+00:00"}),
    ],
)  # fmt: skip
def test_what_is_odd_in_a_session(code: str, fields: dict[str, Any]) -> None:
    assert codes(odd("sessions", session(**fields), NOON)) == {code}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("coordinates_zero", {"coordinates": {"latitude": "0.0", "longitude": 0}}),
        ("no_time_zone", {"time_zone": None}),
        ("unknown_value", {"evses": [evse(status="FREE")]}),
        ("power_too_large", {"evses": [evse(connectors=[{"id": "1", "max_electric_power": 22_000_000}])]}),
        ("tariff_inline", {"evses": [evse(tariffs=[])]}),
    ],
)
def test_what_is_odd_in_a_location(code: str, fields: dict[str, Any]) -> None:
    assert codes(odd("locations", location(**fields), NOON)) == {code}


@pytest.mark.parametrize(
    ("code", "element"),
    [
        ("restrictions_list", {"restrictions": [{"min_duration": 5}]}),
        ("time_with_seconds", {"restrictions": {"start_time": "08:00:00"}}),
        ("number_as_text", {"price_components": [{"type": "ENERGY", "price": "0.4"}]}),
        ("price_per_minute", {"price_components": [{"type": "PARKING_TIME", "price": 0.08}]}),
    ],
)
def test_what_is_odd_in_a_tariff(code: str, element: dict[str, Any]) -> None:
    assert codes(odd("tariffs", tariff(elements=[element]), NOON)) == {code}


@pytest.mark.parametrize(
    ("code", "fields"),
    [
        ("paid_parking_only", {"total_parking_time": 0.5, "charging_periods": [period(NOON, TIME=0.5, PARKING_TIME=0.2)]}),
        ("time_on_wall_clock", {"charging_periods": [period(NOON, TIME=1.0, PARKING_TIME=0.5)]}),
    ],
)  # fmt: skip
def test_what_is_odd_in_a_cdr(code: str, fields: dict[str, Any]) -> None:
    assert codes(odd("cdrs", cdr(**fields), minutes(60))) == {code}


def test_the_objects_of_the_standard_are_not_odd() -> None:
    assert not codes(odd("sessions", session(), NOON))
    assert not codes(odd("locations", location(evse()), NOON))
    assert not codes(odd("tariffs", tariff(), NOON))
    assert not codes(odd("cdrs", cdr(), minutes(60)))


def counted(ledger: Ledger, partner: int = 1) -> dict[str, int]:
    with ledger.read() as conn:
        return {quirk.code: quirk.count for quirk in quirks(conn, partner)}


def test_what_only_the_receiver_can_know_is_counted(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    url = "sessions/BE/BEC/101"
    peer.patch(url, {"kwh": 1, "last_updated": stamp(NOON)})
    peer.put(url, session(status="COMPLETED", charging_periods=[period(NOON, TIME=1)], end_date_time=stamp(NOON)))
    peer.put(url, session())
    peer.put(url, session(at=minutes(-1)))
    peer.patch(url, {"kwh": 1})
    peer.patch(url, {"charging_periods": [period(NOON, TIME=1)], "last_updated": stamp(NOON)})
    peer.put(url, session(kwh="much"))
    peer.put("locations/BE/BEC/LOC1", location(evse(), 7))
    peer.put("locations/BE/BEC/LOC1", location(evse(status="CHARGING", at=minutes(-2))))
    clock.now = minutes(1)
    peer.put("locations/BE/BEC/LOC1", location(evse(status="BLOCKED", at=minutes(-2))))
    peer.call("POST", "2.2.1/cdrs/c1", cdr(last_updated=stamp(NOON)))
    peer.call("POST", "2.2.1/cdrs", cdr(last_updated=stamp(NOON)))
    clock.now = minutes(5)
    peer.put(url, session(at=minutes(-1)))
    expected = {"patch_before_put", "reopened", "older_word", "patch_undated", "replayed_periods", "refused",
                "evse_unreadable", "moved_undated", "cdr_at_id", "cdr_again"}  # fmt: skip
    assert expected <= counted(ledger).keys() <= WORDS.keys()


def test_evses_and_connectors_that_come_by_themselves_are_looked_at(ledger: Ledger, peer: Peer) -> None:
    peer.put("locations/BE/BEC/LOC1", location(evse()))
    peer.patch("locations/BE/BEC/LOC1/3256", {"status": "FREE", "last_updated": stamp(NOON)})
    plug = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "last_updated": stamp(NOON),
    }
    peer.put("locations/BE/BEC/LOC1/3256/1", {**plug, "max_electric_power": 22_000_000})
    assert counted(ledger) == {"unknown_value": 1, "power_too_large": 1}
    with ledger.read() as conn:
        places = {quirk.code: quirk.examples[0]["place"] for quirk in quirks(conn, 1)}
    assert places == {"unknown_value": "locations/LOC1/3256", "power_too_large": "locations/LOC1/3256/1"}


def test_a_cdr_that_is_refused_is_counted(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    for count, wrong in enumerate(({"start_date_time": "soon"}, {"party_id": "XXX"}, {"last_updated": None}), 1):
        clock.now = minutes(count)
        assert result(peer.call("POST", "2.2.1/cdrs", cdr(**wrong)))[1] == 2001
        assert counted(ledger) == {"refused": count}


def test_no_quirk_is_listed_that_nothing_notices() -> None:
    source = "".join(path.read_text() for path in Path(noticing.__file__).parents[1].rglob("*.py"))
    assert [code for code in WORDS if f'"{code}"' not in source] == []


def test_counts_are_written_seldom_and_none_is_lost(ledger: Ledger, peer: Peer) -> None:
    book = QuirkBook()
    for second in range(100):
        with ledger.write(minutes(second / 60)) as tx:
            book.note(tx, 1, [Noticed("refused", f"sessions/{second}")])
    assert counted(ledger) == {"refused": 61}
    with ledger.write(minutes(3)) as tx:
        book.note(tx, 1, [])
    assert counted(ledger) == {"refused": 100}
    with ledger.read() as conn:
        (quirk,) = quirks(conn, 1)
    assert (quirk.first_at, quirk.last_at) == (NOON, minutes(99 / 60))
    assert [example["place"] for example in quirk.examples] == [f"sessions/{n}" for n in range(95, 100)]


def test_no_example_tells_who_it_was(ledger: Ledger, peer: Peer, connect: Callable[..., Peer]) -> None:
    token = {**TOKEN, "uid": "SECRET-UID", "party_id": None}
    assert result(peer.put("sessions/BE/BEC/101", session(cdr_token=token, kwh="1"))) == (201, 1000)
    assert result(peer.put("sessions/BE/BEC/102", session("102", cdr_token={"uid": "SECRET-UID"}, kwh={}))) == (
        200,
        2001,
    )
    with ledger.read() as conn:
        told = repr(quirks(conn, 1))
    assert "token_without_party" in told and "SECRET" not in told
