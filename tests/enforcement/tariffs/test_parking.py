"""Which parking time a charge record bills, by its tariff or by its own total."""

from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from enforcement.facts import BilledSpan
from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.parking import billed_parking, parking
from enforcement.tariffs.vocabulary import Cdr
from tests.support.tariffs import MONDAY, component, element, load


def record(*periods: tuple[int, dict[str, str]], minutes: int, version: str = "2.2.1", **fields: Any) -> Cdr:
    """A record of periods (start minute, volumes in hours), ended after so many minutes."""
    return read_cdr(
        {
            "id": "c1",
            "currency": "EUR",
            "start_date_time": at(0).isoformat(),
            "stop_date_time" if version == "2.1.1" else "end_date_time": at(minutes).isoformat(),
            "charging_periods": [
                {
                    "start_date_time": at(start).isoformat(),
                    "dimensions": [{"type": kind, "volume": Decimal(volume)} for kind, volume in volumes.items()],
                }
                for start, volumes in periods
            ],
            **fields,
        },
        version,
    )


def at(minute: float) -> Any:
    return MONDAY + timedelta(minutes=minute)


def tariff(*elements: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"id": "T", "currency": "EUR", "elements": list(elements), "last_updated": at(0).isoformat()}]


def spans(cdr: Cdr) -> list[tuple[float, float, int]]:
    minute = timedelta(minutes=1)
    return [((s.start - at(0)) / minute, (s.end - at(0)) / minute, s.amount_minor) for s in billed_parking(cdr, "UTC")]


CHARGE_THEN_PARK = ((0, {"TIME": "1.0", "ENERGY": "10"}), (60, {"PARKING_TIME": "0.6667"}))
PRICED = tariff(element(component("TIME", "1.00"), component("PARKING_TIME", "3.00")))


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_a_parking_period_with_a_price_was_billed(version: str) -> None:
    cdr = record(*CHARGE_THEN_PARK, minutes=100, version=version, tariffs=PRICED)
    # 40 minutes, sent as 0.6667 h, in steps of a second
    assert spans(cdr) == [(60, 100, 200)]


def test_a_parking_period_that_costs_nothing_was_not() -> None:
    free = tariff(element(component("TIME", "1.00"), component("PARKING_TIME", "0.00")))
    assert spans(record(*CHARGE_THEN_PARK, minutes=100, tariffs=free)) == []
    none = tariff(element(component("TIME", "1.00")))
    assert spans(record(*CHARGE_THEN_PARK, minutes=100, tariffs=none)) == []
    assert spans(record(*CHARGE_THEN_PARK, minutes=100)) == []


def test_only_the_hours_that_cost_anything_are_billed_time() -> None:
    evening = tariff(element(component("PARKING_TIME", "3.00"), start_time="01:20", end_time="23:00"))
    assert spans(record(*CHARGE_THEN_PARK, minutes=100, tariffs=evening)) == [(80, 100, 100)]


def test_the_records_own_total_decides_whether_any_was() -> None:
    zero = record(*CHARGE_THEN_PARK, minutes=100, tariffs=PRICED, total_parking_cost={"excl_vat": 0})
    assert spans(zero) == []
    stated = record(*CHARGE_THEN_PARK, minutes=100, total_parking_cost={"excl_vat": Decimal("4.50")})
    assert spans(stated) == [(60, 100, 450)]
    twice = ((0, {"PARKING_TIME": "0.5"}), (30, {"TIME": "1"}), (90, {"PARKING_TIME": "1"}))
    shared = record(*twice, minutes=150, version="2.3.0", total_parking_cost={"before_taxes": Decimal("9.00")})
    assert spans(shared) == [(0, 30, 300), (90, 150, 600)]


def test_parking_beside_charging_in_one_period_comes_last() -> None:
    mixed = record((0, {"TIME": "1.0", "PARKING_TIME": "0.5"}), minutes=90, tariffs=PRICED)
    assert spans(mixed) == [(60, 90, 150)]


def test_a_total_without_periods_is_the_records_last_time() -> None:
    told = {"total_parking_time": Decimal("0.25"), "total_parking_cost": {"excl_vat": Decimal("1.00")}}
    assert spans(record((0, {"TIME": "1.0"}), minutes=75, **told)) == [(60, 75, 100)]


def test_a_tariff_in_another_currency_says_nothing() -> None:
    foreign = [{**PRICED[0], "currency": "USD"}]
    assert spans(record(*CHARGE_THEN_PARK, minutes=100, tariffs=foreign)) == []


def test_the_published_example_of_a_record_bills_its_steps(shared_data: Path) -> None:
    folder = shared_data / "tariffs" / "tandemdrive" / "step_size"
    document = {**load(folder / "cdr1.json"), "tariffs": [load(folder / "tariff.json")]}
    cdr = read_cdr(document, "2.2.1")
    (span,) = billed_parking(cdr, "UTC")
    # 0.0334 h of parking, in a period of 5 minutes, billed as one step of 900 s at 1.00 an hour
    assert (span.end - span.start).total_seconds() == pytest.approx(120.24)
    assert span.amount_minor == 25
    assert sum((p.amount for p in parking(cdr, "UTC")), Fraction(0)) == Fraction("0.25")
    assert isinstance(span, BilledSpan)


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_the_specifications_own_records_bill_no_parking(version: str, shared_data: Path) -> None:
    name = {"2.1.1": "cdr_01_example_of_a_cdr.json"}.get(version, "cdr_example.json")
    assert billed_parking(read_cdr(load(shared_data / "ocpi" / version / name), version), "UTC") == ()
