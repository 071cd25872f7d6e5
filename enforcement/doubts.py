"""When a sensor was not to be trusted, since when and why. What it said then confirms nothing.

Some of it is known only later: that a sensor is stuck is learnt from the second driver's session, that it missed a
change from the heartbeat that corrects it. Such a doubt covers the whole run of equal words, back to the change
that was the last one the sensor told: later knowledge then gives what knowing it at once would have given.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.calibration import charging_span, held, stuck
from enforcement.evidence import Evidence, ReadingRun, SessionTrace
from enforcement.facts import sensor_subject
from enforcement.pruning import records
from enforcement.sensing import is_said_once
from enforcement.setting import BaySetting
from enforcement.traces import is_over, own_sessions, session_end, session_start

# A vehicle that only a sensor knows of, and for so long: a person must look.
LONGEST_ALONE = timedelta(hours=24)
# States of a sensor whose word is still good.
SHOWN_ONLY = frozenset({"low_battery"})


class Doubt(NamedTuple):
    """A sensor was in a state in which it is not trusted; ``until`` None: it still is."""

    state: str
    since: datetime
    until: datetime | None


def doubts(
    evidence: Evidence, setting: BaySetting, sensor: str, sessions: Sequence[SessionTrace] | None = None
) -> list[Doubt]:
    """Everything that speaks against trusting a sensor's word, by time. ``sessions``: the bay's own, where known."""
    subject = sensor_subject(sensor)
    qualms = evidence.qualms.get(subject, ())
    found = [Doubt(q.state, q.since, q.until) for q in qualms if q.state not in SHOWN_ONLY]
    runs = evidence.readings.get(subject, ())
    own = own_sessions(evidence.sessions, setting.evses) if sessions is None else sessions
    of_runs = list(_of_runs(runs, own, setting.sensors[sensor]))
    # Only what a run shows, or a record that was poor already, makes a poor record.
    kept = evidence.records.get(subject)
    if of_runs or (kept is not None and kept.poor_since is not None):
        found += _inaccurate(evidence, setting, sensor)
    return sorted([*found, *of_runs], key=lambda doubt: (doubt.since, doubt.state)) if found or of_runs else []


def _of_runs(runs: Sequence[ReadingRun], sessions: Sequence[SessionTrace], watchdog: timedelta) -> Iterator[Doubt]:
    for index, (run, following, until) in enumerate(held(runs, watchdog)):
        if run.occupied is False and sessions:
            yield from _stuck_free(run, until, sessions)
        if run.occupied is not True:
            continue
        is_last = run is runs[-1]
        if (
            run.corrects
            or (following is not None and (following.corrects or following.occupied))
            or _denied(runs, index)
        ):
            yield Doubt("missed_change", run.first, None if is_last else until)
        elif len(sessions) > 1 and stuck(sessions, run, until):
            yield Doubt("stuck_occupied", run.first, None if is_last else until)
        elif run.last - run.first > LONGEST_ALONE and run.last - _vouched(run, sessions) > LONGEST_ALONE:
            yield Doubt("too_long_alone", run.first, None if is_last else until)


def _denied(runs: Sequence[ReadingRun], index: int) -> bool:
    """Whether a run's end was said once only, and the next word contradicts that."""
    if len(runs) <= index + 2:
        return False
    end, after = runs[index + 1 : index + 3]
    return is_said_once(end) and after.corrects


def _stuck_free(run: ReadingRun, until: datetime, sessions: Sequence[SessionTrace]) -> Iterator[Doubt]:
    """It said free while energy flowed: for this session its word is nothing."""
    for session in sessions:
        span = charging_span(session)
        if span is not None and run.first < span[1] and until > span[0]:
            end = min(until, session_end(session)) if is_over(session) else until
            yield Doubt("stuck_free", max(run.first, session_start(session)), end)


def _vouched(run: ReadingRun, sessions: Sequence[SessionTrace]) -> datetime:
    """When something else than the sensor last said that a vehicle was there."""
    ends = [session_end(s) if is_over(s) else s.heard for s in sessions]
    return max([run.first, *(end for end in ends if run.first <= end <= run.last)])


def _inaccurate(evidence: Evidence, setting: BaySetting, sensor: str) -> Iterator[Doubt]:
    """While its record is poor."""
    since: datetime | None = None
    for at, record in records(evidence, setting, sensor):
        if since is not None and record.poor_since is None:
            yield Doubt("inaccurate", since, at)
        since = record.poor_since
    if since is not None:
        yield Doubt("inaccurate", since, None)
