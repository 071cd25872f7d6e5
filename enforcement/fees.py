"""Pricing: from the counted time of one violation to an amount, each piece of time accounted for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from enforcement.counting import Counted, is_spared
from enforcement.intervals import holds, total
from enforcement.money import Tax, TaxLine, to_minor
from enforcement.policy import Clause, Policy
from enforcement.taxes import add_excluded, split_included
from enforcement.tiers import Occupancy, Piece, Tier, amounts, pieces, rounded
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
    """What one violation costs. ``net_minor`` is before taxes; ``limit`` names the bound that decided, if one did."""

    billable: timedelta
    net_minor: int
    taxes: tuple[TaxLine, ...]
    currency: str
    limit: str | None
    lines: tuple[FeeLine, ...]
    by_day: Mapping[date, Fraction]

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
    tiers = _known(clause)
    parts = pieces(spans, tiers, terms.occupancy, terms.zone)
    exact = amounts(parts, tiers)
    if clause.money == "line":
        unit = Fraction(to_minor(Fraction(1), terms.policy.currency))
        exact = [to_minor(amount, terms.policy.currency) / unit for amount in exact]
    by_day, limit = _limited(parts, exact, clause, terms.spent or {})
    minor = to_minor(sum(by_day.values(), Fraction(0)), terms.policy.currency)
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
    )


def _known(clause: Clause) -> Sequence[Tier]:
    """Where occupancy is not known no tier that asks for it holds, or the cheapest does: it is put last, unasking."""
    asking = [tier for tier in clause.tiers if tier.needs_occupancy]
    if not asking or clause.occupancy_unknown == "free":
        return clause.tiers
    cheapest = min(asking, key=lambda tier: (tier.rate / Fraction(tier.per // timedelta(seconds=1)), tier.flat))
    fallback = Tier(start=cheapest.start, end=cheapest.end, rate=cheapest.rate, per=cheapest.per, flat=cheapest.flat)
    return (*clause.tiers, fallback)


def _limited(
    parts: Sequence[Piece], exact: Sequence[Fraction], clause: Clause, spent: Mapping[date, Fraction]
) -> tuple[dict[date, Fraction], str | None]:
    """Apply the limits in this order: a day's cap, the minimum, the cap, the driver's cap of the day (it always wins).

    Amounts stay with the local day on which their time began; what minimum or cap change is changed on the first, or
    taken from the last days.
    """
    limits, limit = clause.limits, None
    by_day: dict[date, Fraction] = {}
    for part, amount in zip(parts, exact, strict=True):
        by_day[part.day] = by_day.get(part.day, Fraction(0)) + amount
    if limits.cap_day is not None and any(amount > limits.cap_day for amount in by_day.values()):
        by_day, limit = {day: min(amount, limits.cap_day) for day, amount in by_day.items()}, "cap_day"
    whole = sum(by_day.values(), Fraction(0))
    if limits.minimum is not None and by_day and 0 < whole < limits.minimum:
        by_day[min(by_day)] += limits.minimum - whole
        limit = "minimum"
    if limits.cap is not None and whole > limits.cap:
        by_day, limit = _cut(by_day, limits.cap), "cap"
    if limits.cap_driver_day is not None:
        room = {day: max(Fraction(0), limits.cap_driver_day - spent.get(day, Fraction(0))) for day in by_day}
        if any(by_day[day] > room[day] for day in by_day):
            by_day, limit = {day: min(amount, room[day]) for day, amount in by_day.items()}, "cap_driver_day"
    return by_day, limit


def _cut(by_day: Mapping[date, Fraction], cap: Fraction) -> dict[date, Fraction]:
    left, out = cap, {}
    for day in sorted(by_day):
        out[day] = min(by_day[day], left)
        left -= out[day]
    return out


def _lines(
    counted: Counted, stretches: Sequence[Stretch], clause: Clause, parts: Sequence[Piece], exact: Sequence[Fraction]
) -> list[FeeLine]:
    sets = (counted.held, counted.limited, counted.beyond_grace, counted.chargeable, counted.billable)
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
                    tier, amount = part.tier, begins.get(lo, amount)
            out.append(FeeLine(lo, hi, stretch.condition.value, stretch.reason, treatment, tier, amount))
    return out


def _treatment(counted: Counted, stretch: Stretch, clause: Clause, at: datetime) -> Treatment:
    if stretch.condition not in clause.counts or not holds(counted.held, at):
        return Treatment.NOT_COUNTED
    if holds(counted.billable, at):
        return Treatment.BILLED
    if holds(counted.chargeable, at):
        return Treatment.SPARED if is_spared(clause, stretch) else Treatment.UNCONFIRMED
    if holds(counted.beyond_grace, at):
        return Treatment.OUTSIDE_WINDOW
    return Treatment.GRACE if holds(counted.limited, at) else Treatment.ALLOWED
