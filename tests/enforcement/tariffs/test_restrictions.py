"""When an element applies: local times, dates, weekdays, energy, power, current, duration, and all of them together."""

from datetime import UTC, date, datetime, time
from fractions import Fraction
from typing import Any

import pytest

from enforcement.tariffs.matching import Moment, choose, matches
from enforcement.tariffs.pricing import price
from enforcement.tariffs.result import Why
from enforcement.tariffs.vocabulary import Dimension, Reservation, Restrictions
from tests.support.tariffs import cdr, charging, component, element, parking, tariff

ZERO = Fraction(0)


def holds(at: str, **restrictions: Any) -> bool | None:
    """Whether restrictions hold at a local wall time like ``2019-01-07 09:00`` (a Monday)."""
    return matches(Restrictions(**restrictions), Moment(datetime.fromisoformat(at), ZERO, ZERO))


@pytest.mark.parametrize(
    ("start", "end", "inside", "outside"),
    [
        ("09:00", "17:00", ["09:00:00", "16:59:59"], ["08:59:59", "17:00:00"]),
        ("22:00", "06:00", ["22:00:00", "23:59:59", "00:00:00", "05:59:59"], ["06:00:00", "21:59:59"]),
        ("20:00", "00:00", ["20:00:00", "23:59:59"], ["00:00:00", "19:59:59"]),
        ("00:00", "00:00", ["00:00:00", "12:00:00", "23:59:59"], []),
        ("20:00", None, ["20:00:00", "23:59:59"], ["00:00:00"]),
        (None, "06:00", ["00:00:00", "05:59:59"], ["06:00:00"]),
    ],
)
def test_times_of_day(start: str | None, end: str | None, inside: list[str], outside: list[str]) -> None:
    limits = {
        "start_time": None if start is None else time.fromisoformat(start),
        "end_time": None if end is None else time.fromisoformat(end),
    }
    assert all(holds(f"2019-01-07 {at}", **limits) is True for at in inside)
    assert all(holds(f"2019-01-07 {at}", **limits) is False for at in outside)


def test_dates_hold_from_the_first_day_and_until_the_last_which_is_no_longer_one() -> None:
    limits = {"start_date": date(2019, 1, 7), "end_date": date(2019, 1, 9)}
    assert [holds(f"2019-01-{day:02} 12:00", **limits) for day in (6, 7, 8, 9)] == [False, True, True, False]


def test_a_weekday_is_the_calendars_also_for_a_window_over_midnight() -> None:
    limits = {"start_time": time(22), "end_time": time(6), "days": frozenset({0})}
    assert holds("2019-01-07 23:00", **limits) is True
    assert holds("2019-01-08 01:00", **limits) is False
    assert holds("2019-01-07 01:00", **limits) is True


def test_all_restrictions_must_hold() -> None:
    assert holds("2019-01-07 10:00", start_time=time(9), days=frozenset({0})) is True
    assert holds("2019-01-07 10:00", start_time=time(9), days=frozenset({1})) is False


@pytest.mark.parametrize("name", ["kwh", "duration", "current", "power"])
def test_a_minimum_is_inclusive_and_a_maximum_exclusive(name: str) -> None:
    limits = Restrictions(**{f"min_{name}": Fraction(10), f"max_{name}": Fraction(20)})  # type: ignore[arg-type]

    def at(value: str) -> bool | None:
        v = Fraction(value)
        given: dict[str, Any] = {"elapsed": ZERO, "kwh": ZERO, "current": (v, v), "power": (v, v)}
        given |= {"kwh": v} if name == "kwh" else {"elapsed": v} if name == "duration" else {}
        return matches(limits, Moment(datetime(2019, 1, 7, tzinfo=UTC), **given))

    assert [at(value) for value in ("9.9999", "10", "19.9999", "20")] == [False, True, True, False]


def test_the_lowest_current_is_held_against_the_minimum_and_the_highest_against_the_maximum() -> None:
    moment = Moment(datetime(2019, 1, 7, tzinfo=UTC), ZERO, ZERO, current=(Fraction(10), Fraction(40)))
    assert matches(Restrictions(min_current=Fraction(16)), moment) is False
    assert matches(Restrictions(max_current=Fraction(32)), moment) is False
    assert matches(Restrictions(min_current=Fraction(10), max_current=Fraction(41)), moment) is True


def test_a_limit_on_power_without_a_word_on_power_never_bills_and_is_found() -> None:
    fast = element(component("TIME", "9"), min_power=50)
    slow = element(component("TIME", "1"))
    priced = price(cdr((0, 60, charging(60))), [tariff(fast, slow)], "UTC")
    assert priced.before_taxes == 1
    assert [(f.code, f.place) for f in priced.findings] == [("undecided", "charging_periods[0]")]
    said = price(cdr((0, 60, charging(60, MAX_POWER=50))), [tariff(fast, slow)], "UTC")
    assert (said.before_taxes, said.findings) == (9, ())


def test_what_can_not_be_judged_is_not_found_where_it_could_price_nothing() -> None:
    fast = element(component("TIME", "9"), min_power=50)
    park = element(component("PARKING_TIME", "1"))
    assert price(cdr((0, 60, parking(60))), [tariff(fast, park)], "UTC").findings == ()


def test_average_power_is_energy_by_time_where_nothing_else_is_said() -> None:
    """2.1.1 has limits of power, and no dimension for it."""
    fast = element(component("ENERGY", "0.50"), min_power=22)
    slow = element(component("ENERGY", "0.20"))
    assert price(cdr((0, 60, charging(60, ENERGY=22))), [tariff(fast, slow)], "UTC").before_taxes == 11
    assert price(cdr((0, 60, charging(60, ENERGY=21))), [tariff(fast, slow)], "UTC").before_taxes == Fraction("4.2")


