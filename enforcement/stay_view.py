"""What the condition of any moment of a stay depends on, and the moments at which that changes."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from enforcement.availability import AVAILABLE
from enforcement.charging import ChargingEnd, charging_end
from enforcement.debouncing import SHORTEST
from enforcement.evidence import Evidence, SessionTrace
from enforcement.facts import evse_subject
from enforcement.intervals import Span, merged, subtract
from enforcement.presence import Presence, session_span
from enforcement.setting import BaySetting, SessionEnd
from enforcement.stays import Stay
from enforcement.traces import is_over, session_end


class Plugged(NamedTuple):
    """One session of the stay: its span, how far it was metered, and when it had finished charging.

    ``released``: when the cable was known to be out, where the session's end does not show it; None: not yet.
    """

    session: SessionTrace
    span: Span
    metered_to: datetime
    end: ChargingEnd | None
    released: datetime | None


class View(NamedTuple):
    """Everything that the condition of a moment depends on, made once a stay.

    ``unknown_who``: parts of the stay, between blinks of its sensor, that nothing ties to its vehicle.
    """

    seen: Presence
    setting: BaySetting
    plugged: Sequence[Plugged]
    shared: Sequence[Span]
    unknown_who: Sequence[Span]


def view_of(stay: Stay, evidence: Evidence, seen: Presence, setting: BaySetting, now: datetime) -> View:
    """What bears on the conditions of this stay."""
    plugged = [_plugged_in(session, seen.spans[session.session], evidence, setting) for session in stay.sessions]
    unknown_who = _unknown_who(stay, seen, [each.span for each in plugged], now) if seen.blinks else ()
    return View(seen, setting, plugged, _shared(stay, evidence, setting, now), unknown_who)


def cuts(view: View, start: datetime, until: datetime) -> list[datetime]:
    """Where something changes between these moments that a condition depends on."""
    seen = view.seen
    sets = [seen.occupied, seen.occupied_confirmed, seen.free, seen.feed, seen.feed_confirmed, view.shared]
    if seen.doubts:
        sets += [seen.trusted, [(doubt.since, doubt.until or until) for doubt in seen.doubts]]
    if seen.down:
        sets += seen.down.values()
    found = {moment for spans in sets for span in spans for moment in span if start < moment < until}
    for session, span, _, end, released in view.plugged:
        moments = (*span, session.heard, None if end is None else end.at, released)
        found.update(moment for moment in moments if moment is not None and start < moment < until)
    return sorted(found)


def _plugged_in(session: SessionTrace, span: Span, evidence: Evidence, setting: BaySetting) -> Plugged:
    habits = setting.habits(session.evse)
    end = charging_end(session, habits)
    if not is_over(session):
        return Plugged(session, span, session.heard, end, None)
    is_stopped = habits.session_end is SessionEnd.STOPPED
    return Plugged(session, span, span[1], end, _released(session, evidence) if is_stopped else span[1])


def _released(session: SessionTrace, evidence: Evidence) -> datetime | None:
    """When its EVSE became available again: with a cable in, it is not (OCPI 2.2.1, 8.4.20 Status)."""
    end = session_end(session)
    runs = evidence.statuses.get(evse_subject(session.evse), [])
    return next((run.first for run in runs if run.status == AVAILABLE and run.first >= end), None)


def _shared(stay: Stay, evidence: Evidence, setting: BaySetting, now: datetime) -> list[Span]:
    """Sessions of a shared EVSE, or that their network declared void, may have been this vehicle's."""
    if len(evidence.sessions) == len(stay.sessions):
        return []
    own = {session.session for session in stay.sessions}
    others = [
        session
        for session in evidence.sessions.values()
        if session.session not in own and (session.evse in setting.shared_evses or session.status == "INVALID")
    ]
    return merged(session_span(session, setting, now) for session in others) if others else []


def _unknown_who(stay: Stay, seen: Presence, sessions: Sequence[Span], now: datetime) -> list[Span]:
    """Whether a blink was a change of vehicles nobody knows: what counts is only what a session or a plate vouches for,
    or, where the stay has neither, what came before the first blink.
    """
    blinks = merged(blink for blink in seen.blinks if blink[1] - blink[0] >= SHORTEST)
    parts = subtract([(stay.arrived_at, stay.until(now))], subtract(blinks, seen.trusted))
    known = [*sessions, *([(stay.plate.first, stay.plate.last)] if stay.plate else [])]
    if not known:
        return parts[1:]
    return [(lo, hi) for lo, hi in parts if not any(first <= hi and last >= lo for first, last in known)]
