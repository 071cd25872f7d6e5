"""Sums over all sessions of a history under one policy: in all, by station, by local hour, by kind, by driver."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from enforcement.intervals import ZERO
from enforcement.policy import Policy
from history.batch import Batch, Place
from history.instants import MICROSECONDS, Bools, Ints
from history.results import KINDS, NO_KIND, REASON_NAMES, Results, exact_sum
from history.rows import Refused

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(slots=True)
class Tally:
    """Violations that are counted together. Money is in minor units, before taxes and taxes."""

    violations: int = 0
    billable: timedelta = ZERO
    freed: timedelta = ZERO
    fee_minor: int = 0
    tax_minor: int = 0

    @property
    def minutes(self) -> int:
        """Whole minutes of all billable time together."""
        return self.billable // _MINUTE

    @property
    def freed_hours(self) -> int:
        """Whole hours of bay time that the policy would have freed at most."""
        return self.freed // _HOUR

    def add(self, found: Results, rows: Ints) -> None:
        """Count some of the violations of a batch."""
        self.violations += len(rows)
        self.billable += timedelta(microseconds=exact_sum(found.billable[rows]))
        self.freed += timedelta(microseconds=exact_sum(found.freed[rows]))
        self.fee_minor += exact_sum(found.fee[rows])
        self.tax_minor += exact_sum(found.tax[rows])


@dataclass(slots=True)
class Summary:
    """What came out. ``zone``: that of stations of which the history names none.

    ``stations`` are by network and name, ``hours`` by the local hour in which the grace was passed; a session that
    broke the policy in several ways counts as the kind that costs most. ``drivers``: what each driver with a violation
    pays in all, with taxes; ``drivers_seen``: of how many. ``cheaper`` and ``dearer``: sessions, held against the
    policy that this one is compared with. ``without_zone`` counts sessions whose station's
    time zone nobody told, under a policy that has windows: these were read in UTC.
    """

    policy: Policy
    zone: str | None = None
    sessions: int = 0
    whole: Tally = field(default_factory=Tally)
    kinds: dict[str, Tally] = field(default_factory=dict)
    stations: dict[tuple[str, str], Tally] = field(default_factory=dict)
    hours: dict[int, Tally] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    drivers: dict[str, int] = field(default_factory=dict)
    drivers_seen: set[str] = field(default_factory=set)
    cheaper: int = 0
    dearer: int = 0
    refused: list[Refused] = field(default_factory=list)
    ignored_columns: tuple[str, ...] = ()
    without_zone: int = 0

    @property
    def violations(self) -> int:
        """How many sessions broke the policy."""
        return self.whole.violations

    @property
    def billable(self) -> timedelta:
        """All fee time together."""
        return self.whole.billable

    @property
    def billable_minutes(self) -> int:
        """Whole minutes of it."""
        return self.whole.minutes

    @property
    def fee_minor(self) -> int:
        """All fees before taxes."""
        return self.whole.fee_minor

    @property
    def tax_minor(self) -> int:
        """All taxes on them."""
        return self.whole.tax_minor

    def add(self, batch: Batch, found: Results, *, against: Results) -> None:
        """Count a batch; ``against``: the same batch under the policy that this one is compared with."""
        self.sessions += len(batch)
        self.refused += batch.refused
        counts = np.bincount(found.reason, minlength=len(REASON_NAMES))
        self.reasons.update({name: int(count) for name, count in zip(REASON_NAMES, counts, strict=True) if count})
        self._count_zones(batch)
        self.drivers_seen.update(filter(None, batch.who))
        paid, other = found.fee + found.tax, against.fee + against.tax
        self.cheaper += int((paid < other).sum())
        self.dearer += int((paid > other).sum())
        broken = np.flatnonzero(found.kind != NO_KIND)
        self.whole.add(found, broken)
        self._count(self.kinds, found, broken, found.kind[broken], lambda number: KINDS[number].value)
        self._count(self.stations, found, broken, batch.place[broken], lambda n: _station(batch.places.known[n]))
        self._count(self.hours, found, broken, self._hours(batch, found, broken), int)
        for at, pays in zip(broken.tolist() if batch.who else (), paid[broken].tolist(), strict=False):
            who = batch.who[at]
            if who:
                self.drivers[who] = self.drivers.get(who, 0) + pays

    def _count(self, tallies: dict[Any, Tally], found: Results, rows: Ints, numbers: Ints, name: Any) -> None:
        order = np.argsort(numbers, kind="stable")
        keys, starts = np.unique(numbers[order], return_index=True)
        for key, some in zip(keys.tolist(), np.split(rows[order], starts[1:]), strict=False):
            tallies.setdefault(name(key), Tally()).add(found, some)

    def _count_zones(self, batch: Batch) -> None:
        if self.zone is None and any(clause.windows for clause in self.policy.clauses):
            lacks: Bools = np.array([place.zone is None for place in batch.places.known], np.bool_)
            self.without_zone += int(lacks[batch.place].sum())

    def _hours(self, batch: Batch, found: Results, rows: Ints) -> NDArray[np.int64]:
        zones = [ZoneInfo(place.zone or self.zone or "UTC") for place in batch.places.known]
        moments = zip((found.broken_at[rows] // MICROSECONDS).tolist(), batch.place[rows].tolist(), strict=True)
        return np.array([datetime.fromtimestamp(at, zones[place]).hour for at, place in moments], np.int64)


def _station(place: Place) -> tuple[str, str]:
    return place.network or "", place.station or ""
