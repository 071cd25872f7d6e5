"""What pricing made of each piece of a violation's time, from trigger to end: billed, or why not."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from enforcement.clauses import Clause
from enforcement.conditions import Stretch
from enforcement.counting import Counted, is_spared
from enforcement.intervals import holds
from enforcement.money import added
from enforcement.pieces import Piece

_NOTHING = Fraction(0)


class Treatment(StrEnum):
    """What pricing made of a piece of time."""

    BILLED = "billed"
    ALLOWED = "allowed"
    GRACE = "grace"
    OUTSIDE_WINDOW = "outside_window"
    NOT_COUNTED = "not_counted"
    UNCONFIRMED = "unconfirmed"
    SPARED = "spared"
    NETWORK_BILLED = "network_billed"
    ROUNDED_OFF = "rounded_off"


class FeeLine(NamedTuple):
    """One piece of the time from trigger to end: what it was, what pricing made of it, and why.

    Of billed pieces ``tier`` is the index of the price that held (None: none did) and ``amount`` what the piece costs
    in major units, exactly, before the violation's limits and the one rounding.
    """

    start: datetime
    end: datetime
    condition: str
    reason: str
    treatment: Treatment
    tier: int | None = None
    amount: Fraction = _NOTHING


def lines_of(
    counted: Counted, stretches: Sequence[Stretch], clause: Clause, parts: Sequence[Piece], exact: Sequence[Fraction]
) -> tuple[FeeLine, ...]:
    """All time of an episode, cut wherever what becomes of it changes. ``exact``: what each of ``parts`` costs."""
    edges = _edges(counted, parts)
    begins = {part.start: amount for part, amount in zip(parts, exact, strict=True)} if parts else {}
    out: list[FeeLine] = []
    for stretch in stretches:
        start, end, condition, reason, _ = stretch
        inside = edges[bisect_right(edges, start) : bisect_left(edges, end)]
        for lo, hi in pairwise((start, *inside, end)):
            treatment = _treatment(counted, stretch, clause, lo)
            tier, amount = None, _NOTHING
            if treatment is Treatment.BILLED:
                part = next((part for part in parts if part.start <= lo < part.end), None)
                if part is None:
                    treatment = Treatment.ROUNDED_OFF
                else:
                    tier, amount = part.tier, begins.pop(lo, amount)
            out.append(FeeLine(lo, hi, condition, reason, treatment, tier, amount))
    if begins:
        _add_rest(out, begins.values())
    return tuple(out)


def _edges(counted: Counted, parts: Sequence[Piece]) -> list[datetime]:
    """Where what becomes of time may change."""
    sets = (counted.held, counted.limited, counted.beyond_grace, counted.chargeable, counted.billable, counted.netted)
    edges = {edge for spans in sets for span in spans for edge in span}
    if parts:
        edges.update(edge for part in parts for edge in (part.start, part.end))
    return sorted(edges)


def _add_rest(lines: list[FeeLine], amounts: Collection[Fraction]) -> None:
    """Time that was rounded up may begin a piece of its own after the last stretch: the last line shows it."""
    last = next((i for i in reversed(range(len(lines))) if lines[i].treatment is Treatment.BILLED), None)
    if last is not None:
        lines[last] = lines[last]._replace(amount=lines[last].amount + added(amounts))


def _treatment(counted: Counted, stretch: Stretch, clause: Clause, at: datetime) -> Treatment:
    if stretch.condition not in clause.counts or not holds(counted.held, at):
        return Treatment.NOT_COUNTED
    if counted.beyond_grace:
        if holds(counted.billable, at):
            return Treatment.BILLED
        if holds(counted.netted, at):
            return Treatment.NETWORK_BILLED
        if holds(counted.chargeable, at):
            return Treatment.SPARED if is_spared(clause, stretch) else Treatment.UNCONFIRMED
        if holds(counted.beyond_grace, at):
            return Treatment.OUTSIDE_WINDOW
    return Treatment.GRACE if holds(counted.limited, at) else Treatment.ALLOWED
