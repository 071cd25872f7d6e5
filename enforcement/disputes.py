"""When a driver may contest a violation, and where it stands once a person has answered."""

from datetime import datetime, timedelta

from enforcement.violations import State

CONTESTABLE = frozenset({State.RUNNING, State.ENDED, State.SETTLED})
CONTEST_WITHIN = timedelta(days=60)
LONGEST_TEXT = 2_000


def may_contest(state: State, ended_at: datetime | None, is_contested: bool, now: datetime) -> bool:
    """Whether a violation may be contested: once, while it costs something, and for sixty days after its end."""
    if state not in CONTESTABLE or is_contested:
        return False
    return ended_at is None or now - ended_at <= CONTEST_WITHIN


def after_upholding(ended_at: datetime | None, *, is_stay_final: bool) -> State:
    """Where a violation stands when its fee was upheld: what the facts had made of it meanwhile."""
    if ended_at is None:
        return State.RUNNING
    return State.SETTLED if is_stay_final else State.ENDED
