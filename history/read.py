"""Reading a history: the contract's columns or ChargePoint's, recognised by the header; bad rows are refused alone.

Which columns there are, and what they mean, is in docs/backtest.md.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from history.batch import Batch, Places, batch_of
from history.block_layouts import drafting
from history.blocks import BlockReader
from history.layouts import Convert, HistoryError, read_row, recognised
from history.lines import Lines, opened
from history.records import records
from history.rows import HistoryRow, Refused

# Rows that are read one by one are judged so many at a time.
_ONE_BY_ONE = 4096


@dataclass(frozen=True, slots=True)
class History:
    """A history that is being read. ``ignored`` are columns that mean nothing here; ``rows`` can be walked once."""

    ignored: tuple[str, ...]
    rows: Iterator[HistoryRow | Refused]


@dataclass(frozen=True, slots=True)
class Batches:
    """The same, many rows at a time. ``places``: those that were met so far."""

    ignored: tuple[str, ...]
    places: Places
    batches: Iterator[Batch]


@contextmanager
def open_history(path: Path) -> Iterator[History]:
    """Read a file, plain or gzip. Raises HistoryError if its header is none, OSError if it can't be read."""
    with _opened(path) as source:
        yield History(source.ignored, source.rows())


@contextmanager
def open_batches(path: Path, *, one_by_one: bool = False) -> Iterator[Batches]:
    """The same in batches: plain lines together, or every row by itself where that is asked for."""
    with _opened(path) as source:
        places = Places()
        yield Batches(source.ignored, places, source.batches(places, one_by_one=one_by_one))


@contextmanager
def _opened(path: Path) -> Iterator["_Source"]:
    with opened(path) as stream:
        lines = Lines(stream)
        header = next(records(lines), None)
        if header is None:
            raise HistoryError(f"{path.name} is empty")
        if isinstance(header, Refused):
            raise HistoryError(f"{path.name} has no header: {header.reason}")
        columns = [column.strip() for column in header[1]]
        convert, known = recognised(path, columns)
        ignored = tuple(dict.fromkeys(column for column in columns if column not in known))
        yield _Source(lines, columns, convert, ignored)


@dataclass(slots=True)
class _Source:
    """A file past its header. Rows whose session was there before are refused, however they are read."""

    lines: Lines
    columns: list[str]
    convert: Convert
    ignored: tuple[str, ...]
    seen: dict[str, dict[str, int]] = field(default_factory=dict)

    def rows(self) -> Iterator[HistoryRow | Refused]:
        for record in records(self.lines):
            row = record if isinstance(record, Refused) else self.row(*record)
            yield self._unless_seen(row) if isinstance(row, HistoryRow) else row

    def row(self, line: int, cells: Sequence[str]) -> HistoryRow | Refused:
        """A row by itself."""
        return read_row(line, cells, self.columns, self.convert)

    def batches(self, places: Places, *, one_by_one: bool) -> Iterator[Batch]:
        draft = None if one_by_one else drafting(self.columns, places)
        reader = None if draft is None else BlockReader(self.columns, places, draft, self.row)
        rows = self.rows()
        while True:
            block = None if reader is None else self.lines.take_block()
            if reader is not None and block is not None:
                yield self._unless_any_seen(reader.read(block))
                continue
            some = list(islice(rows, _ONE_BY_ONE if reader is None else 1))
            while reader is not None and some and len(some) < _ONE_BY_ONE and self.lines.is_unusual:
                some += islice(rows, 1)
            if not some:
                return
            good = [row for row in some if isinstance(row, HistoryRow)]
            yield batch_of(good, places, [row for row in some if isinstance(row, Refused)])

    def _unless_seen(self, row: HistoryRow) -> HistoryRow | Refused:
        of_network = self.seen.setdefault((row.network or "").casefold(), {})
        first = of_network.setdefault(row.session_id.casefold(), row.line)
        return row if first == row.line else _seen_before(row.line, row.session_id, first)

    def _unless_any_seen(self, batch: Batch) -> Batch:
        """The same for a batch: at once, if all of its rows are of one network and new."""
        networks = [(place.network or "").casefold() for place in batch.places.known]
        used = {networks[number] for number in np.unique(batch.place)}
        lines, ids = batch.lines.tolist(), list(map(str.casefold, batch.session_ids))
        if len(used) == 1:
            of_network = self.seen.setdefault(used.pop(), {})
            new = dict(zip(ids, lines, strict=True))
            if len(new) == len(ids) and of_network.keys().isdisjoint(new):
                of_network.update(new)
                return batch
        kept = []
        for at, (line, session, number) in enumerate(zip(lines, ids, batch.place.tolist(), strict=True)):
            first = self.seen.setdefault(networks[number], {}).setdefault(session, line)
            if first == line:
                kept.append(at)
            else:
                batch.refused.append(_seen_before(line, batch.session_ids[at], first))
        batch.refused.sort(key=lambda row: row.line)
        return batch if len(kept) == len(batch) else batch.only(np.array(kept, np.int64))


def _seen_before(line: int, session_id: str, first: int) -> Refused:
    return Refused(line, session_id, f"the session_id is that of line {first} again")
