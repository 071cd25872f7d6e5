"""Pricing: from the counted time of one violation to an amount, each piece of time accounted for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple

from enforcement.clauses import Clause
from enforcement.conditions import Stretch
from enforcement.counting import Counted
from enforcement.fee_lines import FeeLine, lines_of
from enforcement.intervals import ZERO, total
from enforcement.limits import in_minor, limited
from enforcement.money import Tax, TaxLine, added, tax_lines, to_major, to_minor
from enforcement.pieces import Piece, pieces, rounded
from enforcement.policy import Policy
from enforcement.taxes import add_excluded, split_included
from enforcement.tier_amounts import amounts
from enforcement.tiers import Occupancy

_NOTHING = Fraction(0)


class Fee(NamedTuple):
    """What one violation costs. ``net_minor`` is before taxes; ``limit`` names the bound that decided, if one did.

    ``by_day``: what is charged on each local day in major units, as prices are stated (before taxes, or with them where
    they are included); the days add up to the fee in whole minor units. ``limited``: the lines' amounts together after
    the limits, before the rounding, as prices are stated. ``is_full``: a cap took some of the last day's time away, so
    more time on that day costs nothing more.
    """

    billable: timedelta
    net_minor: int
    taxes: tuple[TaxLine, ...]
    currency: str
    limit: str | None
    lines: tuple[FeeLine, ...]
    by_day: Mapping[date, Fraction]
    limited: Fraction = _NOTHING
    is_full: bool = False

    @property
    def tax_minor(self) -> int:
        """All taxes together, each rounded on its own."""
        return sum(line.amount_minor for line in self.taxes)

    @property
    def total_minor(self) -> int:
        """What the driver pays."""
        return self.net_minor + self.tax_minor


class Terms(NamedTuple):
    """What a price depends on besides the time: policy, clause, the taxes that hold, the site, what is spent."""

    policy: Policy
    clause: Clause
    zone: str
    taxes: tuple[Tax, ...]
    occupancy: Occupancy = ()
    spent: Mapping[date, Fraction] | None = None


def price(counted: Counted, stretches: Sequence[Stretch], terms: Terms) -> Fee:
    """Price billable time: units once over the violation, tiers, limits, the one rounding of money, then taxes."""
    clause, currency = terms.clause, terms.policy.currency
    spans = rounded(counted.billable, clause.unit, clause.rounding)
    if not spans:  # as most episodes end: nothing to look up
        return Fee(ZERO, 0, tax_lines(0, terms.taxes), currency, None, lines_of(counted, stretches, clause, (), ()), {})
    held = counted.held if clause.tier_clock == "trigger" else None
    end, unknown = counted.billable[-1][1], clause.occupancy_unknown
    parts = pieces(spans, clause.tiers, terms.occupancy, terms.zone, real_end=end, held=held, unknown=unknown)
    exact = amounts(parts, clause.tiers)
    if clause.money == "line":
        exact = [to_major(to_minor(amount, currency), currency) for amount in exact]
    bounded, limit = limited(parts, exact, clause.limits, terms.spent or {})
    whole = added(bounded.values())
    minor = to_minor(whole, currency)
    if terms.policy.tax_included:
        net, taxes = split_included(minor, terms.taxes)
    else:
        net, taxes = minor, add_excluded(minor, terms.taxes)[1]
    return Fee(
        billable=total(spans),
        net_minor=net,
        taxes=taxes,
        currency=currency,
        limit=limit,
        lines=lines_of(counted, stretches, clause, parts, exact),
        by_day=in_minor(bounded, currency),
        limited=whole,
        is_full=limit is not None and _is_full(parts, exact, bounded),
    )


def _is_full(parts: Sequence[Piece], exact: Sequence[Fraction], bounded: Mapping[date, Fraction]) -> bool:
    last = parts[-1].day
    return added([amount for part, amount in zip(parts, exact, strict=True) if part.day == last]) > bounded[last]
