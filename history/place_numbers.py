"""The places of rows by number, as their cells tell them: each way of writing one is read once in a history."""

from collections.abc import Callable, Mapping

import numpy as np

from history.batch import Place, Places
from history.instants import Ints
from history.table import Table


class PlaceNumbers:
    """Reads places from the columns that have a reader. ``make`` makes one of what they hold."""

    def __init__(
        self, places: Places, readers: Mapping[str, Callable[[str], object]], make: Callable[..., Place]
    ) -> None:
        self._places, self._readers, self._make = places, readers, make
        self._numbers: dict[tuple[str, ...], int] = {}

    def of(self, table: Table) -> Ints:
        """The number of each row's place; -1 where a cell of it can't be read."""
        columns = [column for column in self._readers if column in table.columns]
        if not columns:
            return np.full(len(table), self._places.number(self._make()), np.int64)
        keys = list(zip(*map(table.texts, columns), strict=True))
        for key in set(keys) - self._numbers.keys():
            self._numbers[key] = self._number(dict(zip(columns, key, strict=True)))
        return np.array(list(map(self._numbers.__getitem__, keys)), np.int64)

    def _number(self, cells: Mapping[str, str]) -> int:
        try:
            made = self._make(**{column: self._readers[column](text) for column, text in cells.items() if text})
        except ValueError:
            return -1
        return self._places.number(made)
