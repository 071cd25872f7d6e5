"""Limits: what bounds a fee, day by day and as a whole, and the one rounding shared among the days."""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

from enforcement.clauses import Limits
from enforcement.money import added, to_major, to_minor
from enforcement.pieces import Piece


def limited(
    parts: Sequence[Piece], exact: Sequence[Fraction], limits: Limits, spent: Mapping[date, Fraction]
) -> tuple[dict[date, Fraction], str | None]:
    """Apply the limits in this order: a day's cap and the driver's, the minimum as far as these leave room, the cap.

    Amounts stay with the local day on which their time began. The minimum is added to the first days, the cap taken
    from the last. Days come first: else a cap that was used up on one day could make a shorter stay dearer.
    """
    by_day: dict[date, Fraction] = {}
    for part, amount in zip(parts, exact, strict=True):
        by_day[part.day] = by_day[part.day] + amount if part.day in by_day else amount
    if limits.bound_nothing:
        return by_day, None
    limit: str | None = None
    room: dict[date, Fraction] = {}
    if limits.cap_day is not None:
        room = dict.fromkeys(by_day, limits.cap_day)
        limit = "cap_day" if any(by_day[day] > room[day] for day in by_day) else limit
    if limits.cap_driver_day is not None:
        left = {day: max(Fraction(0), limits.cap_driver_day - spent.get(day, Fraction(0))) for day in by_day}
        limit = "cap_driver_day" if any(min(by_day[d], room.get(d, by_day[d])) > left[d] for d in by_day) else limit
        room = {day: min(left[day], room.get(day, left[day])) for day in by_day}
    by_day = {day: min(amount, room.get(day, amount)) for day, amount in by_day.items()}
    whole = added(by_day.values())
    if limits.minimum is not None and 0 < whole < limits.minimum:
        by_day, limit = _raised(by_day, limits.minimum - whole, room), "minimum"
    if limits.cap is not None and whole > limits.cap:
        by_day, limit = _cut(by_day, limits.cap), "cap"
    return by_day, limit


def _raised(by_day: Mapping[date, Fraction], missing: Fraction, room: Mapping[date, Fraction]) -> dict[date, Fraction]:
    out = dict(by_day)
    for day in sorted(by_day):
        added = missing if day not in room else min(missing, room[day] - by_day[day])
        out[day], missing = out[day] + added, missing - added
    return out


def _cut(by_day: Mapping[date, Fraction], cap: Fraction) -> dict[date, Fraction]:
    left, out = cap, {}
    for day in sorted(by_day):
        out[day] = min(by_day[day], left)
        left -= out[day]
    return out


def in_minor(by_day: Mapping[date, Fraction], currency: str) -> dict[date, Fraction]:
    """Share the one rounding among the days: each shows how far the rounded sum grew on it, so none passes its cap."""
    out: dict[date, Fraction] = {}
    exact, charged = Fraction(0), 0
    for day in sorted(by_day):
        exact = exact + by_day[day] if exact else by_day[day]
        grown = to_minor(exact, currency)
        out[day], charged = to_major(grown - charged, currency), grown
    return out
