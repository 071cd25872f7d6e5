"""Sets of time as sorted, disjoint, half-open spans ``[from, to)``.

Everything that is added, subtracted or clipped in a stay (evidence, outages, windows) is one of these, so that no
rule ever walks through minutes.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction

Span = tuple[datetime, datetime]

ZERO = timedelta(0)


def merged(spans: Iterable[Span], gap: timedelta = ZERO) -> list[Span]:
    """Sort spans, join those that overlap, touch, or lie at most ``gap`` apart, and drop what is left empty."""
    found = sorted(spans)
    if len(found) < 2:
        return found if found and found[0][0] < found[0][1] else []
    out: list[Span] = []
    for lo, hi in found:
        if lo > hi:
            continue
        if out and lo <= out[-1][1] + gap:
            if hi > out[-1][1]:
                out[-1] = (out[-1][0], hi)
        else:
            out.append((lo, hi))
    return [span for span in out if span[0] < span[1]]


def intersect(a: Sequence[Span], b: Sequence[Span]) -> list[Span]:
    """The time in both of two merged sets."""
    out: list[Span] = []
    i, j, count_a, count_b = 0, 0, len(a), len(b)
    while i < count_a and j < count_b:
        (lo, hi), (start, end) = a[i], b[j]
        if hi < end:
            i += 1
        else:
            j += 1
            hi = end
        lo = max(lo, start)
        if lo < hi:
            out.append((lo, hi))
    return out


def subtract(a: Sequence[Span], b: Sequence[Span]) -> list[Span]:
    """The time in merged set ``a`` that is not in merged set ``b``."""
    if not b:
        return list(a)
    out: list[Span] = []
    for span_lo, hi in a:
        lo = span_lo
        for cut_lo, cut_hi in b:
            if cut_hi <= lo:
                continue
            if cut_lo >= hi:
                break
            if lo < cut_lo:
                out.append((lo, cut_lo))
            lo = cut_hi
        if lo < hi:
            out.append((lo, hi))
    return out


def drop_first(spans: Sequence[Span], length: timedelta) -> list[Span]:
    """What is left of a merged set after its first ``length`` of time."""
    if not length:
        return list(spans)
    out: list[Span] = []
    left = length
    for lo, hi in spans:
        taken = min(left, hi - lo)
        left -= taken
        if lo + taken < hi:
            out.append((lo + taken, hi))
    return out


def total(spans: Iterable[Span]) -> timedelta:
    """How long a merged set is."""
    return sum((hi - lo for lo, hi in spans), ZERO)


def after(spans: Sequence[Span], moment: datetime) -> list[Span]:
    """The time of a merged set from a moment on."""
    if not spans or spans[0][0] >= moment:
        return list(spans)
    return [(max(lo, moment), hi) for lo, hi in spans if hi > moment]


def holds(spans: Iterable[Span], moment: datetime) -> bool:
    """Whether a merged set contains the moment (spans are half-open)."""
    for lo, hi in spans:
        if moment < hi:
            return lo <= moment
    return False


def ratio(length: timedelta, per: timedelta) -> Fraction:
    """How many times ``per`` fits into ``length``, exactly."""
    return Fraction(length // timedelta.resolution, per // timedelta.resolution)
