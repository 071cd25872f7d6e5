"""Amounts: the parts add up to the whole, and each tax is rounded on its own, once."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.money import Tax
from enforcement.taxes import add_excluded, split_included

GST, QST = Tax("GST", Fraction(5, 100)), Tax("QST", Fraction(9975, 100_000))
RATES = st.decimals(0, 30, places=3).map(lambda percent: Fraction(percent) / 100)
TAXES = st.lists(RATES, max_size=3).map(lambda rates: tuple(Tax(f"T{i}", rate) for i, rate in enumerate(rates)))
AMOUNTS = st.integers(0, 10_000_000)


def half_up(amount: Fraction) -> int:
    """Another way to say it: the floor of a half more."""
    return (amount + Fraction(1, 2)).__floor__()


@given(AMOUNTS, TAXES)
def test_an_included_price_is_split_into_parts_that_add_up_to_it(total: int, taxes: tuple[Tax, ...]) -> None:
    net, lines = split_included(total, taxes)
    assert net + sum(line.amount_minor for line in lines) == total
    assert net >= 0
    exact_net = Fraction(total) / (1 + sum(tax.rate for tax in taxes))
    assert [line.amount_minor for line in lines] == [half_up(exact_net * tax.rate) for tax in taxes]
    assert abs(net - exact_net) <= Fraction(len(taxes), 2)


@given(AMOUNTS, TAXES)
def test_taxes_on_top_are_each_rounded_once_on_the_net(net: int, taxes: tuple[Tax, ...]) -> None:
    total, lines = add_excluded(net, taxes)
    assert [line.amount_minor for line in lines] == [half_up(net * tax.rate) for tax in taxes]
    assert total == net + sum(line.amount_minor for line in lines)


@given(AMOUNTS, TAXES)
def test_both_ways_give_the_same_again_and_the_order_of_taxes_changes_no_amount(
    amount: int, taxes: tuple[Tax, ...]
) -> None:
    for way in (add_excluded, split_included):
        assert way(amount, taxes) == way(amount, taxes)
        whole, lines = way(amount, taxes)
        assert way(amount, taxes[::-1]) == (whole, lines[::-1])


def test_quebec_by_hand() -> None:
    # 12.40: GST 0.62, QST 1.2369 -> 1.24
    total, lines = add_excluded(1240, (GST, QST))
    assert ([line.amount_minor for line in lines], total) == ([62, 124], 1426)
    # 20.00 with both inside: net 17.3951..., GST 0.86975... -> 0.87, QST 1.73516... -> 1.74, net 17.39 by difference
    net, lines = split_included(2000, (GST, QST))
    assert (net, [line.amount_minor for line in lines]) == (1739, [87, 174])


def test_germany_by_hand() -> None:
    # EUR 12.00 with 19 %: 12 / 1.19 = 10.0840..., VAT 1.9159... -> 1.92; with 16 %: VAT 1.6551... -> 1.66
    assert [split_included(1200, (Tax("VAT", Fraction(rate, 100)),))[0] for rate in (19, 16)] == [1008, 1034]


def test_half_a_cent_goes_up() -> None:
    assert add_excluded(10, (GST,))[0] == 11  # 0.5
    assert add_excluded(9, (GST,))[0] == 9  # 0.45


def test_rounding_quebecs_taxes_as_one_differs_for_2550_of_10000_amounts() -> None:
    both = Tax("GST+QST", Fraction(14975, 100_000))
    differs = sum(add_excluded(net, (GST, QST))[0] != add_excluded(net, (both,))[0] for net in range(1, 10_001))
    assert differs == 2550


def test_no_tax_changes_nothing() -> None:
    assert add_excluded(1234, ()) == split_included(1234, ()) == (1234, ())


@pytest.mark.parametrize("way", [add_excluded, split_included])
def test_a_negative_amount_is_refused(way: object) -> None:
    with pytest.raises(ValueError, match="negates"):
        way(-1, (GST,))  # type: ignore[operator]
