"""Violations: a stay held against a policy, kind by kind, with state and reason."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from enforcement.evidence import session_start
from enforcement.fees import Counted, Fee, count, price
from enforcement.intervals import total
from enforcement.policy import Clause, Kind, Policy
from enforcement.stays import Stay
from enforcement.timeline import Condition, Stretch
from enforcement.windows import next_edge

# Without a policy nothing is priced, but stays are still closed after this long.
DEFAULT_SETTLE_AFTER = timedelta(minutes=15)


_INDEFINITE = frozenset({Condition.UNKNOWN, Condition.UNUSABLE})


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One kind of violation in one stay, as it stands at a moment.

    ``key`` is its identity: the session's for idle and overstaying, bay and arrival for unplugged, so that late facts
    find it again. ``clock_started_at``: the trigger; ``grace_ends_at``: when the grace was or will be used up;
    ``violated_at``: when chargeable time began, None while it has not; ``ended_at``: None while it goes on.
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


def find_violations(
    stay: Stay, stretches: Sequence[Stretch], policy: Policy, zone: str, now: datetime
) -> Iterator[Violation]:
    """All violations of a stay, watched ones included, in the order of their clauses and episodes."""
    for clause in policy.clauses.values():
        for episode in _episodes(stretches, clause):
            yield _violation(stay, episode, clause, policy, zone, now)


def is_final(stay: Stay, policy: Policy | None, now: datetime) -> bool:
    """Whether late facts of a stay are no longer waited for: what the bay says later may confirm earlier time."""
    settle_after = DEFAULT_SETTLE_AFTER if policy is None else policy.settle_after
    return stay.left_at is not None and now >= stay.left_at + settle_after


def next_change(violation: Violation, policy: Policy, zone: str, now: datetime) -> datetime | None:
    """When the violation changes by time alone: the grace ends, or a window opens or closes."""
    if violation.state is State.WATCHED and violation.grace_ends_at and violation.grace_ends_at > now:
        return violation.grace_ends_at
    if violation.state in (State.WATCHED, State.RUNNING):
        return next_edge(policy.clauses[violation.kind].windows, zone, now)
    return None


def _episodes(stretches: Sequence[Stretch], clause: Clause) -> Iterator[list[Stretch]]:
    """From the first counted stretch to the last one, anew after each charge: a new charge earns a new grace.

    Unknown and unusable time at the end of an open stay belongs to the episode: silence does not end a violation.
    """
    episode: list[Stretch] = []
    for stretch in stretches:
        if stretch.condition in clause.counts or (episode and stretch.condition is not Condition.CHARGING):
            episode.append(stretch)
        elif episode:
            yield _trimmed(episode, clause)
            episode = []
    if episode:
        yield _trimmed(episode, clause)


def _trimmed(episode: list[Stretch], clause: Clause) -> list[Stretch]:
    """Without what follows the last counted stretch, unless nothing definite follows."""
    last = max(i for i, stretch in enumerate(episode) if stretch.condition in clause.counts)
    is_definite = any(stretch.condition not in _INDEFINITE for stretch in episode[last + 1 :])
    return episode[: last + 1] if is_definite else episode


def _violation(
    stay: Stay, episode: Sequence[Stretch], clause: Clause, policy: Policy, zone: str, now: datetime
) -> Violation:
    counted = count(episode, clause, zone)
    is_open = stay.left_at is None and episode[-1].end >= now
    ended_at = None if is_open else max(s.end for s in episode if s.condition in clause.counts)
    violated_at = counted.chargeable[0][0] if counted.chargeable else None
    started = episode[0].start
    session = next((s for s in reversed(stay.sessions) if session_start(s) <= started), None)
    state, reason = _state(violated_at, ended_at, is_final=is_final(stay, policy, now))
    return Violation(
        key=_key(stay, clause.kind, None if session is None else session.session),
        kind=clause.kind,
        state=state,
        reason=reason,
        bay=stay.bay,
        policy=policy.name,
        session=None if session is None else session.session,
        token=stay.token if session is None else session.token,
        clock_started_at=started,
        grace_ends_at=_grace_end(counted, clause, now if is_open and episode[-1].condition in clause.counts else None),
        violated_at=violated_at,
        ended_at=ended_at,
        fee=price(counted, episode, clause, policy),
    )


def _key(stay: Stay, kind: Kind, session: str | None) -> str:
    if session is None or kind is Kind.UNPLUGGED:
        return f"{stay.bay}/{stay.arrived_at.isoformat()}/{kind}"
    return f"{session}/{kind}"


def _state(violated_at: datetime | None, ended_at: datetime | None, *, is_final: bool) -> tuple[State, str]:
    if ended_at is None:
        return (State.WATCHED, "within_grace") if violated_at is None else (State.RUNNING, "beyond_grace")
    if violated_at is None:
        return State.CLEARED, "ended_in_time"
    return (State.SETTLED, "final") if is_final else (State.ENDED, "waiting_for_late_facts")


def _grace_end(counted: Counted, clause: Clause, counting_at: datetime | None) -> datetime | None:
    """When the grace was used up, or will be if counting goes on; None if it does not."""
    if counted.beyond_grace:
        return counted.beyond_grace[0][0]
    return None if counting_at is None else counting_at + clause.grace - total(counted.held)
