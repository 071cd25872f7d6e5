"""Pricing: from the counted time of one violation to an amount, each piece of time accounted for."""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from enforcement.clauses import Clause
from enforcement.conditions import Stretch
from enforcement.counting import Counted, is_spared
from enforcement.intervals import ZERO, holds, total
from enforcement.limits import in_minor, limited
from enforcement.money import Tax, TaxLine, added, tax_lines, to_major, to_minor
from enforcement.pieces import Piece, pieces, rounded
from enforcement.policy import Policy
from enforcement.taxes import add_excluded, split_included
from enforcement.tier_amounts import amounts
from enforcement.tiers import Occupancy

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


class Fee(NamedTuple):
    """What one violation costs. ``net_minor`` is before taxes; ``limit`` names the bound that decided, if one did.

    ``by_day``: what is charged on each local day in major units, as prices are stated (before taxes, or with them where
    they are included); the days add up to the fee in whole minor units. ``limited``: the lines' amounts together after
    the limits, before the rounding, as prices are stated.
    """

    billable: timedelta
    net_minor: int
    taxes: tuple[TaxLine, ...]
    currency: str
    limit: str | None
    lines: tuple[FeeLine, ...]
    by_day: Mapping[date, Fraction]
    limited: Fraction = _NOTHING

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
        return Fee(ZERO, 0, tax_lines(0, terms.taxes), currency, None, _lines(counted, stretches, clause, (), ()), {})
    held = counted.held if clause.tier_clock == "trigger" else None
    parts = pieces(spans, clause.tiers, terms.occupancy, terms.zone, held=held, unknown=clause.occupancy_unknown)
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
        lines=_lines(counted, stretches, clause, parts, exact),
        by_day=in_minor(bounded, currency),
        limited=whole,
    )


def _lines(
    counted: Counted, stretches: Sequence[Stretch], clause: Clause, parts: Sequence[Piece], exact: Sequence[Fraction]
) -> tuple[FeeLine, ...]:
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
