"""Readers of single times in documents: moments, lengths, days and zones (see :mod:`enforcement.readings`)."""

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from enforcement.policy import OF_STATION
from enforcement.readings import text_value, words_of

_DURATION = re.compile(r"(?:(\d{1,5})h)?\s*(?:(\d{1,6})m)?\s*(?:(\d{1,8})s)?")
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_CALENDAR = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


def instant(value: Any) -> datetime:
    """A time with its offset, as UTC."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise ValueError("not a time with offset, like 2026-01-01T00:00:00Z")
    try:
        return value.astimezone(UTC)
    except OverflowError:
        raise ValueError("outside of the calendar") from None


def day(value: Any) -> date:
    """A local day."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("not a day like 2025-04-01")
    return value


def zone(value: Any) -> str:
    """An IANA time zone."""
    try:
        return ZoneInfo(text_value(value)).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError('not an IANA time zone like "America/Toronto"') from None


def calendar(value: Any) -> str:
    """The calendar of public holidays of a country or of a part of it (ISO 3166), or ``station``: its own."""
    if value == OF_STATION:
        return OF_STATION
    if not _CALENDAR.fullmatch(text_value(value)):
        raise ValueError('not a calendar like "DE" or "CA-QC", nor "station"')
    return str(value)


def duration(value: Any) -> timedelta:
    """A length of time like ``10m``, ``1h30m``, ``14460s``."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None or not any(match.groups()):
        raise ValueError('not a duration like "10m", "1h30m" or "90s"')
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def length(value: Any) -> timedelta:
    """A duration longer than zero."""
    read = duration(value)
    if not read:
        raise ValueError("must be longer than zero")
    return read


def wall_time(value: Any) -> time:
    """A local time; ``24:00`` is the end of the day."""
    read = value if isinstance(value, time) else time(0) if value == "24:00" else time.fromisoformat(text_value(value))
    if read.tzinfo is not None:
        raise ValueError("a local time has no offset")
    return read


def weekdays(value: Any) -> frozenset[int]:
    """A list of days; Monday is 0."""
    return frozenset(_DAYS.index(day) for day in words_of(*_DAYS)(value))
