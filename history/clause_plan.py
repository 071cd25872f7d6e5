"""One clause of a policy, judged for many rows at once: when its clock ran, what grace there was, what broke it.

The way is that of the core (:mod:`enforcement.counting`), with two things that are so in every history: what is known
of a row is confirmed, and what a clause counts of it is one span without a gap.
"""

import numpy as np

from enforcement.clauses import Clause
from enforcement.conditions import Condition
from enforcement.policy import Policy
from history.amounts import in_ticks
from history.cases import Cases, Hearing, Run
from history.clause_prices import FAR, ClausePrices
from history.instants import UNKNOWN, Bools, Ints
from history.timelines import Timelines


class ClausePlan:
    """What one clause needs, worked out once. ``ticks`` of a second is what all times are counted in."""

    def __init__(self, policy: Policy, clause: Clause, ticks: int) -> None:
        self.clause = clause
        self._allowed = in_ticks(clause.start_after, ticks)
        self._grace = in_ticks(clause.grace, ticks)
        self._prices = ClausePrices(policy, clause, ticks)

    @property
    def is_by_site(self) -> bool:
        """Whether the price depends on how full the site is, in a way that columns can tell."""
        return self._prices.is_by_site

    @property
    def can_judge(self) -> bool:
        """Whether the clause's own times can be added to any other without passing 64 bits."""
        return max(self.clause.start_after, self.clause.grace) <= FAR

    def runs(self, seen: Timelines, rows: Ints) -> Run:
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
        return Run(rows[ran], start[ran], end[ran])

    def judge(self, run: Run, hearing: Hearing, exempt: Bools) -> Cases:
        """Count and price the time of some clocks. ``exempt``: whose time costs nothing, though it is a violation."""
        limited = run.start + self._allowed
        if self.clause.grace_anchor == "warning":
            limited = _from_delivery(limited, run, hearing.seen.warned)
        limited = np.minimum(limited, run.end)
        beyond = np.minimum(limited + self._grace, run.end)
        opening = hearing.opening
        is_broken = opening.before(run.end) > opening.before(beyond)
        cases = Cases.of(self.clause.kind, run, is_broken, opening.next(beyond))
        priced = np.flatnonzero(is_broken & ~exempt)
        if len(priced):
            since = limited if self.clause.grace_mode == "waive" else beyond
            cases.freed[priced] = self._not_charging(run.only(priced), beyond[priced], hearing)
            self._prices.fill_in(cases, priced, since[priced], hearing)
        return cases

    def _not_charging(self, run: Run, beyond: Ints, hearing: Hearing) -> Ints:
        """Open time from the end of grace on in which the vehicle did not charge."""
        opening = hearing.opening
        whole = opening.before(run.end) - opening.before(beyond)
        if Condition.CHARGING not in self.clause.counts:
            return whole
        start, end = (np.clip(edge[run.rows], beyond, run.end) for edge in hearing.seen.spans[Condition.CHARGING])
        return whole - (opening.before(end) - opening.before(start))


def _from_delivery(limited: Ints, run: Run, warned: Ints | None) -> Ints:
    """Grace waits for the warning; where none was delivered, until the end."""
    if warned is None:
        return run.end
    delivered = warned[run.rows]
    return np.where(delivered == UNKNOWN, run.end, np.maximum(limited, delivered))
