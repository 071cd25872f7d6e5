"""Sessions calibrate sensors: a plugged vehicle is there, whatever a sensor says, and the next driver's is another one.

Each session that is over tells two things of a sensor at its bay, at most: whether it saw the vehicle while energy
flowed, and whether it saw it leave. What a lost frame or a silence may explain is no observation.
"""

import itertools
import math
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from enforcement.evidence import ReadingRun, Record, SessionTrace
from enforcement.intervals import Span
from enforcement.traces import is_over, session_end, session_start

# Sensors tell changes late by so much, and network clocks are off by so much.
TOLERANCE = timedelta(minutes=2)
# A release at the very moment at which the next one comes is none.
_AT_ONCE = timedelta(seconds=10)
# A sensor that is wrong more often than this, as sure as two standard deviations, is no witness.
WORST_RATE = 0.05
_DEVIATIONS = 1.96
# A run, what came directly after it, and how far its word held.
Held = tuple[ReadingRun, ReadingRun | None, datetime]


def learn(record: Record, at: datetime, departed: bool | None, seen: bool | None) -> None:
    """Count the observations of a session that ended at ``at``; None is none."""
    record.departures += departed is not None
    record.stayed += departed is False
    record.charges += seen is not None
    record.missed += seen is False
    is_poor = bounds(record.stayed, record.departures)[0] > WORST_RATE
    record.poor_since = (record.poor_since or at) if is_poor else None


def bounds(errors: int, observations: int) -> tuple[float, float]:
    """Between which rates of error the true one lies, with 95 % confidence (Wilson 1927). Without any: 0 to 1."""
    if not observations:
        return 0.0, 1.0
    z2, rate = _DEVIATIONS**2, errors / observations
    centre = rate + z2 / (2 * observations)
    spread = _DEVIATIONS * math.sqrt(rate * (1 - rate) / observations + z2 / (4 * observations**2))
    scale = 1 + z2 / observations
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


def observe(
    sessions: Sequence[SessionTrace], runs: Sequence[ReadingRun], watchdog: timedelta
) -> Iterator[tuple[datetime, bool | None, bool | None]]:
    """Of each session that is over: its end, whether the sensor saw the vehicle leave, and whether it saw it charge.

    ``sessions``: the bay's own, by their start.
    """
    words = held(runs, watchdog)
    for session, following in itertools.zip_longest(sessions, sessions[1:]):
        if is_over(session):
            yield session_end(session), _departed(session, following, words), _seen(session, words)


def stuck(sessions: Sequence[SessionTrace], run: ReadingRun, until: datetime) -> bool:
    """Whether a sensor said occupied in one run up to ``until``, from one driver's session into another's."""
    return any(is_over(one) and _is_left_behind(one, other, run, until) for one, other in itertools.pairwise(sessions))


def charging_span(session: SessionTrace) -> Span | None:
    """In which time energy flowed for certain, less a tolerance at both ends: the vehicle was there."""
    end = next((period.start for period in session.periods if period.parking), None)
    if end is None and session.energy_wh:
        end = session.rose_at
    if end is None:
        return None
    start = session_start(session) + TOLERANCE
    end = min(end, session_end(session)) if is_over(session) else end
    return (start, end - TOLERANCE) if start < end - TOLERANCE else None


def is_same_vehicle(one: SessionTrace, other: SessionTrace) -> bool:
    """Whether two sessions in a row are of one driver."""
    return one.token is not None and one.token == other.token


def held(runs: Sequence[ReadingRun], watchdog: timedelta) -> list[Held]:
    """Each run, what came directly after it (None: nothing, a silence, or lost frames) and how far its word held."""
    out: list[Held] = []
    for run, following in itertools.zip_longest(runs, runs[1:]):
        if following is None or following.first > run.last + watchdog:
            out.append((run, None, run.last + watchdog))
        elif following.edge or following.corrects or following.occupied is None:
            out.append((run, following, following.first))
        else:
            out.append((run, None, run.last))
    return out


def _is_left_behind(one: SessionTrace, other: SessionTrace, run: ReadingRun, until: datetime) -> bool:
    """Whether the run goes on from one vehicle to another that came some time after it had left."""
    if is_same_vehicle(one, other):
        return False
    left, came = session_end(one), session_start(other)
    return came - left > TOLERANCE and run.first <= left and until > came - _AT_ONCE


def _departed(
    session: SessionTrace,
    following: SessionTrace | None,
    words: Sequence[Held],
) -> bool | None:
    left = session_end(session)
    for run, then, until in words:
        if run.occupied is not True or not run.first <= left <= until + TOLERANCE:
            continue
        if following is not None and _is_left_behind(session, following, run, until):
            return False
        if then is None or then.occupied is not False:
            return None
        return not then.corrects
    return None


def _seen(session: SessionTrace, words: Sequence[Held]) -> bool | None:
    span = charging_span(session)
    if span is None:
        return None
    seen: bool | None = None
    for run, _, until in words:
        if run.first < span[1] and until > span[0]:
            if run.occupied is False:
                return False
            seen = seen or run.occupied
    return seen
