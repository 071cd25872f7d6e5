"""One clause of a policy, judged for many rows at once.

The way is that of the core (:mod:`enforcement.counting`, :mod:`enforcement.fees`), with two things that are so in every
history: what is known of a row is confirmed, and what a clause counts of it is one span without a gap. What needs more
than that (the site's occupancy, amounts by day or by line) is found here and priced by the core.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import NamedTuple, Protocol

import numpy as np

from enforcement.conditions import Condition
from enforcement.money import Tax
from enforcement.policy import Clause, Kind, Policy
from history.amounts import Amounts, in_ticks, taxed
from history.instants import UNKNOWN, Bools, Ints
from history.opening import Always, Opening
from history.rows import LONGEST_STAY

_FAR = timedelta(days=36_500)


class Spans(NamedTuple):
    """Of many rows: from when to when each was in a condition; both 0 where it never was."""

    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Timelines:
    """Rows as the core sees them: the spans of each condition, the moments of reports, in ticks."""

    spans: dict[Condition, Spans]
    soc: dict[int, Ints]
    warned: Ints | None


class Share(Protocol):
    """A set of time, such as open hours, or those in which a site is so full."""

    def before(self, moments: Ints) -> Ints:
        """How much of it there was before each moment, from some beginning on."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """What rows of one zone or site are judged with. ``taxes`` sorts rows by the taxes that hold for them.

    ``shares``: for each tier when the site is as full as it asks for; None where that is not known.
    """

    seen: Timelines
    opening: Opening | type[Always]
    taxes: Callable[[Ints], Iterable[tuple[Ints, tuple[Tax, ...]]]]
    shares: Sequence[Share] | None = None


@dataclass(slots=True)
class Cases:
    """What a clause found in some rows. ``rows`` are their positions; all columns are as long.

    ``end`` and ``start``: of the clock. ``is_broken``: whether it was violated, ``broken_at`` when first. ``billable``:
    fee time in whole units, ``freed``: of the time beyond the grace that is priced, what was no charging. ``limit``: 0
    or an index of ``LIMITS``. ``for_core``: what the core has to price.
    """

    kind: Kind
    rows: Ints
    start: Ints
    end: Ints
    is_broken: Bools
    broken_at: Ints
    billable: Ints
    freed: Ints
    fee: Ints
    tax: Ints
    limit: Ints
    for_core: Bools


LIMITS = ("", "minimum", "cap")


class ClausePlan:
    """What one clause needs, worked out once. ``ticks`` of a second is what all times are counted in."""

    def __init__(self, policy: Policy, clause: Clause, ticks: int) -> None:
        self.clause, self._policy, self._ticks = clause, policy, ticks
        self._allowed = in_ticks(clause.start_after, ticks)
        self._grace = in_ticks(clause.grace, ticks)
        self._unit = in_ticks(clause.unit, ticks)
        self._edges = [
            (in_ticks(tier.start, ticks), None if tier.end is None else in_ticks(tier.end, ticks))
            for tier in clause.tiers
        ]
        self._is_by_trigger = clause.tier_clock == "trigger"
        self._amounts = self._exact_amounts()

    def _exact_amounts(self) -> Amounts | None:
        """None where the core has to price what is broken: the caps of days need all amounts of the days."""
        clause = self.clause
        by_driver = any(each.limits.cap_driver_day is not None for each in self._policy.clauses)
        by_day = by_driver or clause.limits.cap_day is not None or clause.money == "line"
        is_made_longer = self._is_by_trigger and clause.windows and clause.rounding == "up"
        # Time that is made longer may reach past what is known of a site; hours would be a second set to cut with.
        is_beyond = clause.needs_occupancy and (clause.windows or clause.rounding == "up")
        if by_day or is_made_longer or is_beyond:
            return None
        lengths = (clause.unit, *(length for tier in clause.tiers for length in (tier.start, tier.end or tier.start)))
        if max(lengths) > _FAR:
            return None
        try:
            longest = in_ticks(LONGEST_STAY + clause.unit, self._ticks)
            return Amounts(clause, self._policy.currency, self._ticks, longest)
        except OverflowError:
            return None

    @property
    def is_by_site(self) -> bool:
        """Whether the price depends on how full the site is, in a way that columns can tell."""
        return self.clause.needs_occupancy and self._amounts is not None

    @property
    def can_judge(self) -> bool:
        """Whether the clause's own times can be added to any other without passing 64 bits."""
        return max(self.clause.start_after, self.clause.grace) <= _FAR

    def runs(self, seen: Timelines, rows: Ints) -> tuple[Ints, Ints, Ints]:
        """The rows in which the clock ran, and from when to when."""
        spans = [seen.spans[condition] for condition in self.clause.counts]
        never = np.iinfo(np.int64).max
        start, end = np.full(len(rows), never), np.full(len(rows), UNKNOWN)
        for span in spans:
            lo, hi = span.start[rows], span.end[rows]
            start = np.where(lo < hi, np.minimum(start, lo), start)
            end = np.where(lo < hi, np.maximum(end, hi), end)
        if self.clause.soc is not None:
            reported = [times[rows] for percent, times in seen.soc.items() if percent >= self.clause.soc]
            reached = np.full(len(rows), never)
            for times in reported:
                reached = np.where(times != UNKNOWN, np.minimum(reached, times), reached)
            start = np.maximum(start, reached)
        ran = np.flatnonzero(start < end)
        return rows[ran], start[ran], end[ran]

    def judge(self, run: tuple[Ints, Ints, Ints], hearing: Hearing, exempt: Bools) -> Cases:
        """Count and price the time of some clocks. ``exempt``: whose time costs nothing, though it is a violation."""
        rows, start, end = run
        limited = start + self._allowed
        if self.clause.grace_anchor == "warning":
            limited = _from_delivery(limited, end, hearing.seen.warned, rows)
        limited = np.minimum(limited, end)
        beyond = np.minimum(limited + self._grace, end)
        opening = hearing.opening
        is_broken = opening.before(end) > opening.before(beyond)
        freed, billable, fee, tax, limit = np.zeros((5, len(rows)), np.int64)
        cases = Cases(
            kind=self.clause.kind,
            rows=rows,
            start=start,
            end=end,
            is_broken=is_broken,
            broken_at=opening.next(beyond),
            billable=billable,
            freed=freed,
            fee=fee,
            tax=tax,
            limit=limit,
            for_core=np.zeros(len(rows), np.bool_),
        )
        priced = np.flatnonzero(is_broken & ~exempt)
        if len(priced):
            since = limited if self.clause.grace_mode == "waive" else beyond
            self._price(cases, priced, since[priced], beyond[priced], hearing)
        return cases

    def _price(self, cases: Cases, priced: Ints, since: Ints, beyond: Ints, hearing: Hearing) -> None:
        """Fill in what some cases cost: ``since`` is where their fee time may begin."""
        opening, end = hearing.opening, cases.end[priced]
        length = opening.before(end) - opening.before(since)
        billable = self._whole_units(length)
        cases.freed[priced] = self._not_charging(cases.rows[priced], beyond, end, hearing)
        if self._amounts is None or (self.clause.needs_occupancy and hearing.shares is None):
            cases.for_core[priced] = True
            return
        if hearing.shares is not None:
            anchor = cases.start[priced] if self._is_by_trigger else since
            in_tiers = self._on_clock(anchor, since, since + billable, hearing.shares)
        elif self._is_by_trigger:
            until = opening.after(opening.before(since) + billable)
            in_tiers = self._on_clock(cases.start[priced], since, until, [opening] * len(self._edges))
        else:
            in_tiers = self._in_tiers(billable)
        fee, raised, cut = self._amounts.price(in_tiers)
        cases.billable[priced], cases.limit[priced] = billable, np.where(cut, 2, np.where(raised, 1, 0))
        for some, taxes in hearing.taxes(cases.rows[priced]):
            try:
                of_some = taxed(fee[some], taxes, included=self._policy.tax_included)
                cases.fee[priced[some]], cases.tax[priced[some]] = of_some
            except OverflowError:
                cases.for_core[priced[some]] = True

    def _whole_units(self, length: Ints) -> Ints:
        if self.clause.rounding == "exact":
            return length
        more = self._unit - 1 if self.clause.rounding == "up" else 0
        return (length + more) // self._unit * self._unit

    def _in_tiers(self, billable: Ints) -> list[Ints]:
        """How much of the fee time lies in each tier, measured on itself."""
        ends = (billable if hi is None else np.minimum(billable, hi) for _, hi in self._edges)
        return [np.maximum(0, end - lo) for end, (lo, _) in zip(ends, self._edges, strict=True)]

    def _on_clock(self, start: Ints, since: Ints, until: Ints, sets: Sequence[Share]) -> list[Ints]:
        """The same, measured on a clock that began at ``start``, as far as each tier's own set of time goes."""
        last = np.maximum(since, until)

        def before(of: Share, edge: int | None) -> Ints:
            return of.before(last if edge is None else np.clip(start + edge, since, last))

        return [before(of, hi) - before(of, lo) for of, (lo, hi) in zip(sets, self._edges, strict=True)]

    def _not_charging(self, rows: Ints, beyond: Ints, end: Ints, hearing: Hearing) -> Ints:
        """Open time from the end of grace on in which the vehicle did not charge."""
        opening = hearing.opening
        whole = opening.before(end) - opening.before(beyond)
        if Condition.CHARGING not in self.clause.counts:
            return whole
        span = hearing.seen.spans[Condition.CHARGING]
        lo, hi = np.clip(span.start[rows], beyond, end), np.clip(span.end[rows], beyond, end)
        return whole - (opening.before(hi) - opening.before(lo))


def _from_delivery(limited: Ints, end: Ints, warned: Ints | None, rows: Ints) -> Ints:
    """Grace waits for the warning; where none was delivered, until the end."""
    if warned is None:
        return end
    delivered = warned[rows]
    return np.where(delivered == UNKNOWN, end, np.maximum(limited, delivered))
