"""Reading fields of peers' objects: firm on types, tolerant of what peers are known to do.

A number may come as a string, an identifier as a number, a DateTime without ``Z``, ``null`` for "not said". A text
that is too long is cut; an identifier never is, because cutting would join two things into one. Everything else that
is not what it should be raises :class:`ocpi.errors.Refused` (2001) and names the field. Readers return None for what
was not said; :func:`needed` insists.
"""

import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from ocpi.errors import bad_content
from ocpi.wire import Document

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?", re.ASCII)
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII)
_LIMIT = Decimal(10**12)
_LONGEST_DATE_TIME = 64

T = TypeVar("T")


def needed(value: T | None, name: str) -> T:
    """What a reader found, or a refusal if it found nothing."""
    if value is None:
        raise bad_content(f"{name} is missing")
    return value


def identifier(value: Any, name: str, limit: int = 36) -> str:
    """An OCPI CiString: 1 to ``limit`` printable ASCII characters, spelled as it came."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise bad_content(f"{name} must be a string")
    said = str(value).strip()
    if not 1 <= len(said) <= limit or not (said.isascii() and said.isprintable()):
        raise bad_content(f"{name} must have 1 to {limit} printable ASCII characters")
    return said


def text(document: Document, name: str, limit: int) -> str | None:
    """A string, cut to ``limit`` characters; control characters become spaces."""
    value = document.get(name)
    if isinstance(value, (int, Decimal)) and not isinstance(value, bool):
        value = str(value)
    if value is None:
        return None
    if not isinstance(value, str):
        raise bad_content(f"{name} must be a string")
    return "".join(char if char >= " " else " " for char in value).strip()[:limit]


def enum(document: Document, name: str, limit: int) -> str | None:
    """A value of an enumeration, known or not; "UNKNOWN" where it can't be one at all."""
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise bad_content(f"{name} must be a string")
    value = value.strip()
    return value.upper() if value.isascii() and value.isprintable() and 0 < len(value) <= limit else "UNKNOWN"


def moment(document: Document, name: str) -> datetime | None:
    """A DateTime (OCPI 2.2.1, 17.4): UTC, with ``Z``, an offset or nothing. Years 2000 to 2099 only."""
    value = document.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > _LONGEST_DATE_TIME:
        raise bad_content(f"{name} must be a DateTime such as 2026-03-01T12:00:00Z")
    try:
        return _parsed(value)
    except ValueError as error:
        raise bad_content(f"{name} {error}") from error


@lru_cache(maxsize=5_000)  # of an object's times, most were in what was said of it before
def _parsed(text: str) -> datetime:
    text = text.strip()
    if not _DATE_TIME.fullmatch(text):
        raise ValueError("must be a DateTime such as 2026-03-01T12:00:00Z")
    try:
        parsed = datetime.fromisoformat(text)
        parsed = parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("is not a date that exists") from error
    if not 2000 <= parsed.year < 2100:
        raise ValueError("is not in the years 2000 to 2099")
    return parsed


def number(document: Document, name: str) -> Decimal | None:
    """A number, exact; also one in a string."""
    value = document.get(name)
    if value is None:
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        value = Decimal(value.strip())
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)) or not -_LIMIT <= value <= _LIMIT:
        raise bad_content(f"{name} must be a number")
    return Decimal(value)


def child(document: Document, name: str) -> Document | None:
    """An object."""
    value = document.get(name)
    if value is not None and not isinstance(value, dict):
        raise bad_content(f"{name} must be an object")
    return value


def children(document: Document, name: str, limit: int) -> list[Document]:
    """A list of objects, at most ``limit``; empty where it is absent."""
    value = document.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise bad_content(f"{name} must be a list of objects")
    if len(value) > limit:
        raise bad_content(f"{name} has more than {limit} items")
    return value
