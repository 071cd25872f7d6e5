"""What one sensor says of its bay: when taken, when free, how far that is proven, and how far it is trusted."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.debouncing import SHORTEST, Waits, believed_from, blinks_of, waits_of
from enforcement.doubts import Doubt, doubts
from enforcement.evidence import Evidence, ReadingRun, SessionTrace
from enforcement.facts import sensor_subject
from enforcement.intervals import Span, merged, subtract
from enforcement.setting import BaySetting

# A doubt about the word "free"; all others are about the word "taken".
_OF_FREE = "stuck_free"


class Watched(NamedTuple):
    """What the sensors of a bay say, in merged sets of time.

    ``words``: the last of each, where it still holds; ``ends``: until when each one's holds. ``doubts``: why not all
    that was said of ``taken`` is ``trusted``. ``changes_at``: when a word will have held long enough to be believed.
    """

    taken: Sequence[Span] = ()
    trusted: Sequence[Span] = ()
    sure: Sequence[Span] = ()
    free: Sequence[Span] = ()
    words: Sequence[bool | None] = ()
    ends: Sequence[datetime] = ()
    doubts: Sequence[Doubt] = ()
    blinks: Sequence[Span] = ()
    changes_at: Sequence[datetime] = ()


def watch_all(evidence: Evidence, setting: BaySetting, sessions: Sequence[SessionTrace], now: datetime) -> Watched:
    """Read the words of all sensors as of now. ``sessions``: the bay's own."""
    watched = [watch(evidence, setting, sensor, sessions, now) for sensor in setting.sensors]
    if len(watched) == 1:
        return watched[0]
    return Watched(
        taken=merged(span for each in watched for span in each.taken),
        trusted=merged(span for each in watched for span in each.trusted),
        sure=merged(span for each in watched for span in each.sure),
        free=merged(span for each in watched for span in each.free),
        words=[word for each in watched for word in each.words],
        ends=[end for each in watched for end in each.ends],
        doubts=[doubt for each in watched for doubt in each.doubts],
        blinks=[blink for each in watched for blink in each.blinks],
        changes_at=[moment for each in watched for moment in each.changes_at],
    )


def watch(
    evidence: Evidence, setting: BaySetting, sensor: str, sessions: Sequence[SessionTrace], now: datetime
) -> Watched:
    """Read one sensor's words as of now. ``sessions``: the bay's own."""
    runs = evidence.readings.get(sensor_subject(sensor), [])
    if not runs:
        return Watched()
    watchdog = setting.sensors[sensor]
    found = doubts(evidence, setting, sensor, sessions)
    waits = waits_of(setting, sensor, sessions)
    blinks = blinks_of(runs, waits, now) if len(runs) > 2 else []
    found += [Doubt("blink", *blink) for blink in blinks]
    taken, sure, free = _said(runs, watchdog, waits, now)
    trusted = taken
    if found:
        doubted = _time_of((d for d in found if d.state != _OF_FREE), now)
        taken = merged([*taken, *blinks])
        trusted, sure = subtract(taken, doubted), subtract(sure, doubted)
        free = subtract(free, _time_of((d for d in found if d.state in (_OF_FREE, "blink")), now))
    last = runs[-1]
    believed_at, ends = believed_from(last, waits) if last.occupied else last.first, last.last + watchdog
    return Watched(
        taken,
        trusted,
        sure,
        free,
        words=[last.occupied] if believed_at <= now < ends else (),
        ends=[ends],
        doubts=[doubt for doubt in found if doubt.state != _OF_FREE] if found else (),
        blinks=blinks,
        changes_at=[believed_at] if believed_at > last.first else (),
    )


def _said(
    runs: Sequence[ReadingRun], watchdog: timedelta, waits: Waits | None, now: datetime
) -> tuple[list[Span], list[Span], list[Span]]:
    """When one sensor said taken, how far that is confirmed, and when it said free.

    A word holds until the next one, or until the watchdog has run out. Confirmed is only what lies up to a word: to the
    next run where that began with the change itself, else to this run's own last word, because a heartbeat that
    contradicts is a correction of unknown age. Where the next word is that a vehicle came, the one before had left at
    a time that nobody knows: it stood there up to the last word of it.
    """
    taken: list[Span] = []
    sure: list[Span] = []
    free: list[Span] = []
    for run, following in itertools.zip_longest(runs, runs[1:]):
        first = believed_from(run, waits) if run.occupied else run.first
        if run.occupied is None or first > now:
            continue
        until, confirmed = run.last + watchdog, run.last
        if following is not None:
            if following.edge and following.first <= until:
                confirmed = following.first
            until = min(until, following.first)
            if run.occupied and following.occupied and following.edge:
                until = confirmed = run.last
        if not run.occupied:
            free.append((first, min(until, now)))
        elif following is None or following.first - run.first >= SHORTEST:
            taken.append((first, min(until, now)))
            sure.append((first, min(confirmed, now)))
    return merged(taken), merged(sure), merged(free)


def _time_of(found: Iterable[Doubt], now: datetime) -> list[Span]:
    return merged((d.since, min(d.until or now, now)) for d in found)
