"""The fold: facts condensed to what a decision needs, in constant time and space per fact.

Readings that repeat each other become one run; a session keeps what its latest updates said. A fact that comes in
order only touches the end of a run. A fact that comes late is not patched in: the facts are folded again, sorted, so
that any order gives the same evidence.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from enforcement.calibration import Record, observe
from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    OccupancyRead,
    PlateSeen,
    SessionUpdated,
    sensor_subject,
)
from enforcement.qualms import Qualm, flaps_since, forget, note_change, note_quality
from enforcement.sensing import Frame, ReadingRun, is_overtaken, is_said_once, mended_from, note_report, read
from enforcement.setting import BaySetting
from enforcement.sightings import Sighting, see
from enforcement.traces import SessionTrace, hear, is_over, own_sessions, session_end, session_start


@dataclass(slots=True)
class StatusRun:
    """One EVSE status, first said at ``first``, last at ``last``."""

    status: str
    first: datetime
    last: datetime


@dataclass(slots=True)
class Evidence:
    """The kept state of one bay's fold. Facts before ``cut`` are settled and no longer in it.

    ``bills``: what networks billed for parking, and what they took back, by the key of the record. ``qualms`` and
    ``changes``: what each sensor's own messages tell against it. ``records``: what settled sessions have shown of it.
    ``plates``: what each camera read.
    """

    cut: datetime | None = None
    readings: dict[str, list[ReadingRun]] = field(default_factory=dict)
    sessions: dict[str, SessionTrace] = field(default_factory=dict)
    statuses: dict[str, list[StatusRun]] = field(default_factory=dict)
    bills: dict[str, NetworkBilled] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    qualms: dict[str, list[Qualm]] = field(default_factory=dict)
    changes: dict[str, list[datetime]] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    plates: dict[str, list[Sighting]] = field(default_factory=dict)


def fold(facts: Iterable[AnyFact], setting: BaySetting, base: Evidence | None = None) -> Evidence:
    """Condense facts in any order, each any number of times.

    ``base``: what earlier facts came to, which are forgotten; it is built upon. What speaks of their time says nothing.
    """
    evidence = Evidence() if base is None else base
    facts = facts if base is None else [fact for fact in facts if not _is_of_forgotten(base, fact)]
    seen: set[tuple[str, str]] = set()
    for fact in sorted(facts, key=lambda f: (f.at, f.source, f.source_id)):
        identity = (fact.source, fact.source_id)
        if identity not in seen:
            seen.add(identity)
            _apply(evidence, fact, setting)
    return evidence


def _is_of_forgotten(base: Evidence, fact: AnyFact) -> bool:
    cut = base.cut
    if cut is None:
        return False
    match fact:
        case SessionUpdated() if fact.session not in base.sessions:
            return fact.at <= cut or (fact.started_at is not None and fact.started_at <= cut)
        case NetworkBilled():
            return fact.at <= cut or fact.started_at <= cut
        case _:
            return fact.at <= cut


def extend(evidence: Evidence, fact: AnyFact, setting: BaySetting) -> bool:
    """Add a new fact to kept evidence; False, and nothing changed, if it is late and all must be folded again."""
    if _is_late(evidence, fact):
        return False
    _apply(evidence, fact, setting)
    return True


def prune(evidence: Evidence, cut: datetime, setting: BaySetting) -> None:
    """Forget what was settled before ``cut``, keeping what still holds at it and what it has shown of sensors."""
    evidence.cut = cut if evidence.cut is None else max(evidence.cut, cut)
    _remember_records(evidence, cut, setting)
    forget(evidence.qualms, cut)
    for camera in list(evidence.plates):
        evidence.plates[camera] = [sighting for sighting in evidence.plates[camera] if sighting.last > cut]
    for readings in evidence.readings.values():
        del readings[: _settled(readings, cut)]
    for statuses in evidence.statuses.values():
        del statuses[: _settled(statuses, cut)]
    gone = {k for k, s in evidence.sessions.items() if is_over(s) and session_end(s) <= cut}
    for key in gone:
        del evidence.sessions[key]
    for record in [record for record, bill in evidence.bills.items() if _is_settled(bill, evidence, gone)]:
        del evidence.bills[record]


def reaches_back_to(evidence: Evidence) -> datetime | None:
    """Since when a vehicle may have stood there of which something is not settled; None: nothing tells of any.

    What was heard of networks before does not matter any more.
    """
    words = [run.first for runs in evidence.readings.values() for run in runs if run.occupied is not False]
    begun = [session_start(session) for session in evidence.sessions.values()]
    first = min([*words, *begun], default=None)
    return first if first is None or evidence.cut is None else max(first, evidence.cut)


def records(evidence: Evidence, setting: BaySetting, sensor: str) -> Iterator[tuple[datetime | None, Record]]:
    """What sessions have shown of a sensor: the record of those that are forgotten, then after the end of each other.

    It is one record, which grows.
    """
    subject = sensor_subject(sensor)
    record = replace(evidence.records.get(subject, Record()))
    yield None, record
    own = own_sessions(evidence.sessions, setting.evses)
    for ended_at, departed, seen in observe(own, evidence.readings.get(subject, ()), setting.sensors[sensor]):
        record.add(ended_at, departed, seen)
        yield ended_at, record


def _remember_records(evidence: Evidence, cut: datetime, setting: BaySetting) -> None:
    own = own_sessions(evidence.sessions, setting.evses)
    if not any(is_over(session) and session_end(session) <= cut for session in own):
        return
    for sensor, watchdog in setting.sensors.items():
        subject = sensor_subject(sensor)
        for ended_at, departed, seen in observe(own, evidence.readings.get(subject, ()), watchdog):
            if ended_at <= cut and (departed, seen) != (None, None):
                evidence.records.setdefault(subject, Record()).add(ended_at, departed, seen)


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
        case PlateSeen():
            sightings = evidence.plates.get(fact.subject, [])
            return bool(sightings) and fact.at <= sightings[-1].last
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
    if fact.at <= runs[-1].last:
        return True
    if evidence.cut is None:
        return False
    reaches = [mended_from(runs, fact)]
    if _is_change(runs, fact):
        reaches.append(flaps_since(evidence.qualms, evidence.changes, fact))
        reaches.append(runs[-1].first if is_said_once(runs[-1]) and not fact.edge else None)
    return any(reach is not None and reach <= evidence.cut for reach in reaches)


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
            _read(evidence, fact, setting)
        case DeviceReported():
            note_report(evidence.frames, fact)
            note_quality(evidence.qualms, fact, _last_word(evidence, fact))
        case ChargerStatusSeen():
            _status(evidence.statuses.setdefault(fact.subject, []), fact)
        case SessionUpdated():
            hear(evidence.sessions, fact)
        case PlateSeen():
            see(evidence.plates.setdefault(fact.subject, []), fact)
        case NetworkBilled():
            evidence.bills[fact.record] = fact
        case _:
            pass


def _read(evidence: Evidence, fact: OccupancyRead, setting: BaySetting) -> None:
    runs = evidence.readings.setdefault(fact.subject, [])
    note_quality(evidence.qualms, fact, _last_word(evidence, fact))
    if _is_change(runs, fact):
        note_change(evidence.qualms, evidence.changes, fact)
    read(runs, evidence.frames, fact, setting.sensors.get(fact.subject.removeprefix("sensor:")))


def _last_word(evidence: Evidence, fact: OccupancyRead | DeviceReported) -> datetime | None:
    runs = evidence.readings.get(fact.subject)
    return runs[-1].last if runs else None


def _is_change(runs: list[ReadingRun], fact: OccupancyRead) -> bool:
    return bool(runs) and None not in (runs[-1].occupied, fact.occupied) and runs[-1].occupied is not fact.occupied


def _status(runs: list[StatusRun], fact: ChargerStatusSeen) -> None:
    if runs and runs[-1].status == fact.status:
        runs[-1].last = fact.at
    else:
        runs.append(StatusRun(fact.status, fact.at, fact.at))
