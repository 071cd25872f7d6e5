"""The timeline of a stay: what each stretch of it was, why, and whether that is confirmed or only holds so far."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from enforcement.availability import AVAILABLE
from enforcement.charging import ChargingEnd, charging_end
from enforcement.evidence import Evidence, SessionTrace
from enforcement.facts import evse_subject
from enforcement.intervals import Span, holds, merged, subtract
from enforcement.presence import Presence, session_span
from enforcement.proof import proves_parked, proves_plugged
from enforcement.setting import BaySetting, SessionEnd
from enforcement.stays import Stay
from enforcement.traces import is_over, session_end
from enforcement.watching import SHORTEST


class Condition(StrEnum):
    """What a stretch of a stay was."""

    CHARGING = "charging"
    IDLE = "idle"
    OVERSTAYING = "overstaying"
    UNPLUGGED = "unplugged"
    UNUSABLE = "unusable"
    UNKNOWN = "unknown"

    # Sets of conditions are asked for each stretch: an enum's own hash is Python, and four times as slow.
    __hash__ = str.__hash__


class Stretch(NamedTuple):
    """A part of a stay with one condition. ``confirmed``: evidence reaches this far, so it may cost money."""

    start: datetime
    end: datetime
    condition: Condition
    reason: str
    confirmed: bool

    @property
    def is_maybe_plugged(self) -> bool:
        """Idle after a session that was only stopped: nobody knows whether the cable is still in."""
        return self.reason in _STOPPED and self.condition is Condition.IDLE


_STOPPED = frozenset({"session_stopped", "operator_stopped"})


class _Plugged(NamedTuple):
    """One session of the stay: its span, how far it was metered, and when it had finished charging.

    ``released``: when the cable was known to be out, where the session's end does not show it; None: not yet.
    """

    session: SessionTrace
    span: Span
    metered_to: datetime
    end: ChargingEnd | None
    released: datetime | None


class _View(NamedTuple):
    """Everything that the condition of a moment depends on, made once a stay.

    ``unknown_who``: parts of the stay, between blinks of its sensor, that nothing ties to its vehicle.
    """

    seen: Presence
    setting: BaySetting
    plugged: Sequence[_Plugged]
    shared: Sequence[Span]
    unknown_who: Sequence[Span]


def timeline(stay: Stay, evidence: Evidence, seen: Presence, setting: BaySetting, now: datetime) -> list[Stretch]:
    """Cut the stay wherever evidence changes and say what each piece was. Reasons are codes of :mod:`reasons`."""
    start, until = stay.arrived_at, stay.until(now)
    if until <= start:
        return []
    plugged = [_plugged_in(session, seen.spans[session.session], evidence, setting) for session in stay.sessions]
    unknown_who = _unknown_who(stay, seen, [each.span for each in plugged], now) if seen.blinks else ()
    view = _View(seen, setting, plugged, _shared(stay, evidence, setting, now), unknown_who)
    out: list[Stretch] = []
    piece = _condition(view, start)
    for cut in _cuts(view, start, until):
        following = _condition(view, cut)
        if following != piece:
            out.append(Stretch(start, cut, *piece))
            start, piece = cut, following
    out.append(Stretch(start, until, *piece))
    return out


def _plugged_in(session: SessionTrace, span: Span, evidence: Evidence, setting: BaySetting) -> _Plugged:
    habits = setting.habits(session.evse)
    end = charging_end(session, habits)
    if not is_over(session):
        return _Plugged(session, span, session.heard, end, None)
    is_stopped = habits.session_end is SessionEnd.STOPPED
    return _Plugged(session, span, span[1], end, _released(session, evidence) if is_stopped else span[1])


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


def _cuts(view: _View, start: datetime, until: datetime) -> list[datetime]:
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


def _condition(view: _View, at: datetime) -> tuple[Condition, str, bool]:
    for each in view.plugged:
        if each.span[0] <= at < each.span[1]:
            return _plugged(view, each, at)
    if view.seen.is_down(view.setting.evses, at):
        return Condition.UNUSABLE, "charger_down", True
    return _not_plugged(view, at)


def _plugged(view: _View, plugged: _Plugged, at: datetime) -> tuple[Condition, str, bool]:
    metered, end = at < plugged.metered_to, plugged.end
    if end is None or at < end.at:
        return Condition.CHARGING, "session_active", metered
    if view.seen.is_down([plugged.session.evse], at):
        return Condition.UNUSABLE, "charger_down", metered
    if holds(view.seen.free, at):
        return Condition.UNKNOWN, "sensor_contradicts", False
    if holds(view.seen.blinks, at) and not holds(view.seen.trusted, at):
        return Condition.UNKNOWN, "sensor_blink", False
    return Condition.IDLE, f"finished_{end.confidence}", proves_plugged(view.seen, at, metered=metered)


def _not_plugged(view: _View, at: datetime) -> tuple[Condition, str, bool]:
    if not holds(view.seen.occupied, at):
        return Condition.UNKNOWN, "no_sensor_word", False
    if not holds(view.seen.trusted, at):
        return Condition.UNKNOWN, f"sensor_{view.seen.doubt_at(at)}", False
    if holds(view.unknown_who, at):
        return Condition.UNKNOWN, "sensor_blink", False
    if holds(view.shared, at):
        return Condition.UNKNOWN, "shared_session", False
    if not view.setting.evses:
        return Condition.UNKNOWN, "no_charger", False
    if not holds(view.seen.feed, at):
        return Condition.UNKNOWN, "feed_silent", False
    confirmed = proves_parked(view.seen, at)
    if not view.plugged:
        return Condition.UNPLUGGED, "no_session", confirmed
    before = [each for each in view.plugged if each.span[1] <= at]
    over = [each for each in before if is_over(each.session)]
    if over:
        return *_after(over[-1], at), confirmed
    if before:
        return Condition.UNKNOWN, "session_silent", False
    return Condition.UNPLUGGED, "no_session", confirmed


def _after(plugged: _Plugged, at: datetime) -> tuple[Condition, str]:
    """What a vehicle that stayed after its session is: still plugged in, for all that is known, or overstaying."""
    is_stopped = plugged.session.stopped_by_operator
    if plugged.released is None or at < plugged.released:
        return Condition.IDLE, "operator_stopped" if is_stopped else "session_stopped"
    return Condition.OVERSTAYING, "operator_stopped" if is_stopped else "session_over"
