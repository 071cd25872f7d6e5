"""A record's own totals against its price."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from enforcement.tariffs.comparing import Difference, differences
from enforcement.tariffs.pricing import price
from tests.support.tariffs import cdr, charging, component, element, parking, tariff

BY = tariff(
    element(
        component("FLAT", "1", vat="20"), component("TIME", "6", vat="10"), component("PARKING_TIME", "12", vat="20")
    )
)


def stated(**totals: tuple[str, str]) -> dict[str, Any]:
    return {name: {"excl_vat": Decimal(excl), "incl_vat": Decimal(incl)} for name, (excl, incl) in totals.items()}


def compared(**fields: Any) -> list[Difference]:
    record = cdr((0, 60, charging(60)), (60, 10, parking(10)), **fields)
    return differences(record, price(record, [BY], "UTC"))


def test_totals_that_agree() -> None:
    totals = stated(
        total_cost=("9.00", "10.20"),
        total_fixed_cost=("1", "1.2"),
        total_time_cost=("6", "6.6"),
        total_parking_cost=("2.004", "2.4"),
    )
    assert compared(**totals, total_parking_time=Decimal("0.1667"), total_energy=Decimal(9)) == []


def test_each_total_that_differs_is_named_with_both_values() -> None:
    totals = stated(total_cost=("9.01", "10.20"), total_parking_cost=("2", "2.5"))
    assert compared(**totals) == [
        Difference("total_cost", "before_taxes", Fraction("9.01"), Fraction(9)),
        Difference("total_parking_cost", "after_taxes", Fraction("2.5"), Fraction("2.4")),
    ]


def test_parking_time_that_the_periods_do_not_hold() -> None:
    """One CPO's periods hold only paid parking, and its total the free part too."""
    assert compared(total_parking_time=Decimal("0.5")) == [
        Difference("total_parking_time", "volume", Fraction(1, 2), Fraction(1, 6))
    ]


def test_a_credit_negates_its_total_only() -> None:
    totals = stated(total_cost=("-9.00", "-10.20"), total_time_cost=("6", "6.6"))
    assert compared(**totals, credit=True) == []
    assert [difference.field for difference in compared(**totals)] == ["total_cost", "total_cost"]


def test_a_reservations_cost_holds_its_fee_and_its_time() -> None:
    by = tariff(element(component("FLAT", "2"), component("TIME", "6"), reservation="RESERVATION"))
    record = cdr(
        (0, 10, {"RESERVATION_TIME": "10m"}), (10, 5, charging(5)), **stated(total_reservation_cost=("3", "3"))
    )
    assert differences(record, price(record, [by], "UTC")) == []
    wrong = replace(
        record, stated={"total_reservation_cost": replace(record.stated["total_reservation_cost"], before=Fraction(1))}
    )
    assert [d.computed for d in differences(wrong, price(wrong, [by], "UTC"))] == [3]


def test_a_net_that_nobody_stated_is_not_compared() -> None:
    by = tariff(element(component("TIME", "6")), version="2.3.0", tax_included="YES")
    record = cdr((0, 60, charging(60)), **stated(total_cost=("5", "6"), total_time_cost=("5", "7")))
    assert differences(record, price(record, [by], "UTC")) == [
        Difference("total_time_cost", "after_taxes", Fraction(7), Fraction(6))
    ]
