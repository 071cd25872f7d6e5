"""What is known of charging sessions, folded from what networks say of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from enforcement.evidence import SessionTrace
from enforcement.facts import SessionUpdated

# What foretells the end of charging: enough points for a taper, so few that evidence stays small.
_CURVE_STEP, _CURVE_POINTS = timedelta(minutes=2), 10
# Sessions of these states say that a vehicle is plugged in; PENDING and RESERVATION do not (OCPI 2.2.1, 9.4.6).
PLUGGED = frozenset({"ACTIVE", "COMPLETED", None})


def is_over(session: SessionTrace) -> bool:
    """Whether the network has closed the session. COMPLETED is final (OCPI 2.2.1, 9.4.6)."""
    return session.status in ("COMPLETED", "INVALID")


def session_start(session: SessionTrace) -> datetime:
    """When it began; a PATCH may come before its PUT, then the first word of it is the earliest that is known."""
    return session.started_at or session.first_heard


def session_end(session: SessionTrace) -> datetime:
    """When a closed session ended; without an end time, when it was last heard of."""
    return max(session.ended_at or session.heard, session_start(session))


def own_sessions(sessions: Mapping[str, SessionTrace], evses: Sequence[str]) -> list[SessionTrace]:
    """Those in which a vehicle was plugged in at one of these EVSEs, by their start."""
    found = [s for s in sessions.values() if s.evse in evses and s.status in PLUGGED]
    return sorted(found, key=lambda s: (session_start(s), s.session)) if len(found) > 1 else found


def hear(sessions: dict[str, SessionTrace], fact: SessionUpdated) -> None:
    """Take in news of a session, later than all before it."""
    trace = sessions.get(fact.session)
    if trace is None:
        trace = SessionTrace(fact.session, fact.subject.removeprefix("evse:"), fact.at, fact.at)
        sessions[fact.session] = trace
    trace.heard = fact.at
    if fact.subject.removeprefix("evse:"):
        trace.evse = fact.subject.removeprefix("evse:")
    trace.token = fact.token or trace.token
    trace.contract = fact.contract or trace.contract
    trace.stopped_by_operator |= fact.stopped_by_operator
    if fact.soc is not None and (not trace.soc or fact.soc > trace.soc[-1][1]):
        trace.soc.append((fact.at, fact.soc))
    trace.started_at = fact.started_at or trace.started_at
    if fact.ended_at is not None:
        # An end after the moment we heard of it is no evidence of anything.
        trace.ended_at = min(fact.ended_at, fact.seen_at)
    if fact.status is not None and trace.status != "COMPLETED":
        trace.status = fact.status
    if fact.energy_wh is not None:
        _energy(trace, fact.energy_wh, fact.at)
    _periods(trace, fact)


def _energy(trace: SessionTrace, energy_wh: int, at: datetime) -> None:
    if trace.energy_wh is None or energy_wh > trace.energy_wh:
        trace.energy_wh, trace.rose_at, trace.flat_at, trace.flat_updates = energy_wh, at, None, 0
        _curve(trace, energy_wh, at)
    else:
        trace.flat_at = trace.flat_at or at
        trace.flat_updates += 1


def _curve(trace: SessionTrace, energy_wh: int, at: datetime) -> None:
    if trace.curve:
        since, before = trace.curve[-1]
        if at - since < _CURVE_STEP:
            return
        trace.peak_w = max(trace.peak_w, int((energy_wh - before) * 3600 / (at - since).total_seconds()))
    trace.curve.append((at, energy_wh))
    del trace.curve[:-_CURVE_POINTS]


def _periods(trace: SessionTrace, fact: SessionUpdated) -> None:
    """A PUT's list replaces, a PATCH's periods are appended; peers replay whole lists, so a start counts once."""
    if fact.periods_complete:
        trace.periods = []
    known = {period.start for period in trace.periods}
    trace.periods += [period for period in fact.periods if period.start not in known]
    trace.periods.sort(key=lambda period: period.start)
