"""One sensor's readings folded into runs of equal ones, with what its messages tell of those that were lost.

Three things part a run from the next: another state, a silence longer than the watchdog, and a missing frame: whoever
came and went in a message that was lost has left no other trace. A device that remembers how long the state before
lasted mends the edge that was lost (:mod:`enforcement.mending`). Whatever stays open is read to the driver's advantage.
"""

from datetime import datetime, timedelta

from enforcement.evidence import Frame, ReadingRun
from enforcement.facts import DeviceReported, OccupancyRead
from enforcement.mending import mend

# Frames lost in a rejoin, or by a counter that starts again, can't be counted.
_MANY = 1_000


def read(runs: list[ReadingRun], frames: dict[str, Frame], fact: OccupancyRead, watchdog: timedelta | None) -> None:
    """Add a reading that is later than all before it."""
    if runs and _is_copy(runs[-1], frames, fact):
        frames[fact.subject].at = fact.at  # nothing else: a copy is no second word
        return
    missed = _missed(frames, fact)
    if fact.lasted_s is not None and fact.occupied is not None:
        mend(runs, fact, missed)
        missed = 0  # what the device remembers reaches over what was lost
    last = runs[-1] if runs else None
    is_same = last is not None and last.occupied == fact.occupied and not missed and not _denies(last, fact)
    if last is not None and is_same and (watchdog is None or fact.at - last.last <= watchdog):
        last.corrects = last.corrects or _is_released_again(last, fact)
        last.last = fact.at
        return
    run = ReadingRun(fact.occupied, fact.at, fact.at, fact.edge and not missed)
    if fact.network_at is not None and fact.network_at > fact.at:
        run.known_from = fact.network_at
    if last is not None and not (fact.edge or missed):
        run.corrects = _corrects(last, fact, watchdog)
    run.tells = fact.edge or (last is not None and last.tells)
    runs.append(run)


def _is_copy(last: ReadingRun, frames: dict[str, Frame], fact: OccupancyRead) -> bool:
    """Whether it is the message before once more: a network may hand on a copy of it that comes by another gateway."""
    frame = frames.get(fact.subject)
    is_same = frame is not None and (frame.join, frame.counter) == (fact.join, fact.counter)
    return is_same and last.occupied is fact.occupied


def _corrects(last: ReadingRun, fact: OccupancyRead, watchdog: timedelta | None) -> bool:
    """Once a device has told a change, it would have told this one too."""
    contradicts = None not in (last.occupied, fact.occupied) and last.occupied is not fact.occupied
    is_in_time = watchdog is None or fact.at - last.last <= watchdog
    return contradicts and is_in_time and last.tells


def denied_from(runs: list[ReadingRun], fact: OccupancyRead) -> datetime | None:
    """Since when the sensor said what a reading denies; None where it denies nothing."""
    last = runs[-1] if runs else None
    if last is None:
        return None
    if last.occupied:
        return last.first if _denies(last, fact) else None
    return runs[-2:][0].first if _is_released_again(last, fact) else None


def _denies(last: ReadingRun, fact: OccupancyRead) -> bool:
    """A vehicle that comes now was not there before, whatever heartbeats said.

    Nor where the device told its arrival before: it must have left. A device that numbers its messages sends none
    twice; others may tell the same arrival again.
    """
    return bool(fact.edge and fact.occupied and (not last.edge or fact.counter is not None))


def _is_released_again(last: ReadingRun, fact: OccupancyRead) -> bool:
    """A second release with nothing between: the first one was none, but told wrongly."""
    is_told = fact.edge and fact.occupied is False and fact.counter is not None
    return is_told and last.edge and is_said_once(last)


def note_report(frames: dict[str, Frame], fact: DeviceReported) -> None:
    """A message that says nothing of the bay still has a number."""
    missed = _missed(frames, fact)
    if missed:
        frames[fact.subject].missed = missed


def is_overtaken(frames: dict[str, Frame], fact: OccupancyRead | DeviceReported) -> bool:
    """Whether a later numbered message has been folded already."""
    frame = frames.get(fact.subject)
    return frame is not None and fact.at <= frame.at


def is_said_once(run: ReadingRun) -> bool:
    """A release that no second word repeats: the next one may still show that there was none."""
    return run.occupied is False and run.first == run.last


def _missed(frames: dict[str, Frame], fact: OccupancyRead | DeviceReported) -> int:
    """How many frames were lost before this one since the last reading."""
    if fact.counter is None:
        return 0
    last = frames.get(fact.subject)
    frames[fact.subject] = Frame(fact.join, fact.counter, fact.at)
    if last is None:
        return 0
    if fact.join != last.join or fact.counter < last.counter:
        return _MANY
    return last.missed + max(fact.counter - last.counter - 1, 0)


def is_change(runs: list[ReadingRun], fact: OccupancyRead) -> bool:
    """Whether a reading says the contrary of the last one; what nobody can know is no contrary."""
    return bool(runs) and None not in (runs[-1].occupied, fact.occupied) and runs[-1].occupied is not fact.occupied
