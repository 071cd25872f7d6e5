"""What one sensor says of its bay: when taken, when free, how far that is proven, and how far it is trusted."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enforcement.doubts import Doubt, doubts
from enforcement.evidence import Evidence
from enforcement.facts import sensor_subject
from enforcement.intervals import Span, merged, subtract
from enforcement.sensing import ReadingRun
from enforcement.setting import BaySetting, Debounce

_NO_DEBOUNCE = Debounce()
# Shorter than this is no vehicle: 29 % of the events in Melbourne's open data are.
SHORTEST = timedelta(seconds=10)
# A doubt about the word "free"; all others are about the word "taken".
_OF_FREE = "stuck_free"


@dataclass(frozen=True, slots=True)
class Watched:
    """One sensor's part in :class:`enforcement.presence.Presence`.

    ``word``: its last; ``is_fresh``: it still holds, until ``ends`` (None: the sensor never spoke).
    """

    taken: Sequence[Span]
    trusted: Sequence[Span]
    sure: Sequence[Span]
    free: Sequence[Span]
    word: bool | None
    is_fresh: bool
    ends: datetime | None
    doubts: Sequence[Doubt]
    changes_at: datetime | None


def watch(evidence: Evidence, setting: BaySetting, sensor: str, now: datetime) -> Watched:
    """Read one sensor's words as of now."""
    runs = evidence.readings.get(sensor_subject(sensor), [])
    if not runs:
        return Watched((), (), (), (), None, False, None, (), None)
    watchdog, debounce = setting.sensors[sensor], setting.debounces.get(sensor, _NO_DEBOUNCE)
    found = doubts(evidence, setting, sensor)
    blinks = _blinks(runs, max(debounce.departure, SHORTEST))
    found += [Doubt("blink", *blink) for blink in blinks]
    taken = _spans(runs, True, watchdog, debounce, now)
    sure = _spans(runs, True, watchdog, debounce, now, confirmed=True)
    free = _spans(runs, False, watchdog, debounce, now)
    trusted = taken
    if found:
        doubted = _time_of((d for d in found if d.state != _OF_FREE), now)
        taken = merged([*taken, *blinks])
        trusted, sure = subtract(taken, doubted), subtract(merged(sure), doubted)
        free = subtract(merged(free), _time_of((d for d in found if d.state in (_OF_FREE, "blink")), now))
    last = runs[-1]
    believed_at = _begins(last, debounce) if last.occupied else last.first
    return Watched(
        taken=taken,
        trusted=trusted,
        sure=sure,
        free=free,
        word=last.occupied,
        is_fresh=believed_at <= now < last.last + watchdog,
        ends=last.last + watchdog,
        doubts=[doubt for doubt in found if doubt.state != _OF_FREE],
        changes_at=believed_at if believed_at > last.first else None,
    )


def _spans(
    runs: Sequence[ReadingRun],
    occupied: bool,
    watchdog: timedelta,
    debounce: Debounce,
    now: datetime,
    *,
    confirmed: bool = False,
) -> list[Span]:
    """When one sensor said so.

    It holds until its next word, or until the watchdog has run out. Confirmed is only what lies up to a word: to the
    next run where that began with the change itself, else to this run's own last word, because a heartbeat that
    contradicts is a correction of unknown age.
    """
    out: list[Span] = []
    for run, following in itertools.zip_longest(runs, runs[1:]):
        first = _begins(run, debounce) if occupied else run.first
        if run.occupied is not occupied or first > now:
            continue
        until = run.last + watchdog
        if following is not None:
            is_change = following.edge and following.first <= until
            until = min(until, following.first) if is_change or not confirmed else run.last
        elif confirmed:
            until = run.last
        if first <= until and not (occupied and following is not None and following.first - run.first < SHORTEST):
            out.append((first, min(until, now)))
    return out


def _begins(run: ReadingRun, debounce: Debounce) -> datetime:
    """From when on a vehicle counts as there: not before its network could know, and not before it has been held."""
    return max(run.first, run.known_from or run.first) + debounce.arrival


def _blinks(runs: Sequence[ReadingRun], shortest: timedelta) -> list[Span]:
    """Times in which it said free for less than what a departure takes."""
    return [
        (run.first, after.first)
        for before, run, after in zip(runs, runs[1:], runs[2:], strict=False)
        if run.occupied is False and before.occupied and after.occupied and after.first - run.first < shortest
    ]


def _time_of(found: Iterable[Doubt], now: datetime) -> list[Span]:
    return merged((d.since, min(d.until or now, now)) for d in found)
