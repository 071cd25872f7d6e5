"""What became of a share of the load: what was kept, what was left, how long it took and what it cost."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass, field

_GOAL_S = 1.0
_KEPT = 0.98


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from when something was sent until its decision was there for others to see; how many were watched."""

    watched: int
    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Latency":
        """Without any, it was endless."""
        if len(seconds) < 2:
            return cls(len(seconds), float("inf"), float("inf"))
        hundredths = statistics.quantiles(seconds, n=100, method="inclusive")
        return cls(len(seconds), hundredths[49], hundredths[98])


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of one share of the load. Rates are a second; ``left`` was sent and not decided at the end.

    ``cpu``: CPU seconds a second by process, ``load_cpu``: those of whoever sends and watches; ``memory`` in bytes.
    """

    share: float
    seconds: float
    offered: Mapping[str, float]
    kept: Mapping[str, float]
    left: Mapping[str, int]
    latency: Mapping[str, Latency]
    refused: int
    cpu: Mapping[str, float]
    load_cpu: float
    memory: Mapping[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether all that was offered was decided, and 99 of 100 within the goal."""
        in_time = all(each.p99 < _GOAL_S for each in self.latency.values())
        all_kept = all(self.kept[kind] >= _KEPT * self.offered[kind] for kind in self.offered)
        return in_time and all_kept and not self.refused
