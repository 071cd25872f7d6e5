"""Taking taxes out of a price that includes them, and putting them on one that does not.

Either way there is one amount per tax, rounded half up once, and the parts add up to the whole exactly: what is left
over by rounding stays in the net amount of an included price, never in a tax.
"""

from fractions import Fraction

from enforcement.money import Tax, TaxLine, half_up, tax_lines


def add_excluded(net_minor: int, taxes: tuple[Tax, ...]) -> tuple[int, tuple[TaxLine, ...]]:
    """The total and the tax lines of a net amount in minor units: each tax is on the net alone, rounded once."""
    _check(net_minor)
    lines = tax_lines(net_minor, taxes)
    return net_minor + sum(line.amount_minor for line in lines), lines


def split_included(total_minor: int, taxes: tuple[Tax, ...]) -> tuple[int, tuple[TaxLine, ...]]:
    """The net and the tax lines of a total in minor units that includes its taxes.

    The exact net is ``total / (1 + all rates)``; each tax is that times its rate, rounded half up once; the net that
    is shown is the total less the taxes. So the parts always add up to what was paid, whatever the rounding.
    """
    _check(total_minor)
    exact_net = Fraction(total_minor) / (1 + sum((tax.rate for tax in taxes), Fraction(0)))
    lines = tuple(TaxLine(tax.name, tax.rate, half_up(exact_net * tax.rate)) for tax in taxes)
    return total_minor - sum(line.amount_minor for line in lines), lines


def _check(amount_minor: int) -> None:
    # Half up is not symmetrical about zero: taxing a negative amount again could differ from what it corrects.
    if amount_minor < 0:
        raise ValueError("a correction negates the lines that it corrects; a negative amount is not taxed again")
