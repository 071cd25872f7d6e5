"""What the fee time of a clause costs, for many rows at once; and what of it only the core can price.

The way is that of the core (:mod:`enforcement.fees`). Amounts by day or by line, and some by the site's occupancy, need
more than the columns tell.
"""

from collections.abc import Sequence
from datetime import timedelta

import numpy as np

from enforcement.clauses import Clause
from enforcement.policy import Policy
from history.amounts import Amounts, in_ticks, taxed
from history.cases import LIMITS, Cases, Hearing
from history.instants import Ints
from history.opening import Share
from history.rows import LONGEST_STAY

# Lengths up to this can be added to any time of a history without passing 64 bits.
FAR = timedelta(days=36_500)


class ClausePrices:
    """The prices of one clause, worked out once. ``ticks`` of a second is what all times are counted in."""

    def __init__(self, policy: Policy, clause: Clause, ticks: int) -> None:
        self._policy, self._clause = policy, clause
        self._unit = in_ticks(clause.unit, ticks)
        self._edges = [
            (in_ticks(tier.start, ticks), None if tier.end is None else in_ticks(tier.end, ticks))
            for tier in clause.tiers
        ]
        self._is_by_trigger = clause.tier_clock == "trigger"
        self._amounts = self._exact_amounts(ticks)

    def _exact_amounts(self, ticks: int) -> Amounts | None:
        """None where the core has to price what is broken: the caps of days need all amounts of the days."""
        clause = self._clause
        by_driver = any(each.limits.cap_driver_day is not None for each in self._policy.clauses)
        by_day = by_driver or clause.limits.cap_day is not None or clause.money == "line"
        is_made_longer = self._is_by_trigger and clause.windows and clause.rounding == "up"
        # Time that is made longer may reach past what is known of a site; hours would be a second set to cut with.
        is_beyond = clause.needs_occupancy and (clause.windows or clause.rounding == "up")
        if by_day or is_made_longer or is_beyond:
            return None
        lengths = (clause.unit, *(length for tier in clause.tiers for length in (tier.start, tier.end or tier.start)))
        if max(lengths) > FAR:
            return None
        try:
            longest = in_ticks(LONGEST_STAY + clause.unit, ticks)
            return Amounts(clause, self._policy.currency, ticks, longest)
        except OverflowError:
            return None

    @property
    def is_by_site(self) -> bool:
        """Whether the price depends on how full the site is, in a way that columns can tell."""
        return self._clause.needs_occupancy and self._amounts is not None

    def fill_in(self, cases: Cases, priced: Ints, since: Ints, hearing: Hearing) -> None:
        """Fill in what the cases at these positions cost. ``since``: where the fee time of each may begin."""
        if self._amounts is None or (self._clause.needs_occupancy and hearing.shares is None):
            cases.for_core[priced] = True
            return
        opening = hearing.opening
        billable = self._whole_units(opening.before(cases.end[priced]) - opening.before(since))
        fee, raised, cut = self._amounts.price(self._tiers(billable, cases.start[priced], since, hearing))
        by_limit = np.where(cut, LIMITS.index("cap"), np.where(raised, LIMITS.index("minimum"), 0))
        cases.billable[priced], cases.limit[priced] = billable, by_limit
        for some, taxes in hearing.taxes(cases.rows[priced]):
            try:
                of_some = taxed(fee[some], taxes, included=self._policy.tax_included)
                cases.fee[priced[some]], cases.tax[priced[some]] = of_some
            except OverflowError:
                cases.for_core[priced[some]] = True

    def _tiers(self, billable: Ints, start: Ints, since: Ints, hearing: Hearing) -> list[Ints]:
        """How much of the fee time lies in each tier. ``start``: when the clocks began."""
        opening = hearing.opening
        if hearing.shares is not None:
            return self._on_clock(start if self._is_by_trigger else since, since, since + billable, hearing.shares)
        if self._is_by_trigger:
            until = opening.after(opening.before(since) + billable)
            return self._on_clock(start, since, until, [opening] * len(self._edges))
        return self._on_itself(billable)

    def _whole_units(self, length: Ints) -> Ints:
        if self._clause.rounding == "exact":
            return length
        more = self._unit - 1 if self._clause.rounding == "up" else 0
        return (length + more) // self._unit * self._unit

    def _on_itself(self, billable: Ints) -> list[Ints]:
        """Tiers measured on the fee time alone."""
        ends = (billable if hi is None else np.minimum(billable, hi) for _, hi in self._edges)
        return [np.maximum(0, end - lo) for end, (lo, _) in zip(ends, self._edges, strict=True)]

    def _on_clock(self, start: Ints, since: Ints, until: Ints, sets: Sequence[Share]) -> list[Ints]:
        """Tiers measured on a clock that began at ``start``, as far as each tier's own set of time goes."""
        last = np.maximum(since, until)

        def before(of: Share, edge: int | None) -> Ints:
            return of.before(last if edge is None else np.clip(start + edge, since, last))

        return [before(of, hi) - before(of, lo) for of, (lo, hi) in zip(sets, self._edges, strict=True)]
