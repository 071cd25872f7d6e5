"""Where evidence says that a vehicle stood in the bay, and how firmly.

Two readings of the same evidence run through everything: what *holds* (a sensor's word holds until its next one, as
long as its watchdog has not run out) decides what a bay is now and when to warn; what is *confirmed* (up to the last
word itself) decides what may cost money. Silence holds for a while, but it is no evidence.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enforcement.evidence import (
    Evidence,
    SessionTrace,
    StatusRun,
    is_over,
    session_end,
    session_start,
)
from enforcement.facts import evse_subject, sensor_subject
from enforcement.intervals import Span, holds, intersect, merged, subtract
from enforcement.sensing import ReadingRun
from enforcement.setting import BaySetting

# States in which nobody can charge, or in which the network itself does not know (OCPI 2.2.1, 8.4.20 Status).
DOWN = frozenset({"INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Presence:
    """Merged sets of time for one bay, bounded by now, and what holds at this very moment.

    ``word_ends``: when each sensor's last word stops holding; ``feed_ends``: when the feed's does.
    """

    occupied: list[Span]
    occupied_confirmed: list[Span]
    free: list[Span]
    is_occupied: bool
    is_free: bool
    feed: list[Span]
    feed_confirmed: list[Span]
    down: dict[str, list[Span]]
    word_ends: tuple[datetime, ...]
    feed_ends: datetime | None

    def is_down(self, evses: Sequence[str], moment: datetime) -> bool:
        """Whether any of these EVSEs could not be used; with several, the driver has the benefit of the doubt."""
        return any(holds(self.down.get(evse, ()), moment) for evse in evses)


def presence(evidence: Evidence, setting: BaySetting, feeds: dict[str, list[Span]], now: datetime) -> Presence:
    """Read the evidence of one bay. ``feeds`` are the spans in which each network was heard."""
    taken, sure, free, ends = [], [], [], []
    words: set[bool | None] = set()
    for sensor, watchdog in setting.sensors.items():
        runs = evidence.readings.get(sensor_subject(sensor), [])
        taken += _spans(runs, True, watchdog, now)
        sure += _spans(runs, True, watchdog, now, confirmed=True)
        free += _spans(runs, False, watchdog, now)
        if runs:
            ends.append(runs[-1].last + watchdog)
            if now < ends[-1]:
                words.add(runs[-1].occupied)
    occupied, emptied = merged(taken), merged(free)
    return Presence(
        occupied=subtract(occupied, emptied),
        occupied_confirmed=subtract(merged(sure), emptied),
        free=subtract(emptied, occupied),
        is_occupied=True in words and False not in words,
        is_free=False in words and True not in words,
        feed=_feed(setting, feeds, now),
        feed_confirmed=_feed(setting, feeds, now, confirmed=True),
        down={evse: _down(evidence.statuses.get(evse_subject(evse), []), now) for evse in setting.evses},
        word_ends=tuple(ends),
        feed_ends=_feed_ends(setting, feeds),
    )


def session_span(session: SessionTrace, setting: BaySetting, now: datetime) -> Span:
    """From plug-in to unplug, as far as the network's word holds."""
    if is_over(session):
        return session_start(session), session_end(session)
    stale = session.heard + setting.habits(session.evse).session_watchdog
    return session_start(session), max(session_start(session), min(now, stale))


def is_silent(session: SessionTrace, setting: BaySetting, now: datetime) -> bool:
    """Whether an active session has had no news for longer than its network's habit allows."""
    return not is_over(session) and now - session.heard > setting.habits(session.evse).session_watchdog


def _spans(
    runs: Sequence[ReadingRun], occupied: bool, watchdog: timedelta, now: datetime, *, confirmed: bool = False
) -> list[Span]:
    """When one sensor said so.

    It holds until its next word, or until the watchdog has run out. Confirmed is only what lies up to a word: to the
    next run where that began with the change itself, else to this run's own last word, because a heartbeat that
    contradicts is a correction of unknown age.
    """
    out: list[Span] = []
    for run, following in itertools.zip_longest(runs, runs[1:]):
        if run.occupied is not occupied or run.first > now:
            continue
        until = run.last + watchdog
        if following is not None:
            is_change = following.edge and following.first <= until
            until = min(until, following.first) if is_change or not confirmed else run.last
        elif confirmed:
            until = run.last
        out.append((run.first, min(until, now)))
    return out


def _feed(setting: BaySetting, feeds: dict[str, list[Span]], now: datetime, *, confirmed: bool = False) -> list[Span]:
    """When *all* networks of the bay were heard: any of them could have held the missing session."""
    out: list[Span] | None = None
    for network, habits in setting.networks.items():
        heard = feeds.get(network, [])
        if not confirmed:
            heard = [(lo, min(now, hi + habits.feed_watchdog)) for lo, hi in heard]
        known = merged(heard, gap=habits.feed_watchdog if confirmed else timedelta(0))
        out = known if out is None else intersect(out, known)
    return out or []


def _feed_ends(setting: BaySetting, feeds: dict[str, list[Span]]) -> datetime | None:
    """When the first of the bay's networks will have been silent for too long, if none is heard again."""
    last = {network: max(hi for _, hi in heard) for network, heard in feeds.items() if heard}
    ends = (last[network] + habits.feed_watchdog for network, habits in setting.networks.items() if network in last)
    return min(ends, default=None)


def _down(runs: Sequence[StatusRun], now: datetime) -> list[Span]:
    """When an EVSE was down: a state holds until the network reports another one."""
    out: list[Span] = []
    for index, run in enumerate(runs):
        if run.status in DOWN:
            until = runs[index + 1].first if index + 1 < len(runs) else now
            out.append((run.first, until))
    return merged(out)