def test_times_are_the_locations_and_not_utc() -> None:
    day = element(component("PARKING_TIME", "5"), start_time="09:00", end_time="18:00", day_of_week=["MONDAY"])
    record = cdr((13 * 60 + 30, 60, parking(60)))  # 13:30 UTC on Monday: 08:30 in Toronto, 14:30 in Paris
    assert price(record, [tariff(day)], "Europe/Paris").before_taxes == 5
    assert price(record, [tariff(day)], "America/Toronto").before_taxes == 0


def test_energy_counts_what_came_before_the_period_and_duration_from_the_sessions_start() -> None:
    free = element(component("ENERGY", "0"), max_kwh=5)
    paid = element(component("ENERGY", "1"))
    record = cdr((0, 10, {"ENERGY": 4}), (10, 10, {"ENERGY": 4}), (20, 10, {"ENERGY": 4}))
    assert price(record, [tariff(free, paid)], "UTC").before_taxes == 4
    late = element(component("PARKING_TIME", "6"), min_duration=1200)
    record = cdr((0, 10, parking(10)), (10, 10, parking(10)), (20, 10, parking(10)))
    assert price(record, [tariff(late)], "UTC").before_taxes == 1


def test_duration_counts_from_charging_and_not_from_the_reservation() -> None:
    late = element(component("PARKING_TIME", "6"), min_duration=1200)
    record = cdr((0, 60, {"RESERVATION_TIME": "60m"}), (60, 20, charging(20)), (80, 10, parking(10)))
    assert price(record, [tariff(late)], "UTC").before_taxes == 1
    early = cdr((0, 60, {"RESERVATION_TIME": "60m"}), (60, 10, charging(10)), (70, 10, parking(10)))
    assert price(early, [tariff(late)], "UTC").before_taxes == 0


def test_the_first_matching_element_of_each_dimension_prices_it() -> None:
    many = tariff(
        element(component("FLAT", "1"), component("TIME", "2"), start_time="12:00"),
        element(component("TIME", "3"), component("PARKING_TIME", "4")),
        element(component("FLAT", "5"), component("ENERGY", "6")),
    )
    morning = Moment(datetime(2019, 1, 7, 9, tzinfo=UTC), ZERO, ZERO)
    assert {d: i for d, (i, _) in choose(many, morning).components.items()} == {
        Dimension.TIME: 1,
        Dimension.PARKING_TIME: 1,
        Dimension.FLAT: 2,
        Dimension.ENERGY: 2,
    }
    noon = Moment(datetime(2019, 1, 7, 12, tzinfo=UTC), ZERO, ZERO)
    assert {d: i for d, (i, _) in choose(many, noon).components.items()} == {
        Dimension.FLAT: 0,
        Dimension.TIME: 0,
        Dimension.PARKING_TIME: 1,
        Dimension.ENERGY: 2,
    }


def test_in_2_1_1_the_first_matching_element_prices_everything_and_the_others_nothing() -> None:
    parts = (element(component("TIME", "2"), end_time="12:00"), element(component("TIME", "3"), component("FLAT", "1")))
    old, new = tariff(*parts, version="2.1.1"), tariff(*parts)
    morning, noon = cdr((0, 60, charging(60))), cdr((720, 60, charging(60)))
    assert [price(record, [old], "UTC").before_taxes for record in (morning, noon)] == [2, 4]
    assert [price(record, [new], "UTC").before_taxes for record in (morning, noon)] == [3, 4]


def test_reserved_time_is_priced_by_reservation_elements_only() -> None:
    both = tariff(element(component("TIME", "9")), element(component("TIME", "5"), reservation="RESERVATION"))
    record = cdr((0, 60, {"RESERVATION_TIME": "60m"}), (60, 60, charging(60)))
    assert [(line.is_reservation, line.before) for line in price(record, [both], "UTC").lines] == [
        (True, 5),
        (False, 9),
    ]
    unpriced = price(cdr((0, 60, {"RESERVATION_TIME": "60m"})), [tariff(element(component("TIME", "9")))], "UTC")
    assert [line.why for line in unpriced.lines] == [Why.NO_COMPONENT]


def test_an_expired_reservation_prefers_its_own_elements_wherever_they_stand() -> None:
    both = tariff(
        element(component("TIME", "3"), component("FLAT", "1"), reservation="RESERVATION"),
        element(component("TIME", "6"), reservation="RESERVATION_EXPIRES"),
    )
    assert both.elements[1].restrictions.reservation is Reservation.EXPIRES
    assert price(cdr((0, 60, {"RESERVATION_TIME": "60m"})), [both], "UTC").before_taxes == 7
    used = cdr((0, 60, {"RESERVATION_TIME": "60m"}), (60, 5, charging(5)))
    assert price(used, [both], "UTC").before_taxes == 4


def test_a_flat_fee_is_owed_once_and_a_reservations_apart() -> None:
    flat = tariff(element(component("FLAT", "2"), reservation="RESERVATION"), element(component("FLAT", "0.50")))
    record = cdr((0, 5, {"RESERVATION_TIME": "5m"}), (5, 5, charging(5)), (10, 5, charging(5)), (15, 5, parking(5)))
    assert price(record, [flat], "UTC").before_taxes == Fraction("2.50")
