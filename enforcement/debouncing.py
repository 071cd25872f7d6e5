"""When a sensor's word is believed: a vehicle counts as there, or as gone, once the word has held for long enough."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.evidence import ReadingRun, SessionTrace
from enforcement.intervals import Span
from enforcement.setting import BaySetting, Debounce, debounce_at
from enforcement.traces import is_over, session_end, session_start

# Shorter than this is no vehicle: 29 % of the events in Melbourne's open data are.
SHORTEST = timedelta(seconds=10)


class Waits(NamedTuple):
    """How long words must hold, and when sessions of the bay say that a vehicle is there."""

    debounces: Sequence[Debounce]
    plugged: Sequence[Span]


def waits_of(setting: BaySetting, sensor: str, sessions: Sequence[SessionTrace]) -> Waits | None:
    """What this sensor's words wait for; None where they are believed at once. ``sessions``: the bay's own."""
    debounces = setting.debounces.get(sensor, ())
    if not debounces:
        return None
    plugged = [(session_start(s), session_end(s) if is_over(s) else s.heard) for s in sessions]
    return Waits(debounces, plugged)


def believed_from(run: ReadingRun, waits: Waits | None) -> datetime:
    """From when on a vehicle counts as there: not before its network could know, and not before it has been held, or a
    session has vouched for it: else a vehicle that charged while it waited to be believed would seem to have left.
    """
    known = run.first if run.known_from is None else max(run.first, run.known_from)
    if waits is None:
        return known
    held = known + debounce_at(waits.debounces, run.first).arrival
    return min([held, *(max(known, lo) for lo, hi in waits.plugged if lo < held and hi > known)])


def blinks_of(runs: Sequence[ReadingRun], waits: Waits | None, now: datetime) -> list[Span]:
    """Times in which it said free for less than what a departure takes, up to when a vehicle counts as there again."""
    out: list[Span] = []
    for index, (before, run, after) in enumerate(zip(runs, runs[1:], runs[2:], strict=False)):
        if run.occupied is not False or not (before.occupied and after.occupied):
            continue
        shortest, back = SHORTEST, after.first
        if waits is not None:
            shortest = max(debounce_at(waits.debounces, run.first).departure, SHORTEST)
            back = believed_from(after, waits)
            until = runs[index + 3].first if index + 3 < len(runs) else now
            if believed_from(before, waits) > run.first or back > until:
                continue
        if after.first - run.first < shortest:
            out.append((run.first, back))
    return out
