"""The timeline of a stay: what each stretch of it was, why, and whether that is confirmed or only holds so far."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from enforcement.availability import AVAILABLE
from enforcement.charging import ChargingEnd, charging_end
from enforcement.evidence import Evidence
from enforcement.facts import evse_subject
from enforcement.intervals import Span, holds
from enforcement.presence import Presence, session_span
from enforcement.proof import proves_parked, proves_plugged
from enforcement.setting import BaySetting, SessionEnd
from enforcement.stays import Stay
from enforcement.traces import SessionTrace, is_over, session_end


class Condition(StrEnum):
    """What a stretch of a stay was."""

    CHARGING = "charging"
    IDLE = "idle"
    OVERSTAYING = "overstaying"
    UNPLUGGED = "unplugged"
    UNUSABLE = "unusable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a stay with one condition. ``confirmed``: evidence reaches this far, so it may cost money."""

    start: datetime
    end: datetime
    condition: Condition
    reason: str
    confirmed: bool

    @property
    def is_maybe_plugged(self) -> bool:
        """Idle after a session that was only stopped: nobody knows whether the cable is still in."""
        return self.condition is Condition.IDLE and self.reason in _STOPPED


_STOPPED = frozenset({"session_stopped", "operator_stopped"})


@dataclass(frozen=True, slots=True)
class _View:
    """Everything that the condition of a moment depends on, made once a stay.

    ``released``: of sessions whose end does not show it, when the cable was known to be out, where it was.
    """

    stay: Stay
    seen: Presence
    setting: BaySetting
    spans: dict[str, Span]
    ends: dict[str, ChargingEnd | None]
    shared: list[Span]
    released: dict[str, datetime | None]


def timeline(stay: Stay, evidence: Evidence, seen: Presence, setting: BaySetting, now: datetime) -> list[Stretch]:
    """Cut the stay wherever evidence changes and say what each piece was. Reasons are codes of :mod:`why`."""
    view = _View(
        stay=stay,
        seen=seen,
        setting=setting,
        spans={s.session: session_span(s, setting, now) for s in stay.sessions},
        ends={s.session: charging_end(s, setting.habits(s.evse)) for s in stay.sessions},
        shared=[session_span(s, setting, now) for s in evidence.sessions.values() if _may_be_this(s, stay, setting)],
        released={s.session: _released(s, evidence) for s in stay.sessions if _is_only_stopped(s, setting)},
    )
    until = stay.until(now)
    cuts = sorted({c for c in _cuts(view) if stay.arrived_at < c < until} | {stay.arrived_at, until})
    out: list[Stretch] = []
    for start, end in itertools.pairwise(cuts):
        condition, reason, confirmed = _condition(view, start)
        last = out[-1] if out else None
        if last is not None and (last.condition, last.reason, last.confirmed) == (condition, reason, confirmed):
            out[-1] = Stretch(last.start, end, condition, reason, confirmed)
        else:
            out.append(Stretch(start, end, condition, reason, confirmed))
    return out


def _is_only_stopped(session: SessionTrace, setting: BaySetting) -> bool:
    return is_over(session) and setting.habits(session.evse).session_end is SessionEnd.STOPPED


def _released(session: SessionTrace, evidence: Evidence) -> datetime | None:
    """When its EVSE became available again: with a cable in, it is not (OCPI 2.2.1, 8.4.20 Status)."""
    end = session_end(session)
    runs = evidence.statuses.get(evse_subject(session.evse), [])
    return next((run.first for run in runs if run.status == AVAILABLE and run.first >= end), None)


def _may_be_this(session: SessionTrace, stay: Stay, setting: BaySetting) -> bool:
    """A session of a shared EVSE, or one that its network declared void, may have been this vehicle's."""
    own = {s.session for s in stay.sessions}
    return session.session not in own and (session.evse in setting.shared_evses or session.status == "INVALID")


def _cuts(view: _View) -> Iterable[datetime]:
    seen = view.seen
    sets = (seen.occupied, seen.trusted, seen.occupied_confirmed, seen.free, seen.feed, seen.feed_confirmed)
    for spans in (*sets, view.shared):
        for span in spans:
            yield from span
    for doubt in seen.doubts:
        yield doubt.since
        if doubt.until is not None:
            yield doubt.until
    for spans in seen.down.values():
        for span in spans:
            yield from span
    for session in view.stay.sessions:
        yield from view.spans[session.session]
        yield session.heard
        end = view.ends[session.session]
        if end is not None:
            yield end.at
    yield from (moment for moment in view.released.values() if moment is not None)


def _condition(view: _View, at: datetime) -> tuple[Condition, str, bool]:
    session = next((s for s in view.stay.sessions if _covers(view.spans[s.session], at)), None)
    if session is not None:
        return _plugged(view, session, at)
    if view.seen.is_down(view.setting.evses, at):
        return Condition.UNUSABLE, "charger_down", True
    return _not_plugged(view, at)


def _plugged(view: _View, session: SessionTrace, at: datetime) -> tuple[Condition, str, bool]:
    metered = at < (session_end(session) if is_over(session) else session.heard)
    end = view.ends[session.session]
    if end is None or at < end.at:
        return Condition.CHARGING, "session_active", metered
    if view.seen.is_down([session.evse], at):
        return Condition.UNUSABLE, "charger_down", metered
    if holds(view.seen.free, at):
        return Condition.UNKNOWN, "sensor_contradicts", False
    return Condition.IDLE, f"finished_{end.confidence}", proves_plugged(view.seen, at, metered=metered)


def _not_plugged(view: _View, at: datetime) -> tuple[Condition, str, bool]:
    if not holds(view.seen.occupied, at):
        return Condition.UNKNOWN, "no_sensor_word", False
    if not holds(view.seen.trusted, at):
        return Condition.UNKNOWN, f"sensor_{view.seen.doubt_at(at)}", False
    if holds(view.shared, at):
        return Condition.UNKNOWN, "shared_session", False
    if not view.setting.evses or not holds(view.seen.feed, at):
        return Condition.UNKNOWN, "feed_silent", False
    confirmed = proves_parked(view.seen, at)
    over = [s for s in view.stay.sessions if is_over(s) and view.spans[s.session][1] <= at]
    if over:
        return *_after(view, over[-1], at), confirmed
    if any(view.spans[s.session][1] <= at for s in view.stay.sessions):
        return Condition.UNKNOWN, "session_silent", False
    return Condition.UNPLUGGED, "no_session", confirmed


def _after(view: _View, session: SessionTrace, at: datetime) -> tuple[Condition, str]:
    """What a vehicle that stayed after its session is: still plugged in, for all that is known, or overstaying."""
    released = view.released.get(session.session, session_end(session))
    if released is None or at < released:
        return Condition.IDLE, "operator_stopped" if session.stopped_by_operator else "session_stopped"
    return Condition.OVERSTAYING, "operator_stopped" if session.stopped_by_operator else "session_over"


def _covers(span: Span, at: datetime) -> bool:
    return span[0] <= at < span[1]
