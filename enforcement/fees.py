"""Pricing: from the counted time of one violation to an amount, each piece of time accounted for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from enforcement.counting import Counted, is_spared
from enforcement.intervals import ZERO, holds, total
from enforcement.limits import in_minor, limited
from enforcement.money import Tax, TaxLine, tax_lines, to_major, to_minor
from enforcement.policy import Clause, Policy
from enforcement.taxes import add_excluded, split_included
from enforcement.tiers import Occupancy, Piece, amounts, pieces, rounded
from enforcement.timeline import Stretch


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


@dataclass(frozen=True, slots=True)
class FeeLine:
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
    amount: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Fee:
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
    limited: Fraction = Fraction(0)

    @property
    def tax_minor(self) -> int:
        """All taxes together, each rounded on its own."""
        return sum(line.amount_minor for line in self.taxes)

    @property
    def total_minor(self) -> int:
        """What the driver pays."""
        return self.net_minor + self.tax_minor


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a price depends on besides the time: policy, clause, the taxes that hold, the site, what is spent."""

    policy: Policy
    clause: Clause
    zone: str
    taxes: tuple[Tax, ...]
    occupancy: Occupancy = ()
    spent: Mapping[date, Fraction] | None = None


def price(counted: Counted, stretches: Sequence[Stretch], terms: Terms) -> Fee:
    """Price billable time: units once over the violation, tiers, limits, the one rounding of money, then taxes."""
    clause = terms.clause
    spans = rounded(counted.billable, clause.unit, clause.rounding)
    if not spans:  # as most episodes end: nothing to look up
        lines = tuple(_lines(counted, stretches, clause, (), ()))
        return Fee(ZERO, 0, tax_lines(0, terms.taxes), terms.policy.currency, None, lines, {})
    held = counted.held if clause.tier_clock == "trigger" else None
    parts = pieces(spans, clause.tiers, terms.occupancy, terms.zone, held=held, unknown=clause.occupancy_unknown)
    exact = amounts(parts, clause.tiers)
    if clause.money == "line":
        exact = [to_major(to_minor(amount, terms.policy.currency), terms.policy.currency) for amount in exact]
    bounded, limit = limited(parts, exact, clause.limits, terms.spent or {})
    by_day = in_minor(bounded, terms.policy.currency)
    whole = sum(bounded.values(), Fraction(0))
    minor = to_minor(whole, terms.policy.currency)
    if terms.policy.tax_included:
        net, taxes = split_included(minor, terms.taxes)
    else:
        net, taxes = minor, add_excluded(minor, terms.taxes)[1]
    return Fee(
        billable=total(spans),
        net_minor=net,
        taxes=taxes,
        currency=terms.policy.currency,
        limit=limit,
        lines=tuple(_lines(counted, stretches, clause, parts, exact)),
        by_day=by_day,
        limited=whole,
    )


def _lines(
    counted: Counted, stretches: Sequence[Stretch], clause: Clause, parts: Sequence[Piece], exact: Sequence[Fraction]
) -> list[FeeLine]:
    sets = (counted.held, counted.limited, counted.beyond_grace, counted.chargeable, counted.billable, counted.netted)
    edges = {edge for spans in sets for span in spans for edge in span} | {e for p in parts for e in (p.start, p.end)}
    begins = {part.start: amount for part, amount in zip(parts, exact, strict=True)}
    out: list[FeeLine] = []
    for stretch in stretches:
        cuts = sorted({stretch.start, stretch.end} | {e for e in edges if stretch.start < e < stretch.end})
        for lo, hi in pairwise(cuts):
            treatment = _treatment(counted, stretch, clause, lo)
            tier, amount = None, Fraction(0)
            if treatment is Treatment.BILLED:
                part = next((part for part in parts if part.start <= lo < part.end), None)
                if part is None:
                    treatment = Treatment.ROUNDED_OFF
                else:
                    tier, amount = part.tier, begins.pop(lo, amount)
            out.append(FeeLine(lo, hi, stretch.condition.value, stretch.reason, treatment, tier, amount))
    # Time that was rounded up may begin a piece of its own after the last stretch: the last line shows it.
    last = next((i for i in reversed(range(len(out))) if out[i].treatment is Treatment.BILLED), None)
    if begins and last is not None:
        out[last] = replace(out[last], amount=out[last].amount + sum(begins.values(), Fraction(0)))
    return out


def _treatment(counted: Counted, stretch: Stretch, clause: Clause, at: datetime) -> Treatment:
    if stretch.condition not in clause.counts or not holds(counted.held, at):
        return Treatment.NOT_COUNTED
    if holds(counted.billable, at):
        return Treatment.BILLED
    if holds(counted.netted, at):
        return Treatment.NETWORK_BILLED
    if holds(counted.chargeable, at):
        return Treatment.SPARED if is_spared(clause, stretch) else Treatment.UNCONFIRMED
    if holds(counted.beyond_grace, at):
        return Treatment.OUTSIDE_WINDOW
    return Treatment.GRACE if holds(counted.limited, at) else Treatment.ALLOWED
