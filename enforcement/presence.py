"""Where evidence says that a vehicle stood in the bay, and how firmly.

Two readings of the same evidence run through everything: what *holds* (a sensor's word holds until its next one, as
long as its watchdog has not run out) decides what a bay is now and when to warn; what is *confirmed* (up to the last
word itself) decides what may cost money. Silence holds for a while, but it is no evidence.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from enforcement.doubts import Doubt
from enforcement.evidence import Evidence, SessionTrace
from enforcement.facts import evse_subject
from enforcement.hearing import Feeds, heard
from enforcement.intervals import Span, holds, merged, subtract
from enforcement.setting import BaySetting
from enforcement.traces import is_over, own_sessions, session_end, session_start
from enforcement.watching import watch_all

# States in which nobody can charge, or in which the network itself does not know (OCPI 2.2.1, 8.4.20 Status).
DOWN = frozenset({"INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "UNKNOWN"})


class Presence(NamedTuple):
    """Merged sets of time for one bay, bounded by now, and what holds at this very moment.

    ``occupied``: sensors say so; ``trusted``: those that are trusted; ``occupied_confirmed``: and up to a word of
    theirs. ``doubts``: why the rest is not trusted. ``blinks``: when one said free for too short to be a departure.
    ``changes_at``: when a word has held long enough to be believed. ``down``: when each EVSE that was down could not be
    used. ``word_ends``: when each sensor's last word stops holding; ``feed_ends``: when the feed's does. ``sessions``:
    the bay's own, by their start; ``spans``: theirs.
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
    word_ends: Sequence[datetime]
    feed_ends: datetime | None
    doubts: Sequence[Doubt]
    blinks: Sequence[Span]
    changes_at: Sequence[datetime]
    sessions: Sequence[SessionTrace]
    spans: dict[str, Span]

    def doubt_at(self, moment: datetime) -> str | None:
        """Why a sensor that says occupied is not trusted at a moment; None if nothing speaks against one."""
        found = (d.state for d in self.doubts if d.since <= moment and (d.until is None or moment < d.until))
        return next(found, None)

    def is_down(self, evses: Sequence[str], moment: datetime) -> bool:
        """Whether any of these EVSEs could not be used; with several, the driver has the benefit of the doubt."""
        return bool(self.down) and any(holds(self.down.get(evse, ()), moment) for evse in evses)


def presence(evidence: Evidence, setting: BaySetting, feeds: Feeds, now: datetime) -> Presence:
    """Read the evidence of one bay. ``feeds`` are the spans in which each network was heard."""
    sessions = own_sessions(evidence.sessions, setting.evses)
    said = watch_all(evidence, setting, sessions, now)
    occupied = subtract(said.taken, said.free)
    feed, feed_confirmed, feed_ends = heard(setting, feeds, now)
    return Presence(
        occupied,
        subtract(said.trusted, said.free) if said.doubts else occupied,
        subtract(said.sure, said.free),
        subtract(said.free, said.taken),
        True in said.words and False not in said.words,
        False in said.words and True not in said.words,
        feed,
        feed_confirmed,
        _down(evidence, setting, now) if evidence.statuses else {},
        said.ends,
        feed_ends,
        said.doubts,
        said.blinks,
        said.changes_at,
        sessions,
        {session.session: session_span(session, setting, now) for session in sessions},
    )


def home_sessions(seen: Presence, setting: BaySetting) -> Sequence[SessionTrace]:
    """The sessions that began while their EVSE was at this bay, by their start."""
    if not setting.tied:
        return seen.sessions
    return [session for session in seen.sessions if setting.is_home(session.evse, session_start(session))]


def session_span(session: SessionTrace, setting: BaySetting, now: datetime) -> Span:
    """From plug-in to unplug, as far as the network's word holds."""
    if is_over(session):
        return session_start(session), session_end(session)
    start, stale = session_start(session), session.heard + setting.habits(session.evse).session_watchdog
    return start, max(start, min(now, stale))


def _down(evidence: Evidence, setting: BaySetting, now: datetime) -> dict[str, list[Span]]:
    """When each EVSE was down, of those that were: a state holds until the network reports another one."""
    out: dict[str, list[Span]] = {}
    for evse in setting.evses:
        runs = evidence.statuses.get(evse_subject(evse), [])
        ends = [*(run.first for run in runs[1:]), now]
        down = merged((run.first, end) for run, end in zip(runs, ends, strict=False) if run.status in DOWN)
        if down:
            out[evse] = down
    return out
