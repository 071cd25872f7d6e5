"""A block of plain lines cut into cells, by column; what a cell means is not its concern."""

from collections.abc import Sequence

import numpy as np

from history.instants import Cells, Ints
from history.lines import Block

_COMMA, _LINE_FEED = ord(","), ord("\n")


class Table:
    """The lines of a block that have as many cells as the header; the others are ``odd``, with their numbers."""

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
        """The lines with as many cells as the header, and their numbers."""
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
