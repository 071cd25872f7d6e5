"""Violations: what one is, where it stands, and its identity."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from enforcement.clauses import Kind
from enforcement.fees import Fee

LIMIT_IS_NEAR = timedelta(minutes=15)
# Why the core itself waives a violation: unlike a person's waiver, it ends when its ground does.
EXEMPT_GROUP, EXEMPT_PERMIT = "exempt_group", "exempt_permit"
EXEMPTIONS = frozenset({EXEMPT_GROUP, EXEMPT_PERMIT})
# A grace that begins with a warning never began: nothing is due.
NOT_WARNED = "not_warned"


class State(StrEnum):
    """Where a violation stands. The core decides the first five; ``warned`` and the last three are set by others.

    ``cleared``: the driver left, or plugged in, in time; or late facts took the ground away. No violation.
    """

    WATCHED = "watched"
    WARNED = "warned"
    RUNNING = "running"
    ENDED = "ended"
    SETTLED = "settled"
    CLEARED = "cleared"
    WAIVED = "waived"
    DISPUTED = "disputed"
    REFERRED = "referred"


# Until the grace is used up, or when it ended in time, nobody broke anything.
NOT_YET = frozenset({State.WATCHED, State.WARNED, State.CLEARED})


class Violation(NamedTuple):
    """One kind of violation in one stay, as it stands at a moment.

    ``key`` is its identity: the session's for all kinds that a session begins, bay and arrival for the others, so that
    late facts find it again. ``clock_started_at``: the trigger; ``grace_ends_at``: when what is allowed and the grace
    were or will be used up; ``violated_at``: when it became one, None while it has not; ``ended_at``: None while it
    goes on. ``clause``: the index of the policy's clause that it broke.
    """

    key: str
    kind: Kind
    state: State
    reason: str
    bay: str
    policy: str
    session: str | None
    token: str | None
    clock_started_at: datetime
    grace_ends_at: datetime | None
    violated_at: datetime | None
    ended_at: datetime | None
    fee: Fee
    clause: int = 0


def violation_key(bay: str, arrived_at: datetime, kind: Kind, session: str | None) -> str:
    """The identity of a violation: its session's, but of one that no session begins its bay and arrival."""
    if session is None or kind is Kind.UNPLUGGED:
        return f"{bay}/{arrived_at.isoformat()}/{kind}"
    return f"{session}/{kind}"


def warning_moment(violation: Violation) -> datetime:
    """When a driver is told that the grace runs: at once; but of a limit on the stay, shortly before it passes."""
    return warns_at(violation.kind, violation.clock_started_at, violation.grace_ends_at)


def warns_at(kind: Kind, started_at: datetime, grace_ends_at: datetime | None) -> datetime:
    """The same, of a clock that started and a grace that ends then."""
    if kind is not Kind.OVERTIME or grace_ends_at is None:
        return started_at
    return max(started_at, grace_ends_at - LIMIT_IS_NEAR)
