"""The fold: facts condensed to what a decision needs, in constant time and space per fact.

Readings that repeat each other become one run; a session keeps what its latest updates said. A fact that comes in
order only touches the end of a run. A fact that comes late is not patched in: the facts are folded again, sorted, so
that any order gives the same evidence.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from enforcement.calibration import Record
from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    OccupancyRead,
    PlateSeen,
    SessionUpdated,
)
from enforcement.qualms import Qualm, flaps_since, is_told_already, note_change, note_quality, quality_since
from enforcement.sensing import Frame, ReadingRun, is_overtaken, is_said_once, mended_from, note_report, read
from enforcement.setting import BaySetting
from enforcement.sightings import Sighting, see
from enforcement.traces import SessionTrace, hear, session_start


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
    facts = facts if base is None or base.cut is None else _of_what_is_left(list(facts), base.sessions, base.cut)
    seen: set[tuple[str, str]] = set()
    for fact in sorted(facts, key=order):
        identity = (fact.source, fact.source_id)
        if identity not in seen:
            seen.add(identity)
            _apply(evidence, fact, setting)
    return evidence


def order(fact: AnyFact) -> tuple[datetime, str, str]:
    """The key by which facts are taken in."""
    return fact.at, fact.source, fact.source_id


def _of_what_is_left(facts: Sequence[AnyFact], sessions: Collection[str], cut: datetime) -> list[AnyFact]:
    """Without what speaks of time before the cut. A bill goes with the session that it is of, where that is known.

    ``sessions``: those that the cut left.
    """
    after = [fact for fact in facts if fact.at > cut]
    gone = _begun_before(after, cut) - set(sessions)
    left = [fact for fact in after if not isinstance(fact, SessionUpdated) or fact.session not in gone]
    heard = {fact.session for fact in left if isinstance(fact, SessionUpdated)}
    known = heard | set(sessions)
    return [fact for fact in left if not isinstance(fact, NetworkBilled) or _is_of_what_is_left(fact, gone, known, cut)]


def _is_of_what_is_left(bill: NetworkBilled, gone: Collection[str], known: Collection[str], cut: datetime) -> bool:
    # A credit matters by what it takes back alone, whatever session or time it names.
    return bill.takes_back is not None or bill.session in known or (bill.session not in gone and bill.started_at > cut)


def _begun_before(facts: Sequence[AnyFact], cut: datetime) -> set[str]:
    """Sessions that began before the cut, by the last word on it, whatever else is said of them."""
    told = [fact for fact in facts if isinstance(fact, SessionUpdated) and fact.started_at is not None]
    starts = {fact.session: fact.started_at for fact in sorted(told, key=order)}
    return {session for session, start in starts.items() if start is not None and start <= cut}


def extend(evidence: Evidence, fact: AnyFact, setting: BaySetting) -> bool:
    """Add a new fact to kept evidence; False, and nothing changed, if it is late and all must be folded again."""
    if _is_late(evidence, fact):
        return False
    _apply(evidence, fact, setting)
    return True


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
    if runs and fact.at <= runs[-1].last and (isinstance(fact, OccupancyRead) or fact.quality):
        return True
    if isinstance(fact, OccupancyRead) and is_told_already(evidence.qualms, fact):
        return True
    if evidence.cut is None or not runs:
        return False
    reaches = [quality_since(evidence.qualms, fact, runs[-1].last)]
    if isinstance(fact, OccupancyRead):
        reaches += _reaches(evidence, runs, fact)
    return any(reach is not None and reach <= evidence.cut for reach in reaches)


def _reaches(evidence: Evidence, runs: list[ReadingRun], fact: OccupancyRead) -> Iterator[datetime | None]:
    """How far back a reading tells something."""
    yield mended_from(runs, fact)
    if _is_change(runs, fact):
        yield flaps_since(evidence.qualms, evidence.changes, fact)
        # A release that this denies was none: what was taken before it is in doubt (enforcement.doubts).
        yield runs[-2:][0].first if is_said_once(runs[-1]) and not fact.edge else None


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
