"""The fold: facts condensed to what a decision needs, in constant time and space per fact.

Readings that repeat each other become one run; a session keeps what its latest updates said. A fact that comes in
order only touches the end of a run. A fact that comes late is not patched in: the facts are folded again, sorted, so
that any order gives the same evidence.
"""

from collections.abc import Iterable
from datetime import datetime

from enforcement.evidence import Evidence, StatusRun
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
from enforcement.lateness import after_cut, is_late
from enforcement.qualms import note_change, note_quality
from enforcement.sensing import is_change, note_report, read
from enforcement.setting import BaySetting
from enforcement.sightings import see
from enforcement.traces import hear


def fold(facts: Iterable[AnyFact], setting: BaySetting, base: Evidence | None = None) -> Evidence:
    """Condense facts in any order, each any number of times.

    ``base``: what earlier facts came to, which are forgotten; it is built upon. What speaks of their time says nothing.
    """
    evidence = Evidence() if base is None else base
    facts = facts if base is None or base.cut is None else after_cut(list(facts), base.sessions, base.cut)
    seen: set[tuple[str, str]] = set()
    for fact in sorted(facts, key=order):
        identity = (fact.source, fact.source_id)
        if identity not in seen:
            seen.add(identity)
            _apply(evidence, fact, setting)
    return evidence


def extend(evidence: Evidence, fact: AnyFact, setting: BaySetting) -> bool:
    """Add a new fact to kept evidence; False, and nothing changed, if it is late and all must be folded again."""
    if is_late(evidence, fact):
        return False
    _apply(evidence, fact, setting)
    return True


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
    if is_change(runs, fact):
        note_change(evidence.qualms, evidence.changes, fact)
    read(runs, evidence.frames, fact, setting.sensors.get(fact.subject.removeprefix("sensor:")))


def _last_word(evidence: Evidence, fact: OccupancyRead | DeviceReported) -> datetime | None:
    runs = evidence.readings.get(fact.subject)
    return runs[-1].last if runs else None


def _status(runs: list[StatusRun], fact: ChargerStatusSeen) -> None:
    if runs and runs[-1].status == fact.status:
        runs[-1].last = fact.at
    else:
        runs.append(StatusRun(fact.status, fact.at, fact.at))
