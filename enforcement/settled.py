"""What is settled: up to when nothing that may still come changes what was decided, so that evidence may go."""

from collections.abc import Container, Sequence
from datetime import datetime
from itertools import takewhile

from enforcement.evidence import Evidence
from enforcement.judging import JudgedStay
from enforcement.traces import PLUGGED, session_start


def settled_to(stays: Sequence[JudgedStay], evidence: Evidence) -> datetime | None:
    """The end of the last stay before which all are final, and after which the bay was not simply taken over.

    While a sensor goes on saying occupied beyond it, another one may still show that it is stuck.
    """
    settled: datetime | None = None
    for judged in stays:
        if not judged.is_final or judged.stay.left_at is None:
            break
        if judged.stay.is_last_here and not _goes_on_saying(evidence, judged.stay.left_at):
            settled = judged.stay.left_at
    return settled


def forgettable_to(
    stays: Sequence[JudgedStay], evidence: Evidence, before: datetime, held: Container[str]
) -> datetime | None:
    """Up to which moment, ``before`` at the latest, nothing is open; None: there is none.

    ``stays``: as they were judged on this evidence. ``held``: keys of violations that somebody still needs.
    """
    over = tuple(takewhile(lambda judged: _is_over(judged, before, held), stays))
    settled = settled_to(over, evidence)
    while settled is not None and _is_taken_back_later(evidence, settled):
        over = over[:-1]
        settled = settled_to(over, evidence)
    return settled


def _is_over(judged: JudgedStay, before: datetime, held: Container[str]) -> bool:
    left_at = judged.stay.left_at
    return left_at is not None and left_at <= before and not any(each.key in held for each in judged.violations)


def _is_taken_back_later(evidence: Evidence, moment: datetime) -> bool:
    """Whether a session counted then, and later words made it none: without them it is held against sensors."""
    none = (session for session in evidence.sessions.values() if session.status not in PLUGGED)
    return any(session_start(session) <= moment < session.heard for session in none)


def _goes_on_saying(evidence: Evidence, moment: datetime) -> bool:
    runs = (run for runs in evidence.readings.values() for run in runs)
    return any(run.occupied and run.first < moment < run.last for run in runs)
