"""Violations: a stay held against a policy, kind by kind, with state and reason."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import partial

from enforcement.circumstances import Circumstances
from enforcement.clocks import Episode, episodes
from enforcement.counting import Counted, count
from enforcement.fees import Fee, Terms, price
from enforcement.intervals import ZERO, total
from enforcement.money import Tax
from enforcement.policy import OF_STATION, Clause, Kind, Policy
from enforcement.setting import BaySetting
from enforcement.sites import sure_shares
from enforcement.stays import Stay
from enforcement.tiers import Occupancy
from enforcement.timeline import Stretch
from enforcement.traces import SessionTrace
from enforcement.windows import next_edge

# Without a policy nothing is priced, but stays are still closed after this long.
DEFAULT_SETTLE_AFTER = timedelta(minutes=15)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
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


@dataclass(frozen=True, slots=True)
class Court:
    """Where a stay is judged: its bay, the policy that it is under, the taxes that hold, and the circumstances."""

    setting: BaySetting
    policy: Policy
    taxes: tuple[Tax, ...]
    circumstances: Circumstances

    @property
    def zone(self) -> str:
        """The time zone of windows and days."""
        return self.policy.zone or self.setting.zone

    @property
    def calendar(self) -> Container[date] | None:
        """The public holidays; None where they are not known."""
        name = self.setting.calendar if self.policy.holidays == OF_STATION else self.policy.holidays
        return self.circumstances.holidays.get(name or "")


def find_violations(stay: Stay, stretches: Sequence[Stretch], court: Court, now: datetime) -> Iterator[Violation]:
    """All violations of a stay, watched ones included, oldest clock first.

    The driver's cap of a day is used up by the stay's violations in that order.
    """
    spent = court.circumstances.spent
    cases = [
        (episode, clause)
        for clause in court.policy.clauses
        for episode in episodes(stay, stretches, clause)
        if _holds(clause, episode, court, stay)
    ]
    for episode, clause in sorted(cases, key=lambda case: (case[0].start, case[1].kind)):
        violation = _violation(stay, episode, clause, court, spent, now)
        spent = spent_with(spent, violation, court.circumstances)
        yield violation


Spent = Mapping[tuple[str, date], Fraction]


def spent_with(spent: Spent, violation: Violation, circumstances: Circumstances) -> Spent:
    """What drivers were charged by day, this violation added."""
    driver, by_day = circumstances.driver(violation.token), violation.fee.by_day
    if driver is None or not by_day:
        return spent
    return {**spent, **{(driver, day): spent.get((driver, day), Fraction(0)) + by_day[day] for day in by_day}}


def is_final(stay: Stay, policy: Policy | None, now: datetime) -> bool:
    """Whether late facts of a stay are no longer waited for: what the bay says later may confirm earlier time."""
    settle_after = DEFAULT_SETTLE_AFTER if policy is None else policy.settle_after
    final_at = stay.final_at(settle_after)
    return final_at is not None and now >= final_at


def warning_moment(violation: Violation) -> datetime:
    """When a driver is told that the grace runs: at once; but of a limit on the stay, shortly before it passes."""
    return _warns_at(violation.kind, violation.clock_started_at, violation.grace_ends_at)


def _warns_at(kind: Kind, started_at: datetime, grace_ends_at: datetime | None) -> datetime:
    if kind is not Kind.OVERTIME or grace_ends_at is None:
        return started_at
    return max(started_at, grace_ends_at - LIMIT_IS_NEAR)


def next_change(violation: Violation, court: Court, now: datetime) -> datetime | None:
    """When time alone changes something: a warning is due, the grace ends, or a window opens or closes."""
    if violation.state is State.WATCHED and violation.grace_ends_at and violation.grace_ends_at > now:
        warns_at = warning_moment(violation)
        return warns_at if warns_at > now else violation.grace_ends_at
    if violation.state in (State.WATCHED, State.RUNNING):
        policy = court.policy
        windows = [w for clause in policy.clauses if clause.kind is violation.kind for w in clause.windows]
        return next_edge(windows, court.zone, now, court.calendar)
    return None


def _holds(clause: Clause, episode: Episode, court: Court, stay: Stay) -> bool:
    return clause_for(clause.kind, episode.session, court, stay) is clause


def clause_for(kind: Kind, session: SessionTrace | None, court: Court, stay: Stay) -> Clause | None:
    """Of several clauses of one kind the first that is for this vehicle holds; None where none is."""
    session = session or next(iter(stay.sessions), None)
    return next((c for c in court.policy.clauses if c.kind is kind and _is_for(c, session, court, stay)), None)


def _is_for(clause: Clause, session: SessionTrace | None, court: Court, stay: Stay) -> bool:
    """Before a vehicle plugs in, its bay tells the power class if all of its EVSEs are for this clause."""
    evses = court.setting.evses if session is None else (session.evse,)
    classes = {court.setting.power_classes.get(evse) for evse in evses}
    contract = None if session is None else session.contract
    groups: frozenset[str] = frozenset()
    if clause.who.groups:
        groups = court.circumstances.groups(stay.token, stay.arrived_at, court.setting.station)
    return clause.who.fits(classes, contract, groups)


def _violation(
    stay: Stay,
    episode: Episode,
    clause: Clause,
    court: Court,
    spent: "Spent",
    now: datetime,
) -> Violation:
    policy, circumstances, zone = court.policy, court.circumstances, court.zone
    session = episode.session
    token = stay.token if session is None else session.token
    key = violation_key(stay.bay, stay.arrived_at, clause.kind, None if session is None else session.session)
    counting = partial(
        count,
        episode.stretches,
        clause,
        zone,
        since=episode.start,
        warned_at=circumstances.warned_at.get(key),
        calendar=court.calendar,
        billed=stay.billed if stay.bills else (),
    )
    counted = counting()
    grace_ends_at = _grace_end(counted, clause, now if episode.is_counting(clause) else None)
    held_until = _held_until(episode.start, grace_ends_at, clause, court)
    if held_until is not None:
        counted, grace_ends_at = counting(not_before=held_until), held_until
    driver = circumstances.driver(token)
    terms = Terms(
        policy=policy,
        clause=clause,
        zone=zone,
        taxes=court.taxes,
        occupancy=_occupancy(clause, circumstances),
        spent={day: amount for (who, day), amount in spent.items() if who == driver},
    )
    violated_at = counted.violating[0][0] if counted.violating else None
    exemption = _exemption(clause, token, stay, court)
    is_unwarned = clause.grace_anchor == "warning" and key not in circumstances.warned_at
    state, reason = _state(violated_at, episode.end, is_final(stay, policy, now), exemption)
    if is_unwarned and total(counted.held) > clause.start_after + clause.grace:
        reason = NOT_WARNED
    return Violation(
        key=key,
        kind=clause.kind,
        state=state,
        reason=reason,
        bay=stay.bay,
        policy=policy.name,
        session=None if session is None else session.session,
        token=token,
        clock_started_at=episode.start,
        grace_ends_at=grace_ends_at,
        violated_at=violated_at,
        ended_at=episode.end,
        fee=price(Counted.nothing() if exemption else counted, episode.stretches, terms),
        clause=next(index for index, each in enumerate(policy.clauses) if each is clause),
    )


def _held_until(started_at: datetime, grace_ends_at: datetime | None, clause: Clause, court: Court) -> datetime | None:
    """Until when quiet hours hold a fee back: the warning could not leave in them, and its time begins after them.

    Where a grace begins with the delivery of the warning anyway, there is nothing to hold back.
    """
    telling = court.policy.messages
    if not telling.quiet_starts_no_fee or telling.quiet is None or grace_ends_at is None:
        return None
    warns_at = _warns_at(clause.kind, started_at, grace_ends_at)
    quiet = telling.quiet.around(warns_at, court.setting.zone)
    if quiet is None or clause.grace_anchor == "warning":
        return None
    return quiet[1] + (grace_ends_at - warns_at)


def violation_key(bay: str, arrived_at: datetime, kind: Kind, session: str | None) -> str:
    """The identity of a violation: its session's, but of one that no session begins its bay and arrival."""
    if session is None or kind is Kind.UNPLUGGED:
        return f"{bay}/{arrived_at.isoformat()}/{kind}"
    return f"{session}/{kind}"


