"""Cutting periods where a tariff changes, and finding those that a CPO did not cut."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

from enforcement.tariffs.cutting import cut
from enforcement.tariffs.pricing import price
from enforcement.tariffs.vocabulary import Cdr, Tariff
from tests.support.tariffs import MONDAY, cdr, charging, component, element, parking, tariff

ROME = "Europe/Rome"


def starts(record: Cdr, by: Tariff, zone: str = "UTC") -> list[float]:
    """The starts of the cut record's periods, in minutes."""
    parts = cut(record, [by], zone).periods
    return [(part.start - record.start) / timedelta(minutes=1) for part in parts]


def priced_cut(record: Cdr, by: Tariff, zone: str = "UTC") -> Fraction | None:
    return price(cut(record, [by], zone), [by], zone).before_taxes


def paid(**restrictions: Any) -> Tariff:
    """60 an hour, one a minute, inside the restrictions."""
    return tariff(element(component("PARKING_TIME", "60"), **restrictions))


def test_a_period_is_priced_by_its_start_and_one_that_crosses_an_edge_is_found() -> None:
    record, by = cdr((0, 120, parking(120))), paid(end_time="01:00")
    priced = price(record, [by], "UTC")
    assert priced.before_taxes == 120
    assert [(f.code, f.place) for f in priced.findings] == [("period_crosses_edge", "charging_periods[0]")]
    mended = price(cut(record, [by], "UTC"), [by], "UTC")
    assert (mended.before_taxes, mended.findings) == (60, ())


def test_cuts_lie_on_clock_duration_and_energy() -> None:
    two = element(component("TIME", "1"))
    record = cdr((0, 100, charging(100, ENERGY=10)))
    assert starts(record, tariff(element(component("TIME", "2"), start_time="00:30", end_time="01:00"), two)) == [
        0,
        30,
        60,
    ]
    assert starts(record, tariff(element(component("TIME", "2"), min_duration=1500), two)) == [0, 25]
    assert starts(record, tariff(element(component("TIME", "2"), max_kwh=4), two)) == [0, 40]


def test_nothing_is_cut_where_nothing_that_is_used_changes_its_price() -> None:
    by = tariff(element(component("TIME", "2"), end_time="01:00"), element(component("PARKING_TIME", "1")))
    record = cdr((0, 120, parking(120)))
    assert cut(record, [by], "UTC") == record


def test_volumes_are_spread_and_levels_are_kept() -> None:
    by = tariff(element(component("TIME", "2"), end_time="01:00"))
    parts = cut(cdr((0, 180, charging(180, ENERGY=9, MAX_CURRENT=16))), [by], "UTC").periods
    assert [dict(part.volumes) for part in parts] == [
        {"TIME": 1, "ENERGY": 3, "MAX_CURRENT": 16},
        {"TIME": 2, "ENERGY": 6, "MAX_CURRENT": 16},
    ]


def test_weekdays_and_dates_change_at_local_midnight() -> None:
    record = cdr((20 * 60, 24 * 60, parking(24 * 60)))  # Monday 20:00 to Tuesday 20:00 UTC
    assert priced_cut(record, paid(day_of_week=["TUESDAY"]), "UTC") == 20 * 60
    assert priced_cut(record, paid(day_of_week=["TUESDAY"]), ROME) == 21 * 60
    assert priced_cut(record, paid(start_date="2019-01-08"), ROME) == 21 * 60
    assert priced_cut(record, paid(end_date="2019-01-08"), ROME) == 3 * 60


def test_a_window_over_midnight() -> None:
    record = cdr((20 * 60, 24 * 60, parking(24 * 60)))
    assert priced_cut(record, paid(start_time="22:00", end_time="06:00")) == 8 * 60
    night = {"start_time": "22:00", "end_time": "06:00", "day_of_week": ["TUESDAY"]}
    assert priced_cut(record, paid(**night)) == 6 * 60  # only the hours of Tuesday itself, and its evening is not over


def test_days_on_which_the_clock_changes() -> None:
    """Wall clock: 02:00 to 03:00 does not exist on 2019-03-31 in Rome, and comes twice on 2019-10-27."""
    spring = datetime(2019, 3, 30, 23, tzinfo=UTC)  # local midnight
    night = cdr((0, 6 * 60, parking(6 * 60)), start=spring)
    assert priced_cut(night, paid(start_time="01:00", end_time="04:00"), ROME) == 2 * 60
    assert priced_cut(night, paid(start_time="02:30", end_time="05:00"), ROME) == 2 * 60
    assert priced_cut(night, paid(end_time="02:30"), ROME) == 2 * 60
    autumn = datetime(2019, 10, 26, 22, tzinfo=UTC)
    night = cdr((0, 6 * 60, parking(6 * 60)), start=autumn)
    assert priced_cut(night, paid(start_time="01:00", end_time="04:00"), ROME) == 4 * 60
    assert priced_cut(night, paid(start_time="02:30", end_time="03:00"), ROME) == 2 * 30


def test_a_cut_record_is_whole_and_cutting_it_again_changes_nothing() -> None:
    by = paid(start_time="01:00", end_time="02:30", day_of_week=["MONDAY", "TUESDAY"])
    record = cdr((0, 3000, parking(3000)), start=MONDAY)
    once = cut(record, [by], ROME)
    assert sum(p.volumes["PARKING_TIME"] for p in once.periods) == 50
    assert len(once.periods) == 4  # from 01:00 local on Monday
    assert cut(once, [by], ROME) == once


def test_a_flat_fee_that_begins_within_a_period_is_owed() -> None:
    late = tariff(element(component("FLAT", "5"), min_duration=3600), element(component("PARKING_TIME", "1")))
    record = cdr((0, 120, parking(120)))
    assert price(record, [late], "UTC").before_taxes == 2
    assert "period_crosses_edge" in [finding.code for finding in price(record, [late], "UTC").findings]
    assert priced_cut(record, late) == 7
    assert priced_cut(cdr((0, 60, parking(60))), late) == 1
