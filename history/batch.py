"""Rows of a history as columns, so that many can be judged at once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import NamedTuple

import numpy as np

from history.instants import MICROSECONDS, UNKNOWN, Bools, Ints
from history.numbered import Numbered
from history.rows import HistoryRow, Refused

TIMES = ("arrived_at", "plugged_in_at", "charging_ended_at", "unplugged_at", "left_at")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Place(NamedTuple):
    """What many rows have in common: where they were, and what decides which clause is for them. As in HistoryRow."""

    network: str | None = None
    station: str | None = None
    evse: str | None = None
    tariff_power_class: str | None = None
    zone: str | None = None
    site: str | None = None
    bay: str | None = None
    contract: str | None = None
    groups: frozenset[str] = frozenset()
    tax_region: str | None = None


# The places of a history.
Places = Numbered[Place]
_PLACE = attrgetter(*Place._fields)


def place_of(row: HistoryRow) -> Place:
    """The place of a row."""
    return Place(*_PLACE(row))


@dataclass(slots=True, kw_only=True)
class Batch:
    """Rows in the order of their file, each column as long as the others.

    ``at``: the five ``TIMES``, each a column of microseconds in UTC. ``is_charged``: whether energy or a state of
    charge tells that the vehicle was plugged in. ``who``: HistoryRow.who, empty where no row has one. ``warned``: None
    where no row has one. ``soc``: percent and when it was reported. ``row`` gives a row as the careful reader reads it.
    ``refused``: the bad rows between them.
    """

    places: Places
    session_ids: list[str]
    lines: Ints
    at: Ints
    is_charged: Bools
    place: Ints
    who: Sequence[str | None]
    warned: Ints | None = None
    soc: Mapping[int, Ints] = field(default_factory=dict)
    row: Callable[[int], HistoryRow]
    refused: list[Refused]

    def __len__(self) -> int:
        return len(self.session_ids)

    @property
    def first(self) -> Ints:
        """The first time that is known of each row, ``UNKNOWN`` where none is."""
        found = np.full(len(self), UNKNOWN, np.int64)
        for times in reversed(self.at):
            found = np.where(times == UNKNOWN, found, times)
        return found

    @property
    def last(self) -> Ints:
        """The last time that is known of each row, ``UNKNOWN`` where none is."""
        found: Ints = self.at.max(axis=0)  # UNKNOWN is below all times
        return found

    @property
    def is_whole(self) -> bool:
        """Whether all times are on whole seconds."""
        columns = [self.at, *self.soc.values(), *([] if self.warned is None else [self.warned])]
        return not any((times[times != UNKNOWN] % MICROSECONDS).any() for times in columns)

    def only(self, kept: Ints) -> "Batch":
        """The rows at these positions, in this order."""
        row = self.row
        return Batch(
            places=self.places,
            session_ids=[self.session_ids[at] for at in kept],
            lines=self.lines[kept],
            at=self.at[:, kept],
            is_charged=self.is_charged[kept],
            place=self.place[kept],
            who=[self.who[at] for at in kept] if self.who else (),
            warned=None if self.warned is None else self.warned[kept],
            soc={percent: times[kept] for percent, times in self.soc.items()},
            row=lambda at: row(int(kept[at])),
            refused=self.refused,
        )


def batch_of(rows: Sequence[HistoryRow], places: Places, refused: list[Refused]) -> Batch:
    """Rows that were read one by one."""
    percents = sorted({percent for row in rows for _, percent in row.soc})
    return Batch(
        places=places,
        session_ids=[row.session_id for row in rows],
        lines=np.array([row.line for row in rows], np.int64),
        at=np.array([[micros(getattr(row, name)) for row in rows] for name in TIMES], np.int64),
        is_charged=np.array([bool(row.energy_kwh or row.soc) for row in rows], np.bool_),
        place=np.array([places.number(place_of(row)) for row in rows], np.int64),
        who=[row.who for row in rows] if any(row.who for row in rows) else (),
        warned=np.array([micros(row.warned_at) for row in rows], np.int64) if any(r.warned_at for r in rows) else None,
        soc={p: np.array([micros(_soc_at(row, p)) for row in rows], np.int64) for p in percents},
        row=rows.__getitem__,
        refused=refused,
    )


def micros(moment: datetime | None) -> int:
    """Microseconds since 1970, or ``UNKNOWN``."""
    return UNKNOWN if moment is None else (moment - _EPOCH) // _MICROSECOND


def moment_at(at: int) -> datetime:
    """The moment in UTC."""
    return _EPOCH + timedelta(microseconds=at)


def _soc_at(row: HistoryRow, percent: int) -> datetime | None:
    return next((at for at, soc in row.soc if soc == percent), None)
