"""Query parameters, read strictly: every fault is found and named, and nothing odd reaches the database."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import TypeVar
from zoneinfo import ZoneInfo

from werkzeug.datastructures import MultiDict

from ledger.queries.cursors import Cursor

_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)
_LARGEST_ID = 2**63 - 1


class Reader:
    """Takes parameters one by one and collects what is wrong with them, as ``(name, what)``."""

    def __init__(self, given: MultiDict[str, str]) -> None:
        self._given = given
        self.faults: list[tuple[str, str]] = []

    def one(self, name: str, read: Callable[[str], _T]) -> _T | None:
        """The value of a parameter, None where it is absent or empty."""
        values = [value for value in self._given.getlist(name) if value]
        if len(values) > 1:
            self.faults.append((name, "given more than once"))
        return self._read(name, values[0], read) if len(values) == 1 else None

    def many(self, name: str, read: Callable[[str], _T]) -> list[_T]:
        """The values of a parameter that may be repeated."""
        values = [value for value in self._given.getlist(name) if value]
        if len(values) > 50:
            self.faults.append((name, "given more than 50 times"))
            return []
        return [found for value in values if (found := self._read(name, value, read)) is not None]

    def only(self, known: Iterable[str]) -> None:
        """Note parameters that do not exist or say nothing: a filter with a typing error would show everything.

        Forms send what was left empty, so pages don't ask for this.
        """
        names = frozenset(known)
        self.faults += [(name[:40], "no such parameter") for name in self._given if name not in names]
        empty = [name for name in self._given if name in names and "" in self._given.getlist(name)]
        self.faults += [(name, "has no value") for name in empty]

    def _read(self, name: str, value: str, read: Callable[[str], _T]) -> _T | None:
        try:
            return read(value)
        except (ValueError, OverflowError) as error:
            self.faults.append((name, str(error)))
            return None


def member(enum: type[_E]) -> Callable[[str], _E]:
    """Reads one of an enumeration's values."""

    def read(value: str) -> _E:
        if value not in enum.__members__.values():
            raise ValueError(f"not one of {', '.join(enum)}")
        return enum(value)

    return read


def whole(lowest: int, highest: int) -> Callable[[str], int]:
    """Reads a whole number in a range."""

    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and len(value) < 20 and lowest <= int(value) <= highest):
            raise ValueError(f"not a whole number from {lowest} to {highest}")
        return int(value)

    return read


def instant(value: str) -> datetime:
    """Reads a time with its offset (RFC 3339), and gives it in UTC."""
    # In a query string an unescaped + arrives as a space.
    moment = _iso(value.replace(" ", "+") if value[10:11] == "T" else value)
    if moment is None or moment.tzinfo is None:
        raise ValueError("not a time with an offset, like 2026-03-02T17:00:00Z")
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def day(value: str, zone: str, *, after: bool = False) -> datetime:
    """Reads a date and gives the moment at which that day (``after``: the next one) begins in the zone, in UTC."""
    try:
        found = date.fromisoformat(value) + timedelta(days=int(after))
        return datetime.combine(found, time(0), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError("not a date, like 2026-03-02") from error


def plain(longest: int) -> Callable[[str], str]:
    """Reads a printable text."""

    def read(value: str) -> str:
        if len(value) > longest or not value.isprintable():
            raise ValueError(f"not a text of at most {longest} printable characters")
        return value

    return read


def key(value: str) -> str:
    """Reads the key of a station; keys are casefolded."""
    return plain(60)(value).casefold()


cursor = Cursor.decode
row_id = whole(1, _LARGEST_ID)


def _iso(value: str) -> datetime | None:
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
