"""What pricing gives back: lines with their reasons, taxes, totals, and what a person should know."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from fractions import Fraction

from enforcement.money import TaxLine, exponent, to_minor
from enforcement.tariffs.vocabulary import Dimension, Finding

_NOTHING = Fraction(0)


class Why(StrEnum):
    """Why a line is what it is."""

    CONSUMED = "consumed"
    FREE = "free"
    FLAT = "flat"
    STEP = "step"
    NO_COMPONENT = "no_component"
    NO_TARIFF = "no_tariff"
    MIN_PRICE = "min_price"
    MAX_PRICE = "max_price"


@dataclass(frozen=True, slots=True)
class TaxShare:
    """What one tax comes to, exactly. ``rate`` is None where a price limit states a tax without its rate."""

    name: str
    rate: Fraction | None
    amount: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One amount and its reason.

    ``period``: index of the charging period (None for price limits); ``element``: index of the tariff's element that
    set the price; ``quantity``: hours, kWh, or 1 for a flat fee; a step's is what rounding added. ``before`` taxes is
    the amount, as far as its taxes are known.
    """

    why: Why
    before: Fraction = _NOTHING
    taxes: tuple[TaxShare, ...] = ()
    tariff: str | None = None
    period: int | None = None
    at: datetime | None = None
    element: int | None = None
    dimension: Dimension | None = None
    is_reservation: bool = False
    price: Fraction | None = None
    quantity: Fraction = _NOTHING
    step: int | None = None

    @property
    def after(self) -> Fraction:
        """The amount with its taxes."""
        return self.before + sum(share.amount for share in self.taxes)


@dataclass(frozen=True, slots=True)
class Minor:
    """Rounded amounts in minor units: ``total`` is ``net`` and all taxes, each rounded half up once."""

    net: int
    taxes: tuple[TaxLine, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Priced:
    """What a charge record costs by a tariff, exactly.

    ``before_taxes`` is None where prices include taxes at rates that nobody stated; ``total`` is what is known to be
    due: where ``findings`` has ``taxes_not_stated``, taxes may come on top.
    """

    currency: str
    lines: tuple[Line, ...]
    before_taxes: Fraction | None
    taxes: tuple[TaxShare, ...]
    total: Fraction
    findings: tuple[Finding, ...] = ()

    def subtotal(self, dimension: Dimension, *, is_reservation: bool = False) -> tuple[Fraction, Fraction]:
        """Before and after taxes for one dimension, before price limits."""
        mine = [ln for ln in self.lines if ln.dimension is dimension and ln.is_reservation == is_reservation]
        return sum((ln.before for ln in mine), _NOTHING), sum((ln.after for ln in mine), _NOTHING)

    def rounded(self) -> Minor:
        """The one rounding. The net is what the total leaves where prices include their taxes; see ``before_taxes``."""
        taxes = tuple(
            TaxLine(share.name, share.rate or _NOTHING, to_minor(share.amount, self.currency)) for share in self.taxes
        )
        tax = sum(line.amount_minor for line in taxes)
        if self.before_taxes is None:
            total = to_minor(self.total, self.currency)
            return Minor(total - tax, taxes, total)
        net = to_minor(self.before_taxes, self.currency)
        return Minor(net, taxes, net + tax)


def half_minor(currency: str) -> Fraction:
    """Half of the smallest unit of a currency: amounts within it are the same after rounding, or nearly so."""
    return Fraction(1, 2 * int(10 ** exponent(currency)))
