"""What is odd in a session."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import get_args

from enforcement.facts import SessionStatus
from ledger.quirks import Noticed
from ocpi.noticing.fields import moment_in, number_in
from ocpi.noticing.parts import in_last_updated, in_periods, in_token
from ocpi.vocabulary import Version
from ocpi.wire import Document

_DAY = timedelta(days=1)
_MAX_KWH = 1_000
_STATUSES = frozenset(get_args(SessionStatus))


def in_session(document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a session, or in a part of one."""
    place = f"sessions/{document.get('id', '')}"
    yield from in_last_updated(document, place, now)
    if is_whole and version.names_parties:
        yield from in_token(document, place)
        if document.get("connector_id") == "":
            yield Noticed("empty_connector", place, "connector_id")
    yield from _in_energy(document, place)
    start = moment_in(document, "start_date_time", "start_datetime")
    yield from _in_status(document, place, start, now)
    yield from in_periods(document, place, start)


def _in_energy(document: Document, place: str) -> Iterator[Noticed]:
    if isinstance(document.get("kwh"), str):
        yield Noticed("number_as_text", place, "kwh", document["kwh"])
    kwh = number_in(document, "kwh")
    if kwh is not None and kwh > _MAX_KWH:
        yield Noticed("energy_too_large", place, "kwh", kwh)


def _in_status(document: Document, place: str, start: datetime | None, now: datetime) -> Iterator[Noticed]:
    status = document.get("status")
    if isinstance(status, str) and status not in _STATUSES:
        yield Noticed("unknown_value", place, "status", status)
    if start is not None and status == "PENDING" and now - start > _DAY:
        yield Noticed("pending_for_long", place, "start_date_time", start.isoformat())
    if start is not None and status == "ACTIVE" and now - start > 3 * _DAY:
        yield Noticed("session_without_end", place, "start_date_time", start.isoformat())
