"""Cutting periods where another component becomes active.

A CPO shall begin a new period there (2.2.1, mod_cdrs "ChargingPeriod"), and whoever prices a record prices a period by
its start. Of a record whose CPO did not, ``cut`` makes the one that it should have been: time and energy are spread
evenly over the period, which the specification allows ("can be interpolated").
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from fractions import Fraction

from enforcement.tariffs.matching import choose
from enforcement.tariffs.vocabulary import Cdr, ChargingPeriod, Dimension, Restrictions, Tariff
from enforcement.tariffs.walking import Step, after, seconds, tariff_of, walk

_SPREAD = frozenset({"ENERGY", "ENERGY_IMPORT", "ENERGY_EXPORT", "TIME", "PARKING_TIME", "RESERVATION_TIME"})
_QUARTER = timedelta(minutes=15)


def cut(cdr: Cdr, tariffs: Sequence[Tariff], zone: str) -> Cdr:
    """The same record with a new period wherever what it uses changes its price component."""
    periods: list[ChargingPeriod] = []
    for step in walk(cdr, zone):
        shares = pieces(step, tariff_of(step.period, tariffs))
        periods += [_piece(step, low, high) for low, high in zip(shares, [*shares[1:], Fraction(1)], strict=True)]
    return replace(cdr, periods=tuple(periods))


def pieces(step: Step, tariff: Tariff | None) -> list[Fraction]:
    """Where in a period, as shares of it, a component of what it uses changes, or that of flat fees; the first is 0."""
    shares = [Fraction(0)]
    edges = [] if tariff is None else sorted(set(_edges(step, tariff)))
    if tariff is None or not edges:
        return shares
    used = [Dimension.FLAT, *(dimension for dimension, volume in step.used if volume)]
    last = None
    for share in (Fraction(0), *edges):
        chosen = choose(tariff, step.at(share)).components
        now = [chosen.get(dimension) for dimension in used]
        if last is not None and now != last:
            shares.append(share)
        last = now
    return shares


def _piece(step: Step, low: Fraction, high: Fraction) -> ChargingPeriod:
    part = high - low
    volumes = {kind: v * part if kind in _SPREAD else v for kind, v in step.period.volumes.items()}
    return replace(step.period, start=after(step.period.start, step.end, low), volumes=volumes)


def _edges(step: Step, tariff: Tariff) -> Iterator[Fraction]:
    """The shares of a period at which any restriction may change."""
    start, length = step.period.start, seconds(step.end - step.period.start)
    energy, moment = step.period.volumes.get("ENERGY"), step.start
    found: set[Fraction] = set()
    for element in tariff.elements:
        limits = element.restrictions
        if length:
            found |= {seconds(at - start) / length for at in _clock_edges(step, limits)}
            bounds = (limits.min_duration, limits.max_duration)
            found |= {(bound - moment.elapsed) / length for bound in bounds if bound is not None}
        if energy:
            found |= {(kwh - moment.kwh) / energy for kwh in (limits.min_kwh, limits.max_kwh) if kwh is not None}
    yield from (share for share in found if 0 < share < 1)


def _clock_edges(step: Step, limits: Restrictions) -> Iterator[datetime]:
    """When the wall clock reaches a time of the restrictions, or midnight; each quarter of an hour on a day on which
    the clock changes, since a time may come twice or never then."""
    tz = step.start.local.tzinfo
    walls = {limits.start_time, limits.end_time} - {None}
    if limits.days or limits.start_date or limits.end_date or walls:
        walls.add(time(0))
    if not walls:
        return
    day, last = step.start.local.date(), step.end.astimezone(tz).date()
    while day <= last:
        midnight = datetime.combine(day, time(0), tzinfo=tz).astimezone(UTC)
        tomorrow = datetime.combine(day + timedelta(days=1), time(0), tzinfo=tz).astimezone(UTC)
        yield from (datetime.combine(day, wall, tzinfo=tz).astimezone(UTC) for wall in walls if wall is not None)
        if tomorrow - midnight != timedelta(days=1):
            yield from (midnight + i * _QUARTER for i in range((tomorrow - midnight) // _QUARTER))
        day += timedelta(days=1)
