"""A stay held against a policy, clause by clause: each run of a clause's clock with its state, reason and fee."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction

from enforcement.circumstances import Circumstances
from enforcement.clauses import Clause
from enforcement.clocks import Episode, episodes
from enforcement.conditions import Stretch
from enforcement.counting import NOTHING, Counted
from enforcement.courts import Court, clause_for, exemption
from enforcement.fees import Fee, Terms, price
from enforcement.graces import counted_time
from enforcement.intervals import total
from enforcement.sites import sure_shares
from enforcement.stays import Stay
from enforcement.tiers import Occupancy
from enforcement.violations import NOT_WARNED, State, Violation, violation_key

Spent = Mapping[tuple[str, date], Fraction]


def find_violations(
    stay: Stay, stretches: Sequence[Stretch], court: Court, now: datetime, *, is_final: bool
) -> Iterator[Violation]:
    """All violations of a stay, watched ones included, oldest clock first. ``is_final``: no late fact is waited for.

    The driver's cap of a day is used up by the stay's violations in that order.
    """
    cases = [
        (episode, clause, index)
        for index, clause in enumerate(court.policy.clauses)
        for episode in episodes(stay, stretches, clause)
        if clause_for(clause.kind, episode.session, court, stay) is clause
    ]
    if len(cases) > 1:
        cases.sort(key=lambda case: (case[0].start, case[1].kind))
    spent = court.circumstances.spent
    last: Violation | None = None
    for episode, clause, index in cases:
        if last is not None:
            spent = spent_with(spent, last, court.circumstances)
        last = _violation(stay, episode, clause, index, court, spent, now, is_final)
        yield last


def spent_with(spent: Spent, violation: Violation, circumstances: Circumstances) -> Spent:
    """What drivers were charged by day, this violation added."""
    by_day = violation.fee.by_day
    driver = circumstances.driver(violation.token) if by_day else None
    if driver is None:
        return spent
    return {**spent, **{(driver, day): spent.get((driver, day), Fraction(0)) + by_day[day] for day in by_day}}


def _violation(
    stay: Stay,
    episode: Episode,
    clause: Clause,
    index: int,
    court: Court,
    spent: Spent,
    now: datetime,
    is_final: bool,
) -> Violation:
    session = episode.session
    name, token = (None, stay.token) if session is None else (session.session, session.token)
    key = violation_key(stay.bay, stay.arrived_at, clause.kind, name)
    counted, grace_ends_at = counted_time(stay, episode, clause, court, key, now)
    spared = exemption(clause, token, stay, court)
    violated_at = counted.violating[0][0] if counted.violating else None
    state, reason = _state(violated_at, episode.end, is_final, spared)
    is_unwarned = clause.grace_anchor == "warning" and key not in court.circumstances.warned_at
    if is_unwarned and total(counted.held) > clause.start_after + clause.grace:
        reason = NOT_WARNED
    return Violation(
        key,
        clause.kind,
        state,
        reason,
        stay.bay,
        court.policy.name,
        name,
        token,
        episode.start,
        grace_ends_at,
        violated_at,
        episode.end,
        _fee(NOTHING if spared else counted, episode.stretches, clause, court, token, spent),
        index,
    )


def _fee(
    counted: Counted, stretches: Sequence[Stretch], clause: Clause, court: Court, token: str | None, spent: Spent
) -> Fee:
    circumstances = court.circumstances
    driver = circumstances.driver(token) if spent else None
    own = {day: amount for (who, day), amount in spent.items() if who == driver} if spent else None
    terms = Terms(court.policy, clause, court.zone, court.taxes, _occupancy(clause, circumstances), own)
    return price(counted, stretches, terms)


def _occupancy(clause: Clause, circumstances: Circumstances) -> Occupancy:
    if circumstances.occupancy:
        return circumstances.occupancy
    return sure_shares(circumstances.site, clause.tiers) if clause.needs_occupancy else ()


def _state(
    violated_at: datetime | None, ended_at: datetime | None, is_final: bool, spared: str | None
) -> tuple[State, str]:
    if violated_at is None:
        return (State.WATCHED, "within_grace") if ended_at is None else (State.CLEARED, "ended_in_time")
    if spared:
        return State.WAIVED, spared
    if ended_at is None:
        return State.RUNNING, "beyond_grace"
    return (State.SETTLED, "final") if is_final else (State.ENDED, "waiting_for_late_facts")
