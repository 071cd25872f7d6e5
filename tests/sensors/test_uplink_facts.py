"""From an uplink to its fact: times, numbers, quality, and what a device remembers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.database import Ledger
from ledger.queries import watch
from sensors.keeping import keep
from sensors.lorawan import Uplink
from sensors.mapping_document import parse_mapping
from sensors.mapping_rules import Threshold
from sensors.reading import Said
from sensors.uplink import said
from tests.conftest import NOON

HERE = parse_mapping(
    '[[subscription]]\ntopic = "v3/#"\nenvelope = "tts"\nthreshold = 1200\nhysteresis = 300'
).subscriptions[0]


def uplink(data: str, *, model: str, port: int = 1, at: datetime = NOON, counter: int = 7, decoded: Any = None) -> Any:
    made = Uplink(
        sensor="10ab000000000001", at=at, port=port, counter=counter, data=bytes.fromhex(data), join="j", profiles=(model,),
        decoded=decoded,
    )  # fmt: skip
    return said(made, HERE, NOON)


def moko(device_time: datetime, state: str = "0c") -> str:
    return f"0201{int(device_time.timestamp()):08x}000500060100" + f"0201{state}320101"


def test_a_number_and_its_session_stand_in_the_fact() -> None:
    read = uplink("01", model="bosch_tps110").read
    assert (read.join, read.counter, read.network_at) == ("j", 7, None)


def test_a_message_about_the_device_itself_is_a_fact_with_its_number() -> None:
    told = uplink("00", model="bosch_tps110", port=4)
    assert told.read is None
    assert (told.report.counter, told.report.join, told.report.quality) == (7, "j", ())
    assert uplink("", model="bosch_tps110", port=0).report.counter == 7


@pytest.mark.parametrize("port", [202, 224])
def test_packages_of_lorawan_say_nothing_of_the_bay_and_have_a_number(port: int) -> None:
    """A request of the time, such as Libelium's decoder, which reads any port, would take for a free bay."""
    for model in ("bosch_tps110", "libelium_parking"):
        told = uplink("0112345678", model=model, port=port)
        assert told.read is None
        assert told.report.counter == 7


def test_a_devices_own_time_is_believed_while_its_clock_is_near() -> None:
    told = uplink(moko(NOON - timedelta(minutes=3)), model="moko_lw009")
    assert (told.read.at, told.read.network_at) == (NOON - timedelta(minutes=3), NOON)
    assert told.skew == timedelta(minutes=-3)


@pytest.mark.parametrize("skew", [timedelta(minutes=49), timedelta(minutes=-49), timedelta(days=400)])
def test_a_clock_that_is_far_off_is_not_asked(skew: timedelta) -> None:
    told = uplink(moko(NOON + skew), model="moko_lw009")
    assert (told.read.at, told.read.quality) == (NOON, ("clock",))
    assert told.skew == skew


def test_a_clock_that_is_a_little_ahead_makes_nothing_later_than_the_network_had_it() -> None:
    assert uplink(moko(NOON + timedelta(minutes=2)), model="moko_lw009").read.at == NOON


@pytest.mark.parametrize(("data", "model", "port"), [("01755c03820004040001", "milesight_em310", 85), (moko(NOON, "0d"), "moko_lw009", 1), ("02d3d8", "nwave_nps405", 2)])  # fmt: skip
def test_who_is_tilted_disturbed_or_broken_does_not_know(data: str, model: str, port: int) -> None:
    read = uplink(data, model=model, port=port).read
    assert (read.occupied, read.edge) == (None, False)
    assert read.quality


@pytest.mark.parametrize(("mm", "occupied"), [(1199, True), (1500, False)])
def test_a_distance_outside_the_band_is_a_reading(mm: int, occupied: bool) -> None:
    read = uplink("0382" + mm.to_bytes(2, "little").hex(), model="milesight_em310", port=85).read
    assert (read.occupied, read.edge) == (occupied, False)


def test_a_distance_within_the_band_is_none_but_its_number_is_kept() -> None:
    told = uplink("0382" + (1300).to_bytes(2, "little").hex(), model="milesight_em310", port=85)
    assert told.read is None
    assert told.report.quality == ("out_of_range",)
    assert HERE.threshold == Threshold(1200, 1500)


def test_what_an_nps405_remembers_stands_in_the_fact() -> None:
    read = uplink("c9", model="nwave_nps405").read
    assert (read.lasted_s, read.lasted_error_s) == (140 * 60, 4 * 60)
    assert uplink("ff", model="nwave_nps405").read.lasted_error_s is None


def test_each_region_of_a_camera_is_a_sensor() -> None:
    told = uplink("04c903030002", model="milesight_vs121", port=85)
    assert [(each.sensor, each.read.occupied) for each in told] == [
        ("10ab000000000001/1", False), ("10ab000000000001/2", True), ("10ab000000000001/3", False),
    ]  # fmt: skip
    assert len({each.read.source_id for each in told}) == 3


def test_how_far_a_clock_is_off_is_noted_and_kept_when_it_tells_none(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        keep(tx, [uplink(moko(NOON - timedelta(minutes=3)), model="moko_lw009")])
        later = uplink("01", model="bosch_tps110", counter=8)
        assert isinstance(later, Said)
        keep(tx, [later])
    with ledger.read() as conn:
        (line,) = watch.sensors(conn, NOON, "", 10)
    assert line.skew_s == -180


def test_times_are_utc() -> None:
    assert uplink(moko(NOON), model="moko_lw009").read.at.tzinfo is UTC
