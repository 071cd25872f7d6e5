"""Taxes of each version, price limits, several tariffs, and the one rounding."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from enforcement.money import Tax
from enforcement.tariffs.pricing import price
from enforcement.tariffs.result import TaxShare, Why
from enforcement.tariffs.vocabulary import TariffError
from tests.support.tariffs import cdr, charging, component, element, parking, tariff

HOUR = cdr((0, 60, charging(60)))
TWENTY, TEN = Fraction("0.2"), Fraction("0.1")
QUEBEC = (Tax("GST", Fraction("0.05")), Tax("QST", Fraction("0.09975")))


def test_vat_is_per_component_and_one_line_for_each_rate() -> None:
    mixed = tariff(element(component("TIME", "10", vat="20"), component("PARKING_TIME", "10", vat="10")))
    priced = price(cdr((0, 60, charging(60)), (60, 60, parking(60))), [mixed], "UTC")
    assert priced.taxes == (TaxShare("VAT", TWENTY, Fraction(2)), TaxShare("VAT", TEN, Fraction(1)))
    assert (priced.before_taxes, priced.total) == (20, 23)


def test_in_2_2_1_no_vat_means_none_and_in_2_1_1_it_means_that_nobody_said() -> None:
    plain = element(component("TIME", "10"))
    for version, codes in (("2.2.1", []), ("2.1.1", ["taxes_not_stated"])):
        priced = price(HOUR, [tariff(plain, version=version)], "UTC")
        assert (priced.before_taxes, priced.total, [f.code for f in priced.findings]) == (10, 10, codes)
    assert price(HOUR, [tariff(plain)], "UTC", QUEBEC).total == 10
    old = price(HOUR, [tariff(plain, version="2.1.1")], "UTC", QUEBEC)
    assert (old.total, old.findings) == (Fraction("11.4975"), ())
    assert [(share.name, share.amount) for share in old.taxes] == [
        ("GST", Fraction("0.5")),
        ("QST", Fraction("0.9975")),
    ]


def test_in_2_3_0_taxes_come_on_top_or_are_inside_or_do_not_apply() -> None:
    taxed = element(component("TIME", "12", vat="20"))
    totals = {
        rule: (priced.before_taxes, priced.total)
        for rule in ("NO", "YES", "N/A")
        for priced in [price(HOUR, [tariff(taxed, version="2.3.0", tax_included=rule)], "UTC")]
    }
    assert totals == {"NO": (12, Fraction("14.4")), "YES": (10, 12), "N/A": (12, 12)}


def test_unstated_taxes_inside_leave_the_net_unknown_unless_the_place_states_them() -> None:
    inside = tariff(element(component("TIME", "11.4975")), version="2.3.0", tax_included="YES")
    unknown = price(HOUR, [inside], "UTC")
    assert (unknown.before_taxes, unknown.total) == (None, Fraction("11.4975"))
    known = price(HOUR, [inside], "UTC", QUEBEC)
    assert (known.before_taxes, known.total) == (10, Fraction("11.4975"))


def test_a_maximum_holds_before_and_after_taxes() -> None:
    mixed = element(component("FLAT", "5", vat="0"), component("TIME", "10", vat="20"))
    for limit, expected in (
        ({"excl_vat": Decimal(12), "incl_vat": Decimal("13")}, (12, 13)),
        ({"excl_vat": Decimal(12)}, (12, Fraction("13.6"))),
        ({"excl_vat": Decimal(20), "incl_vat": Decimal(16)}, (15, 16)),
        ({"excl_vat": Decimal(20), "incl_vat": Decimal(14)}, (14, 14)),
        ({"excl_vat": Decimal(20), "incl_vat": Decimal(20)}, (15, 17)),
    ):
        priced = price(HOUR, [tariff(mixed, max_price=limit)], "UTC")
        assert (priced.before_taxes, priced.total) == expected
        assert priced.before_taxes == sum(line.before for line in priced.lines)


def test_a_minimum_lifts_before_and_after_taxes_and_a_maximum_wins() -> None:
    cheap = element(component("TIME", "0.30", vat="10"))
    least = {"excl_vat": Decimal("0.5"), "incl_vat": Decimal("0.60")}
    assert price(HOUR, [tariff(cheap, min_price=least)], "UTC").total == Fraction("0.6")
    both = tariff(cheap, min_price=least, max_price={"excl_vat": Decimal("0.4")})
    assert price(HOUR, [both], "UTC").before_taxes == Fraction("0.4")
    untaxed = tariff(element(component("TIME", "0.30")), min_price=least)
    assert price(HOUR, [untaxed], "UTC").before_taxes == Fraction("0.6")


def test_a_minimum_on_nothing_states_a_tax_without_its_rate() -> None:
    least = {"excl_vat": Decimal("0.5"), "incl_vat": Decimal("0.55")}
    nothing = price(cdr((0, 5, parking(5))), [tariff(element(component("TIME", "1")), min_price=least)], "UTC")
    assert [line.why for line in nothing.lines] == [Why.NO_COMPONENT, Why.MIN_PRICE]
    assert (nothing.before_taxes, nothing.taxes) == (Fraction("0.5"), (TaxShare("VAT", None, Fraction("0.05")),))


def test_a_limit_before_taxes_can_not_be_held_against_prices_with_unstated_taxes_inside() -> None:
    inside = tariff(
        element(component("TIME", "12")),
        version="2.3.0",
        tax_included="YES",
        max_price={"before_taxes": Decimal(5)},
    )
    priced = price(HOUR, [inside], "UTC")
    assert priced.total == 12
    assert "limit_not_applicable" in [finding.code for finding in priced.findings]
    after = {"before_taxes": Decimal(5), "after_taxes": Decimal(6)}
    limited = tariff(element(component("TIME", "12")), version="2.3.0", tax_included="YES", max_price=after)
    assert price(HOUR, [limited], "UTC").total == 6


def test_of_several_tariffs_each_prices_the_periods_that_name_it() -> None:
    one = replace(tariff(element(component("TIME", "6", 60))), id="one")
    two = replace(tariff(element(component("TIME", "12", 60))), id="TWO")
    record = cdr((0, 10, charging(10)), (10, 10, charging(10)), (20, 10, charging(10)))
    named = [replace(p, tariff_id=name) for p, name in zip(record.periods, ("one", "two", None), strict=True)]
    priced = price(replace(record, periods=tuple(named)), [one, two], "UTC")
    assert [(line.why, line.before) for line in priced.lines] == [
        (Why.CONSUMED, 1),
        (Why.CONSUMED, 2),
        (Why.NO_TARIFF, 0),
    ]
    assert [finding.code for finding in priced.findings] == ["no_tariff"]


def test_a_tariff_in_another_currency_prices_nothing() -> None:
    with pytest.raises(TariffError, match="is in USD, the record in EUR"):
        price(HOUR, [replace(tariff(element(component("TIME", "1"))), currency="USD")], "UTC")


def test_a_tariff_that_was_not_in_effect_is_found_and_still_prices() -> None:
    for field, at in (("end_date_time", "2018-12-31T00:00:00Z"), ("start_date_time", "2019-02-01T00:00:00Z")):
        old = tariff(element(component("TIME", "1")), **{field: at})
        priced = price(HOUR, [old], "UTC")
        assert (priced.before_taxes, [f.code for f in priced.findings]) == (1, ["outside_validity"])


def test_a_period_before_its_session_is_found() -> None:
    record = replace(HOUR, start=HOUR.end)
    assert [f.code for f in price(record, [tariff(element(component("TIME", "1")))], "UTC").findings] == [
        "period_outside_session"
    ]


def test_money_is_rounded_once_and_each_tax_once() -> None:
    third = tariff(element(component("TIME", "0.10")), version="2.1.1")
    priced = price(cdr((0, 50, charging(50)), (50, 50, charging(50))), [third], "UTC", QUEBEC)  # 1/6
    assert priced.before_taxes == Fraction(1, 6)
    minor = priced.rounded()
    assert (minor.net, [line.amount_minor for line in minor.taxes], minor.total) == (17, [1, 2], 20)


def test_prices_with_taxes_inside_round_their_total_when_the_net_is_unknown() -> None:
    inside = tariff(element(component("TIME", "0.105")), version="2.3.0", tax_included="YES")
    minor = price(HOUR, [inside], "UTC").rounded()
    assert (minor.net, minor.taxes, minor.total) == (11, (), 11)
    yen = replace(inside, currency="JPY")
    assert price(replace(HOUR, currency="JPY"), [yen], "UTC").rounded().total == 0
