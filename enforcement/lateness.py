"""Facts that come late: those that speak of time before the last word, and of time that is settled and forgotten."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from enforcement.evidence import Evidence, ReadingRun
from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    OccupancyRead,
    PlateSeen,
    SessionUpdated,
    order,
)
from enforcement.mending import mended_from
from enforcement.qualms import flaps_since, is_told_already, quality_since
from enforcement.sensing import denied_from, is_change, is_overtaken, is_said_once
from enforcement.traces import session_start


def is_late(evidence: Evidence, fact: AnyFact) -> bool:
    """Whether a fact can't be added at the end, so that all must be folded again."""
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
    yield denied_from(runs, fact)
    if is_change(runs, fact):
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


def after_cut(facts: Sequence[AnyFact], sessions: Collection[str], cut: datetime) -> list[AnyFact]:
    """These facts without what speaks of time before the cut. A bill goes with its session, where that is known.

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
