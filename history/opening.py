"""When windows are open, as a function of time: how much open time lies before a moment, for many moments at once."""

from collections.abc import Container, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

import numpy as np

from enforcement.windows import Window, open_spans
from history.batch import micros
from history.instants import MICROSECONDS, Ints

_DAY = 86_400
_NEVER = 1 << 61
_FIRST, _LAST = datetime(1999, 1, 1, tzinfo=UTC), datetime(2102, 1, 1, tzinfo=UTC)


class Share(Protocol):
    """A set of time, such as open hours, or those in which a site is so full."""

    def before(self, moments: Ints) -> Ints:
        """How much of it there was before each moment, from some beginning on."""


class Always:
    """No windows: all time is open."""

    @staticmethod
    def before(moments: Ints) -> Ints:
        """How much open time there was before each moment, from some beginning on."""
        return moments

    @staticmethod
    def after(open_time: Ints) -> Ints:
        """The first moment before which there was so much."""
        return open_time

    @staticmethod
    def next(moments: Ints) -> Ints:
        """Each moment itself, or the first open one after it."""
        return moments


class Opening:
    """The windows of a clause in one zone, between two moments and some days around them, in ticks of a second."""

    def __init__(
        self, windows: Sequence[Window], zone: str, calendar: Container[date] | None, lo: int, hi: int, ticks: int
    ) -> None:
        self._windows, self._zone, self._calendar, self._ticks = windows, zone, calendar, ticks
        self._lo = self._hi = 0
        self._read(lo, hi)

    def reach(self, lo: int, hi: int) -> None:
        """Know the time between these two moments too."""
        if lo < self._lo or hi > self._hi:
            self._read(min(lo, self._lo), max(hi, self._hi))

    def before(self, moments: Ints) -> Ints:
        """How much open time there was before each moment, from some beginning on."""
        at = np.searchsorted(self._opens, moments, side="right")
        return self._sums[at] - np.maximum(0, self._closes[at] - moments)

    def after(self, open_time: Ints) -> Ints:
        """The first moment before which there was so much."""
        at = np.searchsorted(self._sums, open_time, side="left")
        return self._closes[at] - (self._sums[at] - open_time)

    def next(self, moments: Ints) -> Ints:
        """Each moment itself, or the first open one after it."""
        at = np.searchsorted(self._opens, moments, side="right")
        return np.where(moments < self._closes[at], moments, self._opens[np.minimum(at, len(self._opens) - 1)])

    def _read(self, lo: int, hi: int) -> None:
        """Years are read whole, so that a file in the order of its time is not read day by day."""
        year = 366 * _DAY * self._ticks
        self._lo, self._hi = lo - year // 6, hi + year
        spans = open_spans(self._windows, self._zone, self._moment(self._lo), self._moment(self._hi), self._calendar)
        scale = MICROSECONDS // self._ticks
        opens, closes = (np.array([micros(s[side]) // scale for s in spans] + [_NEVER], np.int64) for side in (0, 1))
        self._opens = opens
        # The n-th span is the last that opens before the n-th opening: of the first there is none.
        self._closes = np.concatenate(([-_NEVER], closes))
        self._sums = np.concatenate(([0], np.cumsum(closes - opens)))

    def _moment(self, tick: int) -> datetime:
        moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=tick // self._ticks)
        return min(max(moment, _FIRST), _LAST)
