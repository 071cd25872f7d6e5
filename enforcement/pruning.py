"""What kept evidence can do without: what was settled is forgotten, but for what it has shown of sensors."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from enforcement.calibration import learn, observe
from enforcement.evidence import Evidence, ReadingRun, Record, StatusRun
from enforcement.facts import NetworkBilled, sensor_subject
from enforcement.qualms import forget
from enforcement.setting import BaySetting
from enforcement.traces import is_over, own_sessions, session_end, session_start


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
    _forget_bills(evidence, evidence.cut, gone)


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
        learn(record, ended_at, departed, seen)
        yield ended_at, record


def _remember_records(evidence: Evidence, cut: datetime, setting: BaySetting) -> None:
    own = own_sessions(evidence.sessions, setting.evses)
    if not any(is_over(session) and session_end(session) <= cut for session in own):
        return
    for sensor, watchdog in setting.sensors.items():
        subject = sensor_subject(sensor)
        for ended_at, departed, seen in observe(own, evidence.readings.get(subject, ()), watchdog):
            if ended_at <= cut and (departed, seen) != (None, None):
                learn(evidence.records.setdefault(subject, Record()), ended_at, departed, seen)


def _settled(runs: list[ReadingRun] | list[StatusRun], cut: datetime) -> int:
    """How many leading runs ended before the cut; the last run always stays, it may still hold."""
    count = 0
    while count < len(runs) - 1 and runs[count + 1].first <= cut:
        count += 1
    return count


def _forget_bills(evidence: Evidence, cut: datetime, gone: set[str]) -> None:
    """Those that are settled; a credit stays beside the bill that it takes back."""
    settled = {record for record, bill in evidence.bills.items() if _is_settled(bill, cut, evidence, gone)}
    kept = evidence.bills.keys() - settled
    for record in settled:
        if evidence.bills[record].takes_back not in kept:
            del evidence.bills[record]


def _is_settled(bill: NetworkBilled, cut: datetime, evidence: Evidence, gone: set[str]) -> bool:
    """A bill goes with the session that it is of, or whose time it is in; with its own end, before that is heard of."""
    if bill.session is None:
        return bill.started_at <= cut
    if bill.session in gone or bill.session in evidence.sessions:
        return bill.session in gone
    return bill.ended_at < cut
