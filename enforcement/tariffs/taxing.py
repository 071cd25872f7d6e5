"""The taxes on one amount (2.2.1, PriceComponent.vat; 2.3.0, Tariff.tax_included)."""

from collections.abc import Iterable, Sequence
from fractions import Fraction

from enforcement.money import Tax
from enforcement.tariffs.result import TaxShare
from enforcement.tariffs.vocabulary import Component, Tariff

VAT = "VAT"


def rates(tariff: Tariff, component: Component, local: Sequence[Tax]) -> tuple[Tax, ...]:
    """The taxes on a component: its own VAT, or the place's taxes where the tariff leaves them unstated."""
    if tariff.tax_rule == "none":
        return ()
    if component.vat is not None:
        return (Tax(VAT, component.vat),)
    return tuple(local) if tariff.unstated_tax else ()


def is_unstated(tariff: Tariff, component: Component, local: Sequence[Tax]) -> bool:
    """Whether nobody said which taxes lie on a component."""
    return tariff.tax_rule != "none" and tariff.unstated_tax and component.vat is None and not local


def split(amount: Fraction, tariff: Tariff, taxes: Sequence[Tax]) -> tuple[Fraction, tuple[TaxShare, ...]]:
    """An amount at the tariff's prices as net and taxes, all taxes on the same net."""
    inside = 1 + sum(tax.rate for tax in taxes) if tariff.tax_rule == "included" else Fraction(1)
    net = amount / inside
    return net, tuple(TaxShare(tax.name, tax.rate, net * tax.rate) for tax in taxes)


def gathered(shares: Iterable[TaxShare]) -> tuple[TaxShare, ...]:
    """One share for each tax and rate, in the order in which they first came."""
    sums: dict[tuple[str, Fraction | None], Fraction] = {}
    for share in shares:
        key = (share.name, share.rate)
        sums[key] = sums.get(key, Fraction(0)) + share.amount
    return tuple(TaxShare(name, rate, amount) for (name, rate), amount in sums.items())
