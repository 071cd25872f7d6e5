"""Pricing: from the counted time of one violation to an amount, each piece of time accounted for."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from enforcement.intervals import Span, drop_first, holds, intersect, merged, total
from enforcement.money import TaxLine, tax_lines, to_minor
from enforcement.policy import Clause, Policy
from enforcement.timeline import Stretch
from enforcement.windows import open_spans

_TICK = timedelta(microseconds=1)
_NOTHING = Fraction(0)


class Treatment(StrEnum):
    """What pricing made of a piece of time."""

    BILLED = "billed"
    GRACE = "grace"
    OUTSIDE_WINDOW = "outside_window"
    NOT_COUNTED = "not_counted"
    UNCONFIRMED = "unconfirmed"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class FeeLine:
    """One piece of the time from trigger to end: what it was, what pricing made of it, and why."""

    start: datetime
    end: datetime
    condition: str
    reason: str
    treatment: Treatment


@dataclass(frozen=True, slots=True)
class Fee:
    """What one violation costs. ``net_minor`` is before taxes; ``is_capped`` says that the cap decided."""

    billable: timedelta
    net_minor: int
    taxes: tuple[TaxLine, ...]
    currency: str
    is_capped: bool
    lines: tuple[FeeLine, ...]

    @property
    def tax_minor(self) -> int:
        """All taxes together, each rounded on its own."""
        return sum(line.amount_minor for line in self.taxes)

    @property
    def total_minor(self) -> int:
        """What the driver pays."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class Counted:
    """The time of one episode under a clause, as sets: each is a subset of the one before.

    ``held``: in a counted condition; ``chargeable``: beyond grace and inside the windows; ``billable``: of that, what
    evidence confirms and the clause's confidence admits.
    """

    held: list[Span]
    beyond_grace: list[Span]
    chargeable: list[Span]
    billable: list[Span]


def count(stretches: Sequence[Stretch], clause: Clause, zone: str) -> Counted:
    """Sort the time of an episode. Grace runs on counted time, so outages do not use it up; windows do not stop it."""
    counted = [s for s in stretches if s.condition in clause.counts]
    held = merged((s.start, s.end) for s in counted)
    beyond = drop_first(held, clause.grace)
    open_time = open_spans(clause.windows, zone, beyond[0][0], beyond[-1][1]) if beyond else []
    chargeable = intersect(beyond, open_time)
    sure = merged((s.start, s.end) for s in counted if s.confirmed and _admits(clause, s))
    return Counted(held, beyond, chargeable, intersect(chargeable, sure))


def price(counted: Counted, stretches: Sequence[Stretch], clause: Clause, policy: Policy) -> Fee:
    """Price billable time: whole units, rounded down once over the violation; one rounding of money; then taxes."""
    units = total(counted.billable) // clause.unit
    billable = units * clause.unit
    exact = clause.rate * Fraction(billable // _TICK, clause.per // _TICK) if units else _NOTHING
    is_capped = clause.cap is not None and exact > clause.cap
    net = to_minor(clause.cap if is_capped and clause.cap is not None else exact, policy.currency)
    return Fee(
        billable=billable,
        net_minor=net,
        taxes=tax_lines(net, policy.taxes),
        currency=policy.currency,
        is_capped=is_capped,
        lines=tuple(_lines(counted, stretches, clause)),
    )


def _admits(clause: Clause, stretch: Stretch) -> bool:
    return clause.min_confidence == "inferred" or stretch.reason != "finished_inferred"


def _lines(counted: Counted, stretches: Sequence[Stretch], clause: Clause) -> list[FeeLine]:
    edges = {edge for spans in (counted.held, counted.beyond_grace, counted.chargeable) for s in spans for edge in s}
    out: list[FeeLine] = []
    for stretch in stretches:
        cuts = sorted({stretch.start, stretch.end} | {e for e in edges if stretch.start < e < stretch.end})
        for lo, hi in itertools.pairwise(cuts):
            treatment = _treatment(counted, stretch, clause, lo)
            out.append(FeeLine(lo, hi, stretch.condition.value, stretch.reason, treatment))
    return out


def _treatment(counted: Counted, stretch: Stretch, clause: Clause, at: datetime) -> Treatment:
    if stretch.condition not in clause.counts:
        return Treatment.NOT_COUNTED
    if not holds(counted.beyond_grace, at):
        return Treatment.GRACE
    if not holds(counted.chargeable, at):
        return Treatment.OUTSIDE_WINDOW
    if not _admits(clause, stretch):
        return Treatment.INFERRED
    return Treatment.BILLED if stretch.confirmed else Treatment.UNCONFIRMED
