"""Fields of a payload, as the mapping names them: where a value stands, what it means, and what time it is."""

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sensors.reading import NotUnderstoodError, shown

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A device whose clock was never set counts from some year before this; no parking sensor of that age talks to us.
_NO_CLOCK_BEFORE = datetime(2000, 1, 1, tzinfo=UTC)
# Until the year 2286 seconds since 1970 have ten digits, milliseconds thirteen and so on: (below, parts of a second).
# A date in digits alone (20260302170000) is none of them: read as one, it lies in 1970, before any clock was set.
_EPOCHS = ((1e10, 1), (1e13, 1_000), (1e16, 1_000_000), (1e19, 1_000_000_000))
_PATH = re.compile(r"(?:\$(?:\.(?=[^.\[\]]))?)?(?:(?:[^.\[\]$]+|\[\d{1,6}\])(?:\.[^.\[\]]+|\[\d{1,6}\])*)?")
_NUMBER = re.compile(r"\d{9,19}(\.\d{1,9})?")
_STEP = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


@dataclass(frozen=True, slots=True)
class Path:
    """Where a value stands in a JSON document: ``after.battery`` or ``readings[0].state``; empty: all of it."""

    text: str
    steps: tuple[str | int, ...]

    @classmethod
    def parse(cls, text: str) -> "Path":
        """Raises ValueError if it is not a path."""
        if not _PATH.fullmatch(text):
            raise ValueError(f"{shown(text)} is not a path such as state, after.battery or readings[0].state")
        steps = _STEP.findall(text.removeprefix("$"))
        return cls(text, tuple(int(index) if index else name for index, name in steps))

    def find(self, body: object) -> object:
        """The value, or None where there is none."""
        for step in self.steps:
            if isinstance(step, str):
                body = body.get(step) if isinstance(body, dict) else None
            else:
                body = body[step] if isinstance(body, list) and step < len(body) else None
        return body


class TruthTable:
    """Which values mean occupied, which free, and which that the device cannot tell.

    Words are compared without case; ``true``, ``1`` and ``"1"`` are three different values.
    """

    def __init__(self, occupied: Iterable[object], free: Iterable[object], unknown: Iterable[object]) -> None:
        """Raises ValueError for a value that stands in two lists or that no payload can hold."""
        self._means: dict[tuple[str, object], bool | None] = {}
        for values, meaning in ((occupied, True), (free, False), (unknown, None)):
            for value in values:
                key = _key(value)
                if key is None or (isinstance(value, float) and not math.isfinite(value)):
                    raise ValueError(
                        f"{shown(value)} can't be compared; use words, whole or decimal numbers, true or false"
                    )
                if self._means.setdefault(key, meaning) is not meaning:
                    raise ValueError(f"{shown(value)} stands in two lists")

    def read(self, value: object) -> bool | None:
        """True for occupied, False for free, None for unknown. Raises NotUnderstoodError for any other value."""
        key = _key(value)
        if key is None or key not in self._means:
            raise NotUnderstoodError(f"the value {shown(value)} is in none of the lists occupied, free and unknown")
        return self._means[key]

    def __contains__(self, value: object) -> bool:
        """Whether the value means anything."""
        key = _key(value)
        return key is not None and key in self._means


def moment(value: object) -> datetime:
    """A time from a payload, UTC: ISO 8601 with an offset, or a number (or digits) since 1970.

    The number counts seconds, or thousandths, millionths or milliardths of one: its size tells which.

    Raises NotUnderstoodError, also for the time of a clock that was never set.
    """
    try:
        at = _iso(value) if isinstance(value, str) and not _is_number(value) else _since_epoch(value)
    except (ValueError, OverflowError) as error:
        raise NotUnderstoodError(f"{shown(value)} is not a time with an offset, nor seconds since 1970") from error
    if at < _NO_CLOCK_BEFORE:
        raise NotUnderstoodError(f"the time {shown(value)} is that of a clock that was never set")
    return at


def _iso(text: str) -> datetime:
    at = datetime.fromisoformat(text.strip())
    if at.tzinfo is None:
        raise ValueError("no offset")
    return at.astimezone(UTC)


def _is_number(text: str) -> bool:
    return _NUMBER.fullmatch(text) is not None


def _since_epoch(value: object) -> datetime:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError("not a number")
    count = float(value)
    for below, parts in _EPOCHS:
        if count < below:
            return _EPOCH + timedelta(seconds=count / parts)
    raise ValueError("no number of that size is a time")


def _key(value: object) -> tuple[str, object] | None:
    match value:
        case bool():
            return "truth", value
        case int() | float():
            return "number", value
        case str():
            return "word", value.strip().casefold()
        case _:
            return None
