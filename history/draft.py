"""Rows of a block as far as they could be read together, before the careful reader has seen those that are unusual."""

from dataclasses import dataclass, field

import numpy as np

from history.batch import TIMES, Places, micros, place_of
from history.instants import MICROSECONDS, UNKNOWN, Bools, Ints
from history.rows import LONGEST_STAY, HistoryRow

_LONGEST = LONGEST_STAY.days * 86_400 * MICROSECONDS


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
        """Put a row that was read by itself, and is good, in its place."""
        self.good[row] = True
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
