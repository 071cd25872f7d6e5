"""A policy: what a place allows and what it costs, as an immutable, dated version."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from enforcement.charging import Confidence
from enforcement.money import Tax
from enforcement.timeline import Condition
from enforcement.windows import Window


class Kind(StrEnum):
    """What was broken."""

    UNPLUGGED = "unplugged"
    IDLE = "idle"
    OVERSTAYING = "overstaying"


Stop = Literal["unplug", "plug_in", "vacated"]

_COUNTS = {kind: frozenset({Condition(kind.value)}) for kind in Kind}
_COUNTS_UNTIL_VACATED = {**_COUNTS, Kind.IDLE: frozenset({Condition.IDLE, Condition.OVERSTAYING})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What one kind of violation costs.

    The clock starts where the kind's condition does (arrival, charging end, session end) and ``stops`` at the end of
    it, or, for idle, goes on after the cable is released until the bay is vacated. The first ``grace`` of counted
    time is free. ``rate`` is in major units per ``per``; the billable time is rounded down to whole ``unit``.
    ``cap`` is the most one violation can cost, before taxes. ``min_confidence`` says whether an inferred charging end
    may cost money, or only warn.
    """

    kind: Kind
    stops: Stop
    grace: timedelta
    rate: Fraction
    per: timedelta
    unit: timedelta = timedelta(minutes=1)
    cap: Fraction | None = None
    windows: tuple[Window, ...] = ()
    min_confidence: Confidence = "reported"

    @property
    def counts(self) -> frozenset[Condition]:
        """The conditions whose time this clause counts."""
        return _COUNTS[self.kind] if self.stops != "vacated" else _COUNTS_UNTIL_VACATED[self.kind]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One version of a policy. ``scope`` names stations or networks by key; empty means everywhere.

    ``settle_after``: how long after a stay's end late facts are waited for before its fee is final.
    """

    id: str
    version: int
    effective_from: datetime
    effective_to: datetime | None
    title: str
    currency: str
    clauses: Mapping[Kind, Clause]
    taxes: tuple[Tax, ...] = ()
    stations: frozenset[str] = frozenset()
    networks: frozenset[str] = frozenset()
    settle_after: timedelta = timedelta(minutes=15)

    @property
    def name(self) -> str:
        """How a version is cited: ``idle-10min@1``."""
        return f"{self.id}@{self.version}"


def policy_for(policies: Sequence[Policy], station: str, networks: Sequence[str], at: datetime) -> Policy | None:
    """Which version holds for a stay that began at ``at``.

    Of those in effect then and in whose scope the bay lies: the one that names the station before one that names a
    network before one that names nothing; among these the latest effective, then the higher version, then the id.
    """
    best: tuple[tuple[int, datetime, int, str], Policy] | None = None
    for policy in policies:
        rank = _rank(policy, station, networks)
        if rank == 0 or at < policy.effective_from or (policy.effective_to and at >= policy.effective_to):
            continue
        key = (rank, policy.effective_from, policy.version, policy.id)
        if best is None or key > best[0]:
            best = (key, policy)
    return None if best is None else best[1]


def _rank(policy: Policy, station: str, networks: Sequence[str]) -> int:
    if not policy.stations and not policy.networks:
        return 1
    if station in policy.stations:
        return 3
    return 2 if policy.networks.intersection(networks) else 0
