"""Where evidence says that a vehicle stood in the bay, and how firmly.

Two readings of the same evidence run through everything: what *holds* (a sensor's word holds until its next one, as
long as its watchdog has not run out) decides what a bay is now and when to warn; what is *confirmed* (up to the last
word itself) decides what may cost money. Silence holds for a while, but it is no evidence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from enforcement.doubts import Doubt
from enforcement.evidence import Evidence, StatusRun
from enforcement.facts import evse_subject
from enforcement.intervals import Span, holds, intersect, merged, subtract
from enforcement.setting import BaySetting
from enforcement.traces import SessionTrace, is_over, session_end, session_start
from enforcement.watching import watch

# States in which nobody can charge, or in which the network itself does not know (OCPI 2.2.1, 8.4.20 Status).
DOWN = frozenset({"INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Presence:
    """Merged sets of time for one bay, bounded by now, and what holds at this very moment.

    ``occupied``: sensors say so; ``trusted``: those that are trusted; ``occupied_confirmed``: and up to a word of
    theirs. ``doubts``: why the rest is not trusted. ``changes_at``: when a word has held long enough to be believed.
    ``word_ends``: when each sensor's last word stops holding; ``feed_ends``: when the feed's does.
    """

    occupied: list[Span]
    trusted: list[Span]
    occupied_confirmed: list[Span]
    free: list[Span]
    is_occupied: bool
    is_free: bool
    feed: list[Span]
    feed_confirmed: list[Span]
    down: dict[str, list[Span]]
    word_ends: tuple[datetime, ...]
    feed_ends: datetime | None
    doubts: tuple[Doubt, ...] = ()
    changes_at: tuple[datetime, ...] = ()

    def doubt_at(self, moment: datetime) -> str | None:
        """Why a sensor that says occupied is not trusted at a moment; None if nothing speaks against one."""
        found = (d.state for d in self.doubts if d.since <= moment and (d.until is None or moment < d.until))
        return next(found, None)

    def is_down(self, evses: Sequence[str], moment: datetime) -> bool:
        """Whether any of these EVSEs could not be used; with several, the driver has the benefit of the doubt."""
        return any(holds(self.down.get(evse, ()), moment) for evse in evses)


def presence(evidence: Evidence, setting: BaySetting, feeds: dict[str, list[Span]], now: datetime) -> Presence:
    """Read the evidence of one bay. ``feeds`` are the spans in which each network was heard."""
    watched = [watch(evidence, setting, sensor, now) for sensor in setting.sensors]
    occupied = merged(span for each in watched for span in each.taken)
    emptied = merged(span for each in watched for span in each.free)
    words = {each.word for each in watched if each.is_fresh}
    return Presence(
        occupied=subtract(occupied, emptied),
        trusted=subtract(merged(span for each in watched for span in each.trusted), emptied),
        occupied_confirmed=subtract(merged(span for each in watched for span in each.sure), emptied),
        free=subtract(emptied, occupied),
        is_occupied=True in words and False not in words,
        is_free=False in words and True not in words,
        feed=_feed(setting, feeds, now),
        feed_confirmed=_feed(setting, feeds, now, confirmed=True),
        down={evse: _down(evidence.statuses.get(evse_subject(evse), []), now) for evse in setting.evses},
        word_ends=tuple(each.ends for each in watched if each.ends is not None),
        feed_ends=_feed_ends(setting, feeds),
        doubts=tuple(doubt for each in watched for doubt in each.doubts),
        changes_at=tuple(each.changes_at for each in watched if each.changes_at is not None),
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
