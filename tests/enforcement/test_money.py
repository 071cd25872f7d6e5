"""Money: minor units, exact until the one rounding, one amount per tax."""

from fractions import Fraction

import pytest

from enforcement.money import Tax, format_minor, tax_lines, to_minor
from tests.support.builders import charged, clause, policy, told


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("0.005", "CAD", 1), ("0.0049", "CAD", 0), ("12.345", "EUR", 1235), ("12.5", "JPY", 13), ("1.2345", "KWD", 1235)],
)
def test_half_up_at_the_currencys_exponent(amount: str, currency: str, minor: int) -> None:
    assert to_minor(Fraction(amount), currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (1240, "CAD", "12.40 CAD"),
        (5, "CAD", "0.05 CAD"),
        (-3, "JPY", "-3 JPY"),
        (1005, "KWD", "1.005 KWD"),
        (-5, "EUR", "-0.05 EUR"),
    ],
)
def test_amounts_for_people(minor: int, currency: str, text: str) -> None:
    assert format_minor(minor, currency) == text


def test_each_tax_is_rounded_on_its_own() -> None:
    gst, qst = Tax("GST", Fraction("0.05")), Tax("QST", Fraction("0.09975"))
    assert [line.amount_minor for line in tax_lines(1010, (gst, qst))] == [51, 101]
    assert sum(line.amount_minor for line in tax_lines(10, (gst, qst))) == 2
    assert tax_lines(10, (Tax("both", Fraction("0.14975")),))[0].amount_minor == 1


def test_a_rate_is_never_rounded_by_the_minute() -> None:
    """90 minutes at 0.125: 11.25, and not 90 times 0.13."""
    under = policy(clause("idle", grace="0m", rate="0.125"))
    assert told([charged(0, 60, 150)], 200, under=under).fees == {"idle": 1125}


@pytest.mark.parametrize(("unit", "seconds", "cents"), [("1s", 95, 63), ("1m", 60, 40), ("15m", 0, 0)])
def test_billable_time_is_rounded_down_to_whole_units_once(unit: str, seconds: int, cents: int) -> None:
    under = policy(clause("idle", grace="0m", unit=unit))
    fee = told([charged(0, 60, 61 + 35 / 60)], 200, under=under).only.fee
    assert (fee.billable.total_seconds(), fee.net_minor) == (seconds, cents)


def test_an_hourly_rate() -> None:
    under = policy(clause("idle", grace="0m", rate="8.33", per="1h"))
    assert told([charged(0, 60, 150)], 200, under=under).fees == {"idle": 1250}


def test_the_driver_pays_fee_and_taxes() -> None:
    taxes = '[[tax]]\nname = "GST"\npercent = "5"\n[[tax]]\nname = "QST"\npercent = "9.975"\n'
    fee = told([charged(0, 60, 100)], 200, under=policy(clause("idle"), taxes)).only.fee
    assert [(line.name, line.amount_minor) for line in fee.taxes] == [("GST", 60), ("QST", 120)]
    assert (fee.net_minor, fee.tax_minor, fee.total_minor) == (1200, 180, 1380)
