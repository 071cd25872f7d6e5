"""Cells of a block of CSV as columns of whole numbers: the plain ways to write a time or an amount, many at once.

Each reader says which cells it could read. What is written in any other way may still be right: the careful reader of
:mod:`history.rows` decides on it, cell by cell.
"""

from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

# A time that is not known; known ones are microseconds since 1970 in UTC.
UNKNOWN = np.iinfo(np.int64).min
MICROSECONDS = 1_000_000
_DAY = 86_400
_FIRST, _LAST = 2000, 2099
_LONGEST_AMOUNT = 12
_WHOLE_DIGITS = 5  # so that no amount passes 99,999.99..., which is below all limits


class _Spelling(NamedTuple):
    """``2024-05-06T09:00`` and what follows: seconds, digits of a fraction, and an offset, else Z."""

    seconds: bool
    fraction: int
    offset: bool

    @property
    def length(self) -> int:
        return 16 + 3 * self.seconds + (self.fraction and self.fraction + 1) + (6 if self.offset else 1)


_SPELLINGS = [
    _Spelling(seconds, fraction, offset)
    for seconds, fraction in ((False, 0), (True, 0), (True, 3), (True, 6))
    for offset in (False, True)
]


def _month_table() -> tuple[Ints, Ints]:
    months = np.arange(f"{_FIRST}-01", f"{_LAST + 1}-02", dtype="datetime64[M]")
    firsts = months.astype("datetime64[D]").astype(np.int64)
    return firsts[:-1], np.diff(firsts)


_MONTH_FIRST, _MONTH_LENGTH = _month_table()


class Cells(NamedTuple):
    """One column: where each cell begins in the block's bytes, and how long it is."""

    block: Bytes
    starts: Ints
    lengths: Ints

    def of(self, rows: Ints, length: int) -> Bytes:
        """The bytes of cells of one length, transposed: one row for each place in the cell."""
        return np.ascontiguousarray(sliding_window_view(self.block, length)[self.starts[rows]].T)


def read_instants(cells: Cells) -> tuple[Ints, Bools]:
    """Times in microseconds, ``UNKNOWN`` where the cell is empty; and which cells were read."""
    found = np.full(len(cells.starts), UNKNOWN, np.int64)
    good = cells.lengths == 0
    for spelling in _SPELLINGS:
        rows = np.flatnonzero(cells.lengths == spelling.length)
        if len(rows):
            found[rows], good[rows] = _spelled(cells.of(rows, spelling.length), spelling)
    return found, good


def _spelled(text: Bytes, how: _Spelling) -> tuple[Ints, Bools]:
    dash, colon = ord("-"), ord(":")
    good = (text[4] == dash) & (text[7] == dash) & (text[13] == colon)
    good &= (text[10] == ord("T")) | (text[10] == ord(" "))
    year, month, day = _number(text, 0, 4, good), _number(text, 5, 2, good), _number(text, 8, 2, good)
    hour, minute = _number(text, 11, 2, good), _number(text, 14, 2, good)
    good &= (year >= _FIRST) & (year <= _LAST) & (month >= 1) & (month <= 12) & (hour < 24) & (minute < 60)
    which = np.where(good, (year - _FIRST) * 12 + month - 1, 0)
    good &= (day >= 1) & (day <= _MONTH_LENGTH[which])
    seconds = (_MONTH_FIRST[which] + day - 1) * _DAY + hour * 3600 + minute * 60
    at, fraction = 16, 0
    if how.seconds:
        second = _number(text, 17, 2, good)
        good &= (text[16] == colon) & (second < 60)
        seconds, at = seconds + second, 19
    if how.fraction:
        good &= text[at] == ord(".")
        fraction = _number(text, at + 1, how.fraction, good) * 10 ** (6 - how.fraction)
        at += 1 + how.fraction
    if how.offset:
        seconds -= _offset(text[at:], good)
    else:
        good &= text[at] == ord("Z")
    return seconds * MICROSECONDS + fraction, good


def _offset(text: Bytes, good: Bools) -> Ints:
    hours, minutes = _number(text, 1, 2, good), _number(text, 4, 2, good)
    good &= ((text[0] == ord("+")) | (text[0] == ord("-"))) & (text[3] == ord(":")) & (hours < 24) & (minutes < 60)
    seconds = hours * 3600 + minutes * 60
    return np.where(text[0] == ord("-"), -seconds, seconds)


def _number(text: Bytes, at: int, digits: int, good: Bools) -> Ints:
    """A number of so many digits; where there is something else, ``good`` becomes false."""
    value = np.zeros(text.shape[1], np.int64)
    for place in range(at, at + digits):
        digit = text[place] - np.uint8(ord("0"))  # what is below "0" wraps far above 9
        good &= digit <= 9
        value = value * 10 + digit
    return value


def read_amounts(cells: Cells) -> tuple[Bools, Bools]:
    """Whether an amount is above zero (an empty cell is not); and which cells were read: digits and perhaps a point."""
    above = np.zeros(len(cells.starts), np.bool_)
    good = cells.lengths == 0
    for length in np.unique(cells.lengths):
        if not 0 < length <= _LONGEST_AMOUNT:
            continue
        rows = np.flatnonzero(cells.lengths == length)
        text = cells.of(rows, int(length))
        points = text == ord(".")
        digits = (text - np.uint8(ord("0"))) <= 9
        whole = np.where(points.any(axis=0), points.argmax(axis=0), length)
        good[rows] = (points | digits).all(axis=0) & (points.sum(axis=0) <= 1) & digits.any(axis=0)
        good[rows] &= whole <= _WHOLE_DIGITS
        above[rows] = (digits & (text != ord("0"))).any(axis=0)
    return above, good


def read_whole(cells: Cells, most_digits: int = 9) -> tuple[Ints, Bools]:
    """Whole numbers without a sign, and which cells were read; an empty one is not."""
    found = np.zeros(len(cells.starts), np.int64)
    good = np.zeros(len(cells.starts), np.bool_)
    for length in np.unique(cells.lengths):
        if 0 < length <= most_digits:
            rows = np.flatnonzero(cells.lengths == length)
            read = np.ones(len(rows), np.bool_)
            found[rows], good[rows] = _number(cells.of(rows, int(length)), 0, int(length), read), read
    return found, good
