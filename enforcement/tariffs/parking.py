"""Which parking time a charge record bills: what a network has billed itself is not billed again.

The record's own ``total_parking_cost`` says whether it billed any; its tariffs say which. Where no tariff is in it, or
none prices parking that was billed all the same, all of its parking time was: the driver has the benefit of the doubt.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from enforcement.facts import BilledSpan
from enforcement.intervals import ratio
from enforcement.money import Tax, to_minor
from enforcement.tariffs.cutting import cut
from enforcement.tariffs.pricing import price
from enforcement.tariffs.vocabulary import Cdr, Dimension, TariffError
from enforcement.tariffs.walking import walk

_PARKING = "PARKING_TIME"
_HOUR_US = 3_600_000_000
# Hours have 4 decimals: a volume this near the length of its period is all of it.
_NOISE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Parked:
    """A part of a record in which the vehicle parked, and what it cost before taxes, exactly."""

    start: datetime
    end: datetime
    amount: Fraction


def billed_parking(cdr: Cdr, zone: str, taxes: Sequence[Tax] = ()) -> tuple[BilledSpan, ...]:
    """The parking time that cost anything, in order. ``zone`` is the location's; ``taxes`` as in ``pricing.price``."""
    parked = parking(cdr, zone, taxes)
    stated = cdr.stated.get("total_parking_cost")
    paid = [part for part in parked if part.amount > 0]
    if stated is not None and not paid:
        paid = _shared(parked, abs(stated.before))
    if stated is not None and stated.before == 0:
        paid = []
    return tuple(BilledSpan(start=p.start, end=p.end, amount_minor=to_minor(p.amount, cdr.currency)) for p in paid)


def parking(cdr: Cdr, zone: str, taxes: Sequence[Tax] = ()) -> list[Parked]:
    """All parking time of a record, each part with what the record's own tariffs charge for it (0 without any)."""
    try:
        record = cut(cdr, cdr.tariffs, zone)
        lines = price(record, cdr.tariffs, zone, taxes).lines
    except TariffError:  # a tariff in another currency: it says nothing of this record
        record, lines = cdr, ()
    costs: dict[int, Fraction] = {}
    for line in lines:
        if line.dimension is Dimension.PARKING_TIME and line.period is not None:
            costs[line.period] = costs.get(line.period, Fraction(0)) + line.before
    found = [
        Parked(*span, costs.get(step.index, Fraction(0)))
        for step in walk(record, zone)
        for span in _parked(step.period.volumes, step.period.start, step.end)
    ]
    return found or [Parked(*span, Fraction(0)) for span in _untold(cdr)]


def _parked(volumes: Mapping[str, Fraction], start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """When in a period the vehicle parked. Beside charging in one period it comes last: parking follows charging."""
    length = _length(volumes.get(_PARKING, Fraction(0)))
    if length <= timedelta(0) or end <= start:
        return
    if length >= end - start - _NOISE:
        yield start, end
    elif volumes.get("ENERGY") or volumes.get("TIME"):
        yield end - length, end
    else:
        yield start, start + length


def _untold(cdr: Cdr) -> Iterator[tuple[datetime, datetime]]:
    """A record whose periods tell no parking but whose total does: it is taken to be its last time."""
    length = min(_length(cdr.quantities.get("total_parking_time", Fraction(0))), cdr.end - cdr.start)
    if length > timedelta(0):
        yield cdr.end - length, cdr.end


def _shared(parked: Sequence[Parked], amount: Fraction) -> list[Parked]:
    """An amount that is stated for all parking, shared by time."""
    whole = sum((part.end - part.start for part in parked), timedelta(0))
    if not whole or not amount:
        return []
    return [Parked(p.start, p.end, amount * ratio(p.end - p.start, whole)) for p in parked]


def _length(hours: Fraction) -> timedelta:
    return timedelta(microseconds=int(hours * _HOUR_US))
