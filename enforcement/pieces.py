"""Fee time in whole units, and cut into pieces of which each has one price on one local day.

Fee time is what is left of a stay when grace, closed hours, exemptions and unproven time are gone. It has two clocks:
one that tiers' ``start`` and ``end`` are measured on (its own, from its first second, or the counted time since the
trigger) and the wall (a day's cap and the site's occupancy depend on it).
"""

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import NamedTuple
from zoneinfo import ZoneInfo

from enforcement.intervals import ZERO, Span, total
from enforcement.tiers import Occupancy, Rounding, Tier, Unknown

_MICROSECOND, _DAY, _MIDNIGHT = timedelta(microseconds=1), timedelta(days=1), time(0)


class Piece(NamedTuple):
    """A piece of fee time with one price on one local day: a line of the bill.

    ``tier`` is the index of the price; None: no tier holds, it is free. ``share`` is the site's occupancy.
    """

    start: datetime
    end: datetime
    tier: int | None
    day: date
    share: Fraction | None


def rounded(spans: Sequence[Span], unit: timedelta, rounding: Rounding) -> list[Span]:
    """Fee time in whole units: cut at its end, or its last piece made longer."""
    if not spans:
        return []
    length = total(spans)
    rest = length % unit if rounding != "exact" else ZERO
    if not rest:
        return list(spans)
    if rounding == "up":
        return [*spans[:-1], (spans[-1][0], spans[-1][1] + unit - rest)]
    out: list[Span] = []
    left = length - rest
    for lo, hi in spans:
        taken = min(left, hi - lo)
        if taken:
            out.append((lo, lo + taken))
        left -= taken
    return out


def pieces(
    spans: Sequence[Span],
    tiers: Sequence[Tier],
    occupancy: Occupancy,
    zone: str,
    *,
    real_end: datetime | None = None,
    held: Sequence[Span] | None = None,
    unknown: Unknown = "free",
) -> list[Piece]:
    """Cut fee time wherever its price or its local day can change.

    ``real_end``: what lies after it was added by rounding, nobody stood there; it belongs to the day of the last moment
    before, or a day's cap would count anew for nothing. ``held``: tiers are measured on this time, of which fee time is
    a part; None: on fee time itself. ``unknown``: what holds while the site's occupancy is not known, of tiers that ask
    for it: none, or the cheapest.
    """
    tz = ZoneInfo(zone)
    edges = {edge for tier in tiers for edge in (tier.start, tier.end) if edge}
    steps = {moment for lo, hi, _ in occupancy for moment in (lo, hi)}
    out: list[Piece] = []
    run = ZERO
    for lo, hi in spans:
        run = run if held is None else _before(held, lo)
        own = [lo + edge - run for edge in edges]
        first = _day(lo, tz)
        until = hi if real_end is None else min(hi, real_end)
        inside = {c for c in (*own, *steps, *_midnights(first, until, tz)) if lo < c < hi}
        for start, end in itertools.pairwise((lo, *sorted(inside), hi)):
            share = next((share for a, b, share in occupancy if a <= start < b), None) if occupancy else None
            day = first if start == lo else _day(min(start, until - _MICROSECOND), tz)
            _append(out, Piece(start, end, _tier_at(tiers, run + start - lo, share, unknown), day, share))
        run += hi - lo
    return out


def _append(parts: list[Piece], part: Piece) -> None:
    """Add a piece, or make the one that it goes on from longer."""
    last = parts[-1] if parts else None
    if last is not None and last.end == part.start and last[2:] == part[2:]:
        parts[-1] = last._replace(end=part.end)
    else:
        parts.append(part)


def _tier_at(tiers: Sequence[Tier], run: timedelta, share: Fraction | None, unknown: Unknown) -> int | None:
    now = [i for i, tier in enumerate(tiers) if tier.start <= run and (tier.end is None or run < tier.end)]
    for index in now:
        if tiers[index].reaches(share):
            return index
    if share is None and unknown == "cheapest" and now:
        return min(now, key=lambda i: (tiers[i].rate / (tiers[i].per // _MICROSECOND), tiers[i].flat))
    return None


def _before(spans: Sequence[Span], moment: datetime) -> timedelta:
    return sum((min(hi, moment) - lo for lo, hi in spans if lo < moment), ZERO)


def _midnights(day: date, hi: datetime, tz: ZoneInfo) -> list[datetime]:
    """The beginnings of local days after this one and before a moment."""
    out: list[datetime] = []
    while (midnight := datetime.combine(day := day + _DAY, _MIDNIGHT, tz).astimezone(UTC)) < hi:
        out.append(midnight)
    return out


def _day(moment: datetime, tz: ZoneInfo) -> date:
    return moment.astimezone(tz).date()
