"""The idle violation that is expected to begin: a vehicle charges, and its curve tells when it will have finished."""

from datetime import datetime

from enforcement.clauses import Kind
from enforcement.conditions import Condition, Stretch
from enforcement.courts import Court, clause_for
from enforcement.fees import Fee
from enforcement.foretelling import foretell
from enforcement.intervals import ZERO
from enforcement.stays import Stay
from enforcement.traces import is_over
from enforcement.violations import State, Violation, violation_key


def expected_idle(stay: Stay, stretches: tuple[Stretch, ...], court: Court, now: datetime) -> Violation | None:
    """The violation as it would begin if charging ends when it is expected to; None where nothing is sure enough.

    It is no violation yet: nothing is written of it. Asked for only by policies that tell drivers beforehand.
    """
    if court.policy.messages.about_to_finish is None or stay.left_at is not None or not stretches:
        return None
    session = next((each for each in reversed(stay.sessions) if not is_over(each)), None)
    if session is None or stretches[-1].condition is not Condition.CHARGING:
        return None
    clause = clause_for(Kind.IDLE, session, court, stay)
    found = foretell(session.curve, session.peak_w, session.soc, now)
    if clause is None or found is None:
        return None
    return Violation(
        key=violation_key(stay.bay, stay.arrived_at, Kind.IDLE, session.session),
        kind=Kind.IDLE,
        state=State.WATCHED,
        reason="expected",
        bay=stay.bay,
        policy=court.policy.name,
        session=session.session,
        token=session.token,
        clock_started_at=found.at,
        grace_ends_at=found.at + clause.start_after + clause.grace,
        violated_at=None,
        ended_at=None,
        fee=Fee(ZERO, 0, (), court.policy.currency, None, (), {}),
    )
