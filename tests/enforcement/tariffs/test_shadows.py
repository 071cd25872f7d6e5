"""Prices that first match never reaches, as a real blocking fee has them."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from enforcement.tariffs.cutting import cut
from enforcement.tariffs.pricing import price
from enforcement.tariffs.reading import read_tariff
from enforcement.tariffs.result import Why
from enforcement.tariffs.shadows import covers, shadowed
from enforcement.tariffs.vocabulary import Dimension, Restrictions, Tariff
from tests.support.tariffs import cdr, charging, component, element, load, parking, tariff

WINDOW = {"start_time": "08:00:00", "end_time": "20:00:00", "min_duration": 14460, "max_duration": 23460}


def blocking_fee(*, is_free_first: bool) -> Tariff:
    """The shape of a feed seen in the wild: restrictions as a list, HH:MM:SS, numbers as strings, a free twin first."""
    free = element(component("PARKING_TIME", "0", 60, vat="19")) | {"restrictions": [WINDOW]}
    paid = element(component("PARKING_TIME", "4.80", 60, vat="19")) | {"restrictions": [WINDOW]}
    energy = element(component("ENERGY", "0.49", vat="19"))
    return tariff(*([free, paid] if is_free_first else [paid]), energy)


def long_stay() -> Any:
    """From 09:00 local: two hours of charging, then parking until 18:00."""
    return cdr((8 * 60, 120, charging(120, ENERGY=20)), (10 * 60, 420, parking(420)))


def test_strict_first_match_bills_nothing_and_says_so() -> None:
    fee = blocking_fee(is_free_first=True)
    priced = price(cut(long_stay(), [fee], "Europe/Berlin"), [fee], "Europe/Berlin")
    assert priced.subtotal(Dimension.PARKING_TIME) == (0, 0)
    assert Why.FREE in [line.why for line in priced.lines]
    assert [(f.code, f.place) for f in shadowed(fee)] == [("shadowed", "elements[1] PARKING_TIME")]
    assert "elements[0]" in shadowed(fee)[0].text


def test_without_its_free_twin_the_fee_is_what_was_meant() -> None:
    fee = blocking_fee(is_free_first=False)
    priced = price(cut(long_stay(), [fee], "Europe/Berlin"), [fee], "Europe/Berlin")
    assert priced.subtotal(Dimension.PARKING_TIME) == (12, Fraction("14.28"))  # 9000 s at 4.80 an hour
    assert shadowed(fee) == []


def test_2_1_1s_own_complex_example_is_nothing_but_a_start_fee(shared_data: Path) -> None:
    by = read_tariff(load(shared_data / "ocpi" / "2.1.1" / "tariff_06_complex_tariff_example.json"), "2.1.1")
    assert [finding.place for finding in shadowed(by)] == [
        "elements[1] TIME",
        "elements[2] TIME",
        "elements[3] TIME",
        "elements[4] PARKING_TIME",
        "elements[5] PARKING_TIME",
    ]
    record = cdr((9 * 60, 60, charging(60)), (10 * 60, 60, parking(60)))
    assert price(record, [by], "UTC").before_taxes == Fraction("2.50")


@pytest.mark.parametrize(
    ("wide", "narrow", "expected"),
    [
        ({}, {}, True),
        ({}, {"min_kwh": Fraction(5)}, True),
        ({"min_kwh": Fraction(5)}, {}, False),
        ({"min_kwh": Fraction(5)}, {"min_kwh": Fraction(6)}, True),
        ({"min_kwh": Fraction(6)}, {"min_kwh": Fraction(5)}, False),
        ({"max_power": Fraction(6)}, {"max_power": Fraction(5)}, True),
        ({"max_power": Fraction(5)}, {"max_power": Fraction(6)}, False),
        ({"max_power": Fraction(5)}, {}, False),
        ({"days": frozenset({0, 1})}, {"days": frozenset({1})}, True),
        ({"days": frozenset({0, 1})}, {}, False),
        ({}, {"days": frozenset({1})}, True),
        ({"days": frozenset({1})}, {"days": frozenset({0, 1})}, False),
    ],
)
def test_what_covers_what(wide: dict[str, Any], narrow: dict[str, Any], expected: bool) -> None:
    assert covers(Restrictions(**wide), Restrictions(**narrow)) is expected


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("08:00", "20:00"), ("09:00", "18:00"), True),
        (("08:00", "20:00"), ("08:00", "20:00"), True),
        (("09:00", "18:00"), ("08:00", "20:00"), False),
        (("08:00", "00:00"), ("20:00", "00:00"), True),
        (("08:00", "20:00"), ("20:00", "00:00"), False),
        (("08:00", "20:00"), ("18:00", "09:00"), False),
        (("22:00", "06:00"), ("22:00", "06:00"), True),
        (("00:00", "00:00"), ("22:00", "06:00"), True),
    ],
)
def test_windows_that_cover_others(first: tuple[str, str], second: tuple[str, str], expected: bool) -> None:
    by = tariff(
        element(component("TIME", "1"), start_time=first[0], end_time=first[1]),
        element(component("TIME", "2"), start_time=second[0], end_time=second[1]),
    )
    assert bool(shadowed(by)) is expected


def test_the_same_price_twice_hides_nothing_and_a_reservation_hides_no_charging() -> None:
    one = element(component("TIME", "1"))
    assert shadowed(tariff(one, one)) == []
    assert shadowed(tariff(element(component("TIME", "2"), reservation="RESERVATION"), one)) == []
