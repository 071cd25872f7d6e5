"""A block of plain lines as a batch: its columns read together, and what is unusual read row by row after all.

Each column's cells are taken as they are written most of the time. A row with any cell that is written otherwise, or
that contradicts itself, goes to the careful reader, which decides whether it is good and says what is wrong.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from history.batch import Batch, Places
from history.block_layouts import Drafting
from history.draft import Draft
from history.lines import Block
from history.rows import HistoryRow, Refused
from history.table import Table

Careful = Callable[[int, Sequence[str]], HistoryRow | Refused]


class BlockReader:
    """Reads the blocks of one history. ``draft`` reads most of a block, ``careful`` one row, by its line and cells."""

    def __init__(self, columns: Sequence[str], places: Places, draft: Drafting, careful: Careful) -> None:
        self._columns, self._places, self._draft, self._careful = columns, places, draft, careful

    def read(self, block: Block) -> Batch:
        """The good rows of a block, and the bad ones."""
        table = Table(self._columns, block)
        draft = self._draft(table)
        draft.check()
        refused = [*self._odd(table), *self._unusual(table, draft)]
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

    def _odd(self, table: Table) -> list[Refused]:
        """Lines that don't fit the header, none of which the careful reader takes."""
        found = [self._careful(line, cells) for line, cells in table.odd]
        return [row for row in found if isinstance(row, Refused)]

    def _unusual(self, table: Table, draft: Draft) -> Iterator[Refused]:
        """Rows that the draft has not got: put into it if they are good after all."""
        for at in map(int, np.flatnonzero(~draft.good)):
            row = self._careful(int(table.lines[at]), table.record(at))
            if isinstance(row, Refused):
                yield row
            else:
                draft.put(at, row, self._places)

    def _again(self, table: Table, at: int) -> HistoryRow:
        row = self._careful(int(table.lines[at]), table.record(at))
        if isinstance(row, Refused):
            raise AssertionError(f"line {row.line} was good before: {row.reason}")
        return row
