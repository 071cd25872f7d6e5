"""How full each site of a history was, as far as its own sessions tell."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from enforcement.tiers import Occupancy, Tier
from history.batch import Batch, Place, micros, moment_at
from history.instants import UNKNOWN, Bools, Ints
from history.keys import station_key
from history.rows import HistoryRow


class ShareOfTime:
    """When a site was so full that a tier holds, as far as its steps tell."""

    def __init__(self, moments: Ints, holds: Bools) -> None:
        self._moments, self._holds = moments, holds.astype(np.int64)
        self._sums = np.concatenate(([0], np.cumsum(np.diff(moments) * self._holds)))

    def before(self, moments: Ints) -> Ints:
        """How much of it there was before each moment."""
        at = np.clip(np.searchsorted(self._moments, moments, side="right") - 1, 0, len(self._holds) - 1)
        return self._sums[at] + self._holds[at] * (moments - self._moments[at])


class Sites:
    """How large a share of each site's bays the history's own sessions took up. Every row is added before any is asked.

    A site is what its rows call so, or else the station. It has as many bays as the history ever saw in use there: its
    bays or EVSEs, or, where these are not told, the most sessions at one time.
    """

    def __init__(self) -> None:
        self._spans: dict[str, list[Ints]] = {}
        self._bays: dict[str, set[str]] = {}
        self._steps: dict[str, tuple[Ints, Ints, int]] = {}

    def add(self, batch: Batch) -> None:
        """Note rows; those without a station or site, or with fewer than two times, tell nothing."""
        is_span = (batch.at != UNKNOWN).sum(axis=0) >= 2
        first, last = batch.first, batch.last
        for number in np.unique(batch.place[is_span]):
            place = batch.places.known[number]
            key = site_key(place)
            if key is not None:
                rows = is_span & (batch.place == number)
                self._spans.setdefault(key, []).append(np.array([first[rows], last[rows]]))
                self._bays.setdefault(key, set()).update([bay_key(place)] if place.bay or place.evse else [])

    def during(self, row: HistoryRow) -> Occupancy:
        """The steps that touch a row's stay."""
        key = site_key(row)
        if key not in self._spans or not row.moments:
            return ()
        moments, counts, bays = self._of(key)
        ends = [micros(row.moments[0]), micros(row.moments[-1])]
        first, last = np.searchsorted(moments[:-1], ends, side="right")
        return [
            (moment_at(int(moments[at])), moment_at(int(moments[at + 1])), Fraction(min(int(counts[at]), bays), bays))
            for at in range(max(0, first - 1), last if bays else 0)
        ]

    def shares(self, key: str, tiers: Sequence[Tier], scale: int) -> list[ShareOfTime] | None:
        """When each tier holds at a site, in ticks of so many microseconds; None where steps lie between two ticks."""
        if key not in self._spans:
            return None
        moments, counts, bays = self._of(key)
        if not bays or (moments % scale).any():
            return None
        full = [Fraction(count, bays) for count in range(bays + 1)]
        reached = [np.array([tier.reaches(share) for share in full], np.bool_) for tier in tiers]
        in_use = np.minimum(counts[:-1], bays)
        return [ShareOfTime(moments // scale, holds[in_use]) for holds in reached]

    def _of(self, key: str) -> tuple[Ints, Ints, int]:
        if key not in self._steps:
            self._steps[key] = _steps(np.concatenate(self._spans[key], axis=1), len(self._bays[key]))
        return self._steps[key]


def bay_key(row: HistoryRow | Place) -> str:
    """One bay, whichever network's EVSE a row names."""
    return row.bay or f"{station_key(row.network, row.station)}/{row.evse or ''}"


def site_key(row: HistoryRow | Place) -> str | None:
    """The site of a row, None where nothing tells it."""
    return row.site or (None if row.station is None else station_key(row.network, row.station))


def _steps(spans: Ints, bays: int) -> tuple[Ints, Ints, int]:
    """The moments at which the number of bays in use changed, how many were from then on, and of how many."""
    moments, at = np.unique(spans, return_inverse=True)
    change = np.bincount(at.reshape(spans.shape)[0], minlength=len(moments))
    change -= np.bincount(at.reshape(spans.shape)[1], minlength=len(moments))
    counts = np.cumsum(change)
    return moments, counts, bays or int(counts.max())
