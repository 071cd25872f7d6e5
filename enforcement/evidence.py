"""The fold: facts condensed to what a decision needs, in constant time and space per fact.

Readings that repeat each other become one run; a session keeps what its latest updates said. A fact that comes in
order only touches the end of a run. A fact that comes late is not patched in: the facts are folded again, sorted, so
that any order gives the same evidence.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    OccupancyRead,
    Period,
    SessionUpdated,
)
from enforcement.sensing import Frame, ReadingRun, is_overtaken, mended_from, note_report, read
from enforcement.setting import BaySetting

# What foretells the end of charging: enough points for a taper, so few that evidence stays small.
_CURVE_STEP, _CURVE_POINTS = timedelta(minutes=2), 10


@dataclass(slots=True)
class StatusRun:
    """One EVSE status, first said at ``first``, last at ``last``."""

    status: str
    first: datetime
    last: datetime


@dataclass(slots=True)
class SessionTrace:
    """What is known of one session: the latest word on each field, and how its energy grew.

    ``rose_at``: the last update in which energy grew; ``flat_at``: the first later one in which it had not, and
    ``flat_updates`` how many of those in a row. ``soc``: each new height of the state of charge and when it was told.
    ``curve``: the last energies in Wh as they rose, minutes apart; ``peak_w``: the highest mean power between two.
    """

    session: str
    evse: str
    first_heard: datetime
    heard: datetime
    token: str | None = None
    status: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    energy_wh: int | None = None
    rose_at: datetime | None = None
    flat_at: datetime | None = None
    flat_updates: int = 0
    periods: list[Period] = field(default_factory=list)
    soc: list[tuple[datetime, int]] = field(default_factory=list)
    curve: list[tuple[datetime, int]] = field(default_factory=list)
    peak_w: int = 0
    contract: str | None = None
    stopped_by_operator: bool = False


@dataclass(slots=True)
class Evidence:
    """The kept state of one bay's fold. Facts before ``cut`` are settled and no longer in it.

    ``bills``: what networks billed for parking, and what they took back, by the key of the record.
    """

    cut: datetime | None = None
    readings: dict[str, list[ReadingRun]] = field(default_factory=dict)
    sessions: dict[str, SessionTrace] = field(default_factory=dict)
    statuses: dict[str, list[StatusRun]] = field(default_factory=dict)
    bills: dict[str, NetworkBilled] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)


def fold(facts: Iterable[AnyFact], setting: BaySetting) -> Evidence:
    """Condense facts in any order, each any number of times."""
    evidence = Evidence()
    seen: set[tuple[str, str]] = set()
    for fact in sorted(facts, key=lambda f: (f.at, f.source, f.source_id)):
        identity = (fact.source, fact.source_id)
        if identity not in seen:
            seen.add(identity)
            _apply(evidence, fact, setting)
    return evidence


def extend(evidence: Evidence, fact: AnyFact, setting: BaySetting) -> bool:
    """Add a new fact to kept evidence; False, and nothing changed, if it is late and all must be folded again."""
    if _is_late(evidence, fact):
        return False
    _apply(evidence, fact, setting)
    return True


def prune(evidence: Evidence, cut: datetime) -> None:
    """Forget what was settled before ``cut``, keeping what still holds at it."""
    evidence.cut = cut if evidence.cut is None else max(evidence.cut, cut)
    for readings in evidence.readings.values():
        del readings[: _settled(readings, cut)]
    for statuses in evidence.statuses.values():
        del statuses[: _settled(statuses, cut)]
    gone = {k for k, s in evidence.sessions.items() if is_over(s) and session_end(s) <= cut}
    for key in gone:
        del evidence.sessions[key]
    for record in [record for record, bill in evidence.bills.items() if _is_settled(bill, evidence, gone)]:
        del evidence.bills[record]


def is_over(session: SessionTrace) -> bool:
    """Whether the network has closed the session. COMPLETED is final (OCPI 2.2.1, 9.4.6)."""
    return session.status in ("COMPLETED", "INVALID")


def session_start(session: SessionTrace) -> datetime:
    """When it began; a PATCH may come before its PUT, then the first word of it is the earliest that is known."""
    return session.started_at or session.first_heard


def session_end(session: SessionTrace) -> datetime:
    """When a closed session ended; without an end time, when it was last heard of."""
    return max(session.ended_at or session.heard, session_start(session))


def _settled(runs: list[ReadingRun] | list[StatusRun], cut: datetime) -> int:
    """How many leading runs ended before the cut; the last run always stays, it may still hold."""
    count = 0
    while count < len(runs) - 1 and runs[count + 1].first <= cut:
        count += 1
    return count


def _is_settled(bill: NetworkBilled, evidence: Evidence, gone: set[str]) -> bool:
    """A bill goes with the session that it is of, or whose time it is in."""
    if bill.session is not None and (bill.session in gone or bill.session in evidence.sessions):
        return bill.session in gone
    return evidence.cut is not None and bill.started_at <= evidence.cut


def _is_late(evidence: Evidence, fact: AnyFact) -> bool:
    cut = evidence.cut
    if cut is not None and fact.at <= cut:
        return True
    match fact:
        case OccupancyRead() | DeviceReported():
            return _is_late_reading(evidence, fact)
        case ChargerStatusSeen():
            statuses = evidence.statuses.get(fact.subject, [])
            return bool(statuses) and fact.at <= statuses[-1].last
        case SessionUpdated():
            return _is_late_news(evidence, fact)
        case NetworkBilled():
            return cut is not None and _bills_settled_time(evidence, fact, cut)
        case _:
            return False


def _is_late_reading(evidence: Evidence, fact: OccupancyRead | DeviceReported) -> bool:
    if is_overtaken(evidence.frames, fact):
        return True
    runs = evidence.readings.get(fact.subject, [])
    if isinstance(fact, DeviceReported) or not runs:
        return False
    reach = mended_from(runs, fact)
    return fact.at <= runs[-1].last or (evidence.cut is not None and reach is not None and reach <= evidence.cut)


def _is_late_news(evidence: Evidence, fact: SessionUpdated) -> bool:
    cut, trace = evidence.cut, evidence.sessions.get(fact.session)
    if trace is not None:
        # News of a session that began in settled time may change what was settled.
        began = min(session_start(trace), fact.started_at or trace.first_heard)
        return fact.at <= trace.heard or (cut is not None and began <= cut)
    # News of a session that was settled and forgotten, or that began in settled time.
    return cut is not None and (fact.started_at is None or fact.started_at <= cut)


def _bills_settled_time(evidence: Evidence, fact: NetworkBilled, cut: datetime) -> bool:
    """Records come hours after their sessions: what they are of may be settled and forgotten."""
    is_forgotten = fact.session is not None and fact.session not in evidence.sessions
    takes_forgotten_back = fact.takes_back is not None and fact.takes_back not in evidence.bills
    return fact.started_at <= cut or is_forgotten or takes_forgotten_back


def _apply(evidence: Evidence, fact: AnyFact, setting: BaySetting) -> None:
    match fact:
        case OccupancyRead():
            watchdog = setting.sensors.get(fact.subject.removeprefix("sensor:"))
            read(evidence.readings.setdefault(fact.subject, []), evidence.frames, fact, watchdog)
        case DeviceReported():
            note_report(evidence.frames, fact)
        case ChargerStatusSeen():
            _status(evidence.statuses.setdefault(fact.subject, []), fact)
        case SessionUpdated():
            _session(evidence.sessions, fact)
        case NetworkBilled():
            evidence.bills[fact.record] = fact
        case _:
            pass


def _status(runs: list[StatusRun], fact: ChargerStatusSeen) -> None:
    if runs and runs[-1].status == fact.status:
        runs[-1].last = fact.at
    else:
        runs.append(StatusRun(fact.status, fact.at, fact.at))


def _session(sessions: dict[str, SessionTrace], fact: SessionUpdated) -> None:
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
