"""What is odd in a charge detail record: above all, which time its network counts as parking and which as charging."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from ledger.quirks import Noticed
from ocpi.noticing.fields import list_in, moment_in, number_in, objects_in
from ocpi.noticing.parts import in_last_updated, in_periods, in_token
from ocpi.vocabulary import Version
from ocpi.wire import Document

# Hours: networks round their volumes.
_ROUNDED, _SHORT = Decimal("0.02"), Decimal("0.05")
# Of the whole stay.
_NEARLY_ALL = Decimal("0.99")


def in_cdr(document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a charge detail record."""
    place = f"cdrs/{document.get('id', '')}"
    yield from in_last_updated(document, place, now)
    if is_whole and version.names_parties:
        yield from in_token(document, place)
    start, end = moment_in(document, "start_date_time"), moment_in(document, "end_date_time", "stop_date_time")
    yield from in_periods(document, place, start)
    yield from _in_times(document, place, Decimal(0) if start is None or end is None else _hours(start, end))


def _in_times(document: Document, place: str, hours: Decimal) -> Iterator[Noticed]:
    """What is odd in the times of a record of ``hours``, 0 where that is not known."""
    stated = number_in(document, "total_parking_time") or Decimal(0)
    parked, charged = (_sum(document, kind) for kind in ("PARKING_TIME", "TIME"))
    if stated - parked > _ROUNDED:
        yield Noticed("paid_parking_only", place, "total_parking_time", f"{stated} h; in periods {parked} h")
    if max(stated, parked) > _SHORT and charged > hours * _NEARLY_ALL > 0:
        yield Noticed("time_on_wall_clock", place, "TIME", f"{charged} h of {hours:.3f} h")


def _hours(start: datetime, end: datetime) -> Decimal:
    return Decimal((end - start).total_seconds()) / 3600


def _sum(document: Document, kind: str) -> Decimal:
    found = (
        number_in(dimension, "volume") or Decimal(0)
        for period in list_in(document, "charging_periods")
        for dimension in objects_in(period, "dimensions")
        if dimension.get("type") == kind
    )
    return sum(found, Decimal(0))
