"""Which component applies at a moment (2.1.1: 3.1 Tariff and 4.5; 2.2.1 and 2.3.0: Tariff and TariffRestrictions)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from fractions import Fraction

from enforcement.tariffs.vocabulary import Component, Dimension, Element, Reservation, Restrictions, Tariff


@dataclass(frozen=True, slots=True)
class Moment:
    """What restrictions look at. A period has one: its start.

    ``local``: the location's wall clock; ``elapsed``: seconds since the charging session began; ``kwh``: energy before
    this moment; current and power as (lowest, highest), None where the period says nothing of them.
    """

    local: datetime
    elapsed: Fraction
    kwh: Fraction
    current: tuple[Fraction, Fraction] | None = None
    power: tuple[Fraction, Fraction] | None = None
    reservation: Reservation | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """The components that apply, each with the index of its element; ``undecided``: elements that nobody can judge."""

    components: dict[Dimension, tuple[int, Component]]
    undecided: tuple[int, ...] = ()


def choose(tariff: Tariff, moment: Moment) -> Choice:
    """The components that apply at a moment.

    2.1.1: those of the first element that matches. Later: for each dimension the first matching element that has it.
    An element whose restriction can't be judged (a power limit, and no word on power) does not apply: unknown never
    bills. It is named in ``undecided``.
    """
    chosen: dict[Dimension, tuple[int, Component]] = {}
    undecided = []
    for index, element in _candidates(tariff, moment):
        verdict = matches(element.restrictions, moment)
        if verdict is None:
            undecided.append(index)
        if verdict:
            for component in element.components:
                chosen.setdefault(component.dimension, (index, component))
            if tariff.matching == "element":
                break
    return Choice(chosen, tuple(undecided))


def matches(limits: Restrictions, moment: Moment) -> bool | None:
    """Whether all restrictions hold; None where that is not known."""
    verdicts = list(_verdicts(limits, moment))
    if False in verdicts:
        return False
    return None if None in verdicts else True


def in_daily_window(start: time | None, end: time | None, wall: time) -> bool:
    """``end`` of 00:00 is the end of the day; ``end`` at or before ``start`` wraps to the next day."""
    start = start or time(0)
    if not end:
        return wall >= start
    return start <= wall < end if end > start else wall >= start or wall < end


def _candidates(tariff: Tariff, moment: Moment) -> Iterator[tuple[int, Element]]:
    """Elements for this kind of use, in order. For an expired reservation its own elements come before all others."""
    kinds = [moment.reservation] if moment.reservation is not Reservation.EXPIRES else list(Reservation)[::-1]
    for kind in kinds:
        for index, element in enumerate(tariff.elements):
            if element.restrictions.reservation is kind:
                yield index, element


def _verdicts(limits: Restrictions, moment: Moment) -> Iterator[bool | None]:
    today = moment.local.date()
    yield in_daily_window(limits.start_time, limits.end_time, moment.local.timetz().replace(tzinfo=None))
    yield limits.start_date is None or today >= limits.start_date
    yield limits.end_date is None or today < limits.end_date
    yield not limits.days or today.weekday() in limits.days
    yield _within(limits.min_kwh, limits.max_kwh, (moment.kwh, moment.kwh))
    yield _within(limits.min_duration, limits.max_duration, (moment.elapsed, moment.elapsed))
    yield _within(limits.min_current, limits.max_current, moment.current)
    yield _within(limits.min_power, limits.max_power, moment.power)


def _within(low: Fraction | None, high: Fraction | None, seen: tuple[Fraction, Fraction] | None) -> bool | None:
    """The lowest value is held against the minimum, the highest against the maximum."""
    if low is None and high is None:
        return True
    if seen is None:
        return None
    return (low is None or seen[0] >= low) and (high is None or seen[1] < high)
