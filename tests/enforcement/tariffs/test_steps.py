"""``step_size``, rule by rule (2.2.1, mod_cdrs "step_size"; 2.1.1, PriceComponent)."""

from fractions import Fraction

from enforcement.tariffs.pricing import price
from enforcement.tariffs.result import Line, Why
from tests.support.tariffs import cdr, charging, component, element, parking, tariff


def steps(lines: tuple[Line, ...]) -> list[tuple[str | None, Fraction]]:
    return [(line.dimension, line.quantity) for line in lines if line.why is Why.STEP]


def test_charging_followed_by_parking_is_not_rounded() -> None:
    five = tariff(element(component("TIME", "1", 300), component("PARKING_TIME", "1", 300)))
    priced = price(cdr((0, 21, charging(21)), (21, 7, parking(7))), [five], "UTC")
    assert steps(priced.lines) == [("PARKING_TIME", Fraction(3, 60))]
    assert priced.before_taxes == Fraction(21 + 10, 60)


def test_parking_followed_by_charging_is_still_what_is_rounded() -> None:
    five = tariff(element(component("TIME", "1", 300), component("PARKING_TIME", "1", 300)))
    priced = price(cdr((0, 7, parking(7)), (7, 21, charging(21))), [five], "UTC")
    assert steps(priced.lines) == [("PARKING_TIME", Fraction(3, 60))]


def test_free_parking_leaves_charging_to_be_rounded() -> None:
    for free in ([component("TIME", "1", 300)], [component("TIME", "1", 300), component("PARKING_TIME", "0", 900)]):
        priced = price(cdr((0, 21, charging(21)), (21, 7, parking(7))), [tariff(element(*free))], "UTC")
        assert steps(priced.lines) == [("TIME", Fraction(4, 60))]


def test_free_time_is_not_counted_whether_its_price_is_zero_or_absent() -> None:
    paid = element(component("PARKING_TIME", "1", 900), end_time="01:00")
    free = element(component("PARKING_TIME", "0", 900))
    record = cdr((52, 8, parking(8)), (60, 12, parking(12)))
    assert price(record, [tariff(paid)], "UTC").before_taxes == Fraction(15, 60)
    assert price(record, [tariff(paid, free)], "UTC").before_taxes == Fraction(15, 60)


def test_the_last_billable_step_and_price_count_for_the_whole_session() -> None:
    early, late = element(component("TIME", "5", 1800), end_time="01:00"), element(component("TIME", "7", 600))
    priced = price(cdr((54, 6, charging(6)), (60, 22, charging(22))), [tariff(early, late)], "UTC")
    assert steps(priced.lines) == [("TIME", Fraction(2, 60))]
    assert priced.before_taxes == Fraction(6 * 5 + 24 * 7, 60)


def test_energy_is_rounded_once_in_watt_hours() -> None:
    fine = tariff(element(component("ENERGY", "0.25", 1)))
    assert price(cdr((0, 9, {"ENERGY": "0.1152"})), [fine], "UTC").before_taxes == Fraction("0.029")
    coarse = tariff(element(component("ENERGY", "0.25", 500)))
    assert price(cdr((0, 9, {"ENERGY": "0.001"})), [coarse], "UTC").before_taxes == Fraction("0.125")
    assert price(cdr((0, 9, {"ENERGY": "0"})), [coarse], "UTC").before_taxes == 0


def test_energy_and_time_are_rounded_each_on_its_own() -> None:
    both = tariff(element(component("ENERGY", "1", 1000), component("TIME", "6", 600)))
    priced = price(cdr((0, 61, charging(61, ENERGY="1.5"))), [both], "UTC")
    assert priced.before_taxes == 2 + 7


def test_energy_that_was_fed_back_is_not_rounded() -> None:
    both = tariff(element(component("ENERGY", "1", 1000)))
    assert price(cdr((0, 9, {"ENERGY": "-1.5"})), [both], "UTC").before_taxes == Fraction("-1.5")


def test_reserved_time_is_rounded_on_its_own() -> None:
    ten = tariff(element(component("TIME", "6", 600), reservation="RESERVATION"), element(component("TIME", "60", 600)))
    priced = price(cdr((0, 22, {"RESERVATION_TIME": "22m"}), (22, 5, charging(5))), [ten], "UTC")
    assert priced.before_taxes == 3 + 10


def test_a_step_of_zero_rounds_nothing() -> None:
    plain = tariff(element(component("TIME", "60", 0)))
    assert price(cdr((0, 1, {"TIME": "0.0001"})), [plain], "UTC").before_taxes == Fraction("0.006")


def test_a_time_cut_to_four_decimals_does_not_cost_another_step() -> None:
    """40 minutes arrive as 0.6667 h, which is 2400.12 s; 20 minutes as 0.3333 h, which is 1199.88 s."""
    ten = tariff(element(component("PARKING_TIME", "6", 600)))
    assert price(cdr((0, 40, {"PARKING_TIME": "0.6667"})), [ten], "UTC").before_taxes == Fraction("4.0002")
    assert price(cdr((0, 20, {"PARKING_TIME": "0.3333"})), [ten], "UTC").before_taxes == 2
    assert price(cdr((0, 41, {"PARKING_TIME": "0.6669"})), [ten], "UTC").before_taxes == 5  # 2400.84 s is 2401 s


def test_2_1_1_bills_every_component_in_blocks_of_its_own() -> None:
    parts = (element(component("TIME", "1", 300), component("PARKING_TIME", "1", 300)),)
    record = cdr((0, 21, charging(21)), (21, 7, parking(7)))
    assert price(record, [tariff(*parts, version="2.1.1")], "UTC").before_taxes == Fraction(25 + 10, 60)
    split = (
        element(component("ENERGY", "0.20", 500), end_time="01:00"),
        element(component("ENERGY", "0.27", 500)),
    )
    record = cdr((0, 60, {"ENERGY": "4.3"}), (60, 30, {"ENERGY": "1.1"}))
    assert price(record, [tariff(*split, version="2.1.1")], "UTC").before_taxes == Fraction("1.305")  # 4.5 and 1.5