def _exemption(clause: Clause, token: str | None, stay: Stay, court: Court) -> str | None:
    """Why this driver is spared; None where nothing says so."""
    who = clause.who
    for reason, spared in ((EXEMPT_GROUP, who.exempt_groups), (EXEMPT_PERMIT, who.exempt_permits)):
        is_permit = reason == EXEMPT_PERMIT
        if spared and not spared.isdisjoint(
            court.circumstances.groups(token, stay.arrived_at, court.setting.station, permits=is_permit)
        ):
            return reason
    return None


def _occupancy(clause: Clause, circumstances: Circumstances) -> Occupancy:
    if circumstances.occupancy:
        return circumstances.occupancy
    return sure_shares(circumstances.site, clause.tiers) if clause.needs_occupancy else ()


def _state(
    violated_at: datetime | None, ended_at: datetime | None, is_final: bool, exemption: str | None
) -> tuple[State, str]:
    if violated_at is None:
        return (State.WATCHED, "within_grace") if ended_at is None else (State.CLEARED, "ended_in_time")
    if exemption:
        return State.WAIVED, exemption
    if ended_at is None:
        return State.RUNNING, "beyond_grace"
    return (State.SETTLED, "final") if is_final else (State.ENDED, "waiting_for_late_facts")


def _grace_end(counted: Counted, clause: Clause, counting_at: datetime | None) -> datetime | None:
    """When what is allowed and the grace were used up, or will be if counting goes on; None if it does not.

    Where grace waits for a warning that was not delivered yet: if it were delivered now.
    """
    if counted.beyond_grace:
        return counted.beyond_grace[0][0]
    if counting_at is None:
        return None
    if clause.grace_anchor == "warning":
        allowed = max(ZERO, clause.start_after - total(counted.held))
        return counting_at + allowed + clause.grace - total(counted.limited)
    return counting_at + clause.start_after + clause.grace - total(counted.held)
