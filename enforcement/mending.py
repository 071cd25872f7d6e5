"""Edges that were lost, mended by a device that remembers how long the state before its reading lasted."""

from datetime import datetime, timedelta

from enforcement.evidence import ReadingRun
from enforcement.facts import OccupancyRead

# Devices count whole minutes, and report seconds after the change.
_QUANTUM = timedelta(minutes=1)
_SLACK = timedelta(minutes=2)


def mended_from(runs: list[ReadingRun], fact: OccupancyRead) -> datetime | None:
    """How far back a reading may change what was folded before it; None where it only adds."""
    if fact.lasted_s is None or not runs:
        return None
    return min(_earliest(fact) or _latest(fact), runs[-1].first)


def mend(runs: list[ReadingRun], fact: OccupancyRead, missed: int) -> None:
    """Let the runs agree with how long the device says that the state before lasted.

    Before the first word of a sensor nothing is mended: it may have lain elsewhere.
    """
    if not runs:
        return
    last, before = runs[-1], not fact.occupied
    began = _latest(fact) if before else (_earliest(fact) or _latest(fact))
    if last.occupied is not before:
        _insert(runs, before, max(began, last.last), fact.at, edge=missed == 1)
    elif began < last.first:
        _begin_earlier(runs, began, fact)
    elif before and last.first < (_earliest(fact) or last.first) - _SLACK:
        _part(runs, fact)
    elif _latest(fact) <= last.last:
        last.last = fact.at


def _insert(runs: list[ReadingRun], occupied: bool, first: datetime, last: datetime, *, edge: bool) -> None:
    """A whole state whose beginning was lost."""
    if first < last:
        runs.append(ReadingRun(occupied, first, last, edge, tells=True))


def _begin_earlier(runs: list[ReadingRun], began: datetime, fact: OccupancyRead) -> None:
    """The state was first heard of by a heartbeat, or after a loss: it is older."""
    last = runs[-1]
    if len(runs) > 1:
        floor = runs[-2].last
        if last.occupied and runs[-2].occupied:  # somebody else stood there before, and went
            floor = max(floor, _earliest(fact) or began)
            runs.insert(-1, ReadingRun(None, floor, floor, edge=False, tells=True))
        last.first = min(last.first, max(began, floor))
    last.last = fact.at


def _part(runs: list[ReadingRun], fact: OccupancyRead) -> None:
    """It was taken before, but not by the vehicle that has just left: another one went in between.

    Readings that spoke of both are no evidence of either, but for the first.
    """
    last, arrived = runs[-1], _latest(fact)
    hole = _earliest(fact) or arrived
    if last.last >= hole:
        last.last = last.first
    runs.append(ReadingRun(None, hole, hole, edge=False, tells=True))
    runs.append(ReadingRun(True, arrived, fact.at, edge=True, tells=True))


def _latest(fact: OccupancyRead) -> datetime:
    """When the state before this reading had begun, at the latest."""
    return fact.at - timedelta(seconds=fact.lasted_s or 0)


def _earliest(fact: OccupancyRead) -> datetime | None:
    """The same at the earliest; None where the device's memory is full."""
    if fact.lasted_error_s is None:
        return None
    return _latest(fact) - timedelta(seconds=fact.lasted_error_s) - _QUANTUM
