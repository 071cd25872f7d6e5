"""A block of plain lines as a batch: its columns read together, and what is unusual read row by row after all.

Each column's cells are taken as they are written most of the time. A row with any cell that is written otherwise, or
that contradicts itself, goes to the careful reader, which decides whether it is good and says what is wrong.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from history import boulder
from history.batch import TIMES, Batch, Place, Places, micros, place_of
from history.columns import READERS, line_name, soc_percent
from history.instants import MICROSECONDS, UNKNOWN, Bools, Cells, Ints, read_amounts, read_instants, read_whole
from history.lines import Block
from history.rows import LONGEST_STAY, LONGEST_TEXT, HistoryRow, Refused, name

_COMMA, _LINE_FEED = ord(","), ord("\n")
_LONGEST = LONGEST_STAY.days * 86_400 * MICROSECONDS

Careful = Callable[[int, Sequence[str]], HistoryRow | Refused]


class Table:
    """The lines of a block that have as many cells as the header, by column."""

    def __init__(self, columns: Sequence[str], block: Block) -> None:
        self.columns = columns
        self.odd: list[tuple[int, list[str]]] = []
        lines, self.lines = self._aligned(block)
        self._bytes = np.frombuffer(lines, np.uint8)
        ends = np.flatnonzero((self._bytes == _COMMA) | (self._bytes == _LINE_FEED)).reshape(-1, len(columns))
        self._starts = np.concatenate(([0], ends.ravel()[:-1] + 1)).reshape(ends.shape) if len(ends) else ends
        self._lengths = ends - self._starts
        self._texts = lines.decode()[:-1].replace("\n", ",").split(",") if lines else []

    def __len__(self) -> int:
        return len(self.lines)

    def cells(self, column: str) -> Cells:
        """Where the cells of a column are."""
        at = self.columns.index(column)
        return Cells(self._bytes, self._starts[:, at], self._lengths[:, at])

    def texts(self, column: str) -> list[str]:
        """The cells of a column, without blanks around them."""
        return list(map(str.strip, self._texts[self.columns.index(column) :: len(self.columns)]))

    def record(self, row: int) -> list[str]:
        """All cells of a row as they are written."""
        return self._texts[row * len(self.columns) : (row + 1) * len(self.columns)]

    def _aligned(self, block: Block) -> tuple[bytes, Ints]:
        """The lines with as many cells as the header, and their numbers; the others are ``odd``."""
        found = np.frombuffer(block.lines, np.uint8)
        ends = np.flatnonzero(found == _LINE_FEED)
        commas = np.diff(np.searchsorted(np.flatnonzero(found == _COMMA), ends), prepend=0)
        numbers = block.first + np.arange(len(ends))
        fits = commas == len(self.columns) - 1
        if fits.all():
            return block.lines, numbers
        split = block.lines.split(b"\n")
        self.odd = [(int(numbers[i]), split[i].decode().split(",")) for i in np.flatnonzero(~fits)]
        return b"".join(split[i] + b"\n" for i in np.flatnonzero(fits)), numbers[fits]


@dataclass(slots=True)
class Draft:
    """Columns as far as they could be read together; a row is only as ``good`` as the worst of its cells."""

    session_ids: list[str]
    at: Ints
    good: Bools
    place: Ints
    is_charged: Bools
    who: list[str | None]
    warned: Ints | None = None
    soc: dict[int, Ints] = field(default_factory=dict)

    def check(self) -> None:
        """No good row contradicts itself."""
        last = np.full(len(self.good), UNKNOWN, np.int64)
        first = last.copy()
        for times in self.at:
            is_known = times != UNKNOWN
            self.good &= ~is_known | (times >= last)
            first = np.where((first == UNKNOWN) & is_known, times, first)
            last = np.where(is_known, times, last)
        self.good &= (first == UNKNOWN) | (last - first <= _LONGEST)
        self.good &= self.place >= 0
        height = np.full(len(self.good), UNKNOWN, np.int64)
        for _, times in sorted(self.soc.items()):
            is_known = times != UNKNOWN
            self.good &= ~is_known | ((first != UNKNOWN) & (times >= first) & (times <= last) & (times >= height))
            height = np.where(is_known, times, height)
        if self.warned is not None:
            self.good &= (self.warned == UNKNOWN) | ((first != UNKNOWN) & (self.warned >= first))

    def put(self, row: int, careful: HistoryRow, places: Places) -> None:
        """Put a row that was read by itself in its place."""
        self.session_ids[row] = careful.session_id
        self.at[:, row] = [micros(getattr(careful, column)) for column in TIMES]
        self.place[row] = places.number(place_of(careful))
        self.is_charged[row] = bool(careful.energy_kwh or careful.soc)
        if self.who:
            self.who[row] = careful.who
        if self.warned is not None:
            self.warned[row] = micros(careful.warned_at)
        for percent, times in self.soc.items():
            times[row] = micros(next((at for at, soc in careful.soc if soc == percent), None))


class BlockReader:
    """Reads the blocks of one history. ``careful`` reads one row, given its line and its cells."""

    def __init__(self, columns: Sequence[str], careful: Careful, places: Places) -> None:
        self._columns, self._careful, self._places = columns, careful, places
        self._is_cleaned = set(columns) >= boulder.CLEANED_MARKS
        self._numbers: dict[tuple[str, ...], int] = {}

    @staticmethod
    def can_read(columns: Sequence[str]) -> bool:
        """Whether there is a fast way for this header."""
        if set(columns) >= boulder.CLEANED_MARKS:
            return set(columns) >= boulder.CLEANED_NEEDS
        return not set(columns) >= boulder.RAW_MARKS

    def read(self, block: Block) -> Batch:
        """The good rows of a block, and the bad ones."""
        table = Table(self._columns, block)
        draft = self._cleaned(table) if self._is_cleaned else self._contract(table)
        draft.check()
        found = [self._careful(line, cells) for line, cells in table.odd]
        refused = [row for row in found if isinstance(row, Refused)]  # all are: they don't fit the header
        for odd in map(int, np.flatnonzero(~draft.good)):
            row = self._careful(int(table.lines[odd]), table.record(odd))
            if isinstance(row, Refused):
                refused.append(row)
            else:
                draft.put(odd, row, self._places)
                draft.good[odd] = True
        batch = Batch(
            places=self._places,
            session_ids=draft.session_ids,
            lines=table.lines,
            at=draft.at,
            is_charged=draft.is_charged,
            place=draft.place,
            who=draft.who,
            warned=draft.warned,
            soc=draft.soc,
            row=lambda at: self._again(table, at),
            refused=sorted(refused, key=lambda row: row.line),
        )
        return batch if draft.good.all() else batch.only(np.flatnonzero(draft.good))

    def _again(self, table: Table, at: int) -> HistoryRow:
        row = self._careful(int(table.lines[at]), table.record(at))
        if isinstance(row, Refused):
            raise AssertionError(f"line {row.line} was good before: {row.reason}")
        return row

    def _contract(self, table: Table) -> Draft:
        """The columns of docs/backtest.md."""
        columns, good = set(self._columns), np.ones(len(table), np.bool_)
        ids = table.texts("session_id") if "session_id" in columns else [""] * len(table)
        if "" in ids:
            ids = [text or line_name(line) for text, line in zip(ids, table.lines.tolist(), strict=True)]
        who = _people(table, columns, good)
        good &= _are_names(ids)
        percents = {percent: column for column in columns if (percent := soc_percent(column)) is not None}
        soc = {percent: _instants(table, column, good) for percent, column in percents.items()}
        is_charged = _amounts(table, "energy_kwh", good) if "energy_kwh" in columns else np.zeros(len(table), np.bool_)
        if "power_kw" in columns:
            _amounts(table, "power_kw", good)
        unknown = np.full(len(table), UNKNOWN, np.int64)
        return Draft(
            session_ids=ids,
            at=np.array([_instants(table, column, good) if column in columns else unknown for column in TIMES]),
            good=good,
            place=self._place_numbers(table, [column for column in Place._fields if column in columns], READERS),
            is_charged=np.logical_or.reduce([is_charged, *(times != UNKNOWN for times in soc.values())]),
            who=who,
            warned=_instants(table, "warned_at", good) if "warned_at" in columns else None,
            soc=soc,
        )

    def _cleaned(self, table: Table) -> Draft:
        """The columns of the cleaned file of Boulder; what they must be is said in :mod:`history.boulder`."""
        columns, good = set(self._columns), np.ones(len(table), np.bool_)
        start, end = _instants(table, "plug_in_utc", good), _instants(table, "plug_out_utc", good)
        good &= (start != UNKNOWN) & (end != UNKNOWN)
        stay, charging = _seconds(table, "total_s", good), _seconds(table, "charging_s", good)
        if "idle_s" in columns:
            good &= _seconds(table, "idle_s", good) == stay - charging
        most = boulder.MOST_APART.total_seconds() * MICROSECONDS
        good &= (charging <= stay) & (np.where(good, abs(end - start - stay), 0) <= most)
        ids = table.texts("session_id")
        good &= _are_names(ids) & np.array([bool(text) for text in ids], np.bool_)
        at = np.full((len(TIMES), len(table)), UNKNOWN, np.int64)
        at[1:4, good] = np.array([start, start + charging, start + stay])[:, good]
        reads = {"station": name, "port_reconstructed": name}
        number = self._place_numbers(table, [column for column in reads if column in columns], reads, boulder.place)
        return Draft(
            session_ids=ids,
            at=at,
            good=good,
            place=number,
            is_charged=_amounts(table, "energy_kwh", good)
            if "energy_kwh" in columns
            else np.zeros(len(good), np.bool_),
            who=[],
        )

    def _place_numbers(
        self,
        table: Table,
        columns: Sequence[str],
        readers: Mapping[str, Callable[[str], object]],
        make: Callable[..., Place] = Place,
    ) -> Ints:
        """The number of each row's place; -1 where a cell of it can't be read."""
        if not columns:
            return np.full(len(table), self._places.number(make()), np.int64)
        keys = list(zip(*map(table.texts, columns), strict=True))
        for key in set(keys) - self._numbers.keys():
            try:
                values = {column: readers[column](text) for column, text in zip(columns, key, strict=True) if text}
                self._numbers[key] = self._places.number(make(**values))
            except ValueError:
                self._numbers[key] = -1
        return np.array(list(map(self._numbers.__getitem__, keys)), np.int64)


def _instants(table: Table, column: str, good: Bools) -> Ints:
    found, read = read_instants(table.cells(column))
    good &= read
    return found


def _seconds(table: Table, column: str, good: Bools) -> Ints:
    found, read = read_whole(table.cells(column))
    good &= read
    return found * MICROSECONDS


def _amounts(table: Table, column: str, good: Bools) -> Bools:
    above, read = read_amounts(table.cells(column))
    good &= read
    return above


def _people(table: Table, columns: set[str], good: Bools) -> list[str | None]:
    """The driver of each row, or else its token."""
    named = [table.texts(column) for column in ("driver", "token") if column in columns]
    for texts in named:
        good &= _are_names(texts)
    if not any(map(any, named)):
        return []
    return [next(filter(None, texts), None) for texts in zip(*named, strict=True)]


def _are_names(texts: Sequence[str]) -> Bools:
    if "".join(texts).isprintable() and max(map(len, texts), default=0) <= LONGEST_TEXT:
        return np.ones(len(texts), np.bool_)
    return np.array([text.isprintable() and len(text) <= LONGEST_TEXT for text in texts], np.bool_)
