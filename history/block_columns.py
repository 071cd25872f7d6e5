"""Columns of a block, each read at once, and the rows of which nothing was written in a way that needs more care."""

from collections.abc import Sequence

import numpy as np

from history.instants import MICROSECONDS, UNKNOWN, Bools, Ints, read_amounts, read_instants, read_whole
from history.rows import LONGEST_TEXT
from history.table import Table


class BlockColumns:
    """Reads the columns of a table. ``good``: the rows of which all cells could be read so far.

    What a row that is not good holds in a column means nothing.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.good = np.ones(len(table), np.bool_)

    def instants(self, column: str) -> Ints:
        """Microseconds since 1970; ``UNKNOWN`` in empty cells, and in all where there is no such column."""
        if column not in self.table.columns:
            return np.full(len(self.table), UNKNOWN, np.int64)
        found, read = read_instants(self.table.cells(column))
        self.good &= read
        return found

    def seconds(self, column: str) -> Ints:
        """Whole seconds, in microseconds."""
        found, read = read_whole(self.table.cells(column))
        self.good &= read
        return found * MICROSECONDS

    def amounts(self, column: str) -> Bools:
        """Whether each amount is above 0; none is where there is no such column."""
        if column not in self.table.columns:
            return np.zeros(len(self.table), np.bool_)
        above, read = read_amounts(self.table.cells(column))
        self.good &= read
        return above

    def names(self, column: str) -> list[str]:
        """Texts, which may be empty."""
        texts = self.table.texts(column)
        self.good &= _are_names(texts)
        return texts

    def people(self) -> list[str | None]:
        """The driver of each row, or else its token; empty where no row has one."""
        named = [self.names(column) for column in ("driver", "token") if column in self.table.columns]
        if not any(map(any, named)):
            return []
        return [next(filter(None, texts), None) for texts in zip(*named, strict=True)]


def _are_names(texts: Sequence[str]) -> Bools:
    if "".join(texts).isprintable() and max(map(len, texts), default=0) <= LONGEST_TEXT:
        return np.ones(len(texts), np.bool_)
    return np.array([text.isprintable() and len(text) <= LONGEST_TEXT for text in texts], np.bool_)
