"""The laws of the core, as properties over whole small worlds."""

import copy
import random
from datetime import datetime, timedelta

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from enforcement.circumstances import NONE_KNOWN, Circumstances
from enforcement.decision import Decision, decide
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact, NetworkBilled, SessionUpdated
from enforcement.fee_lines import Treatment
from enforcement.folding import extend, fold
from enforcement.judging import JudgedStay
from enforcement.money import to_minor
from enforcement.pruning import prune, reaches_back_to
from enforcement.settled import forgettable_to
from enforcement.violations import State, Violation
from enforcement.warnings import notices
from tests.conftest import minutes
from tests.support.builders import arrives, charged, heartbeat, session, told
from tests.support.worlds import HABITS, SPAN, World, worlds

LATER = st.one_of(st.integers(0, 400), st.integers(0, 20_000)).map(lambda m: timedelta(minutes=m))
LAW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
BILLABLE = {"idle", "overstaying", "unplugged"}


def judged(world: World, now: datetime) -> Decision:
    known = [fact for fact in world.facts if fact.seen_at <= now]
    return decide(fold(known, world.setting), world.setting, heard(world, now), (world.policy,), now)


def heard(world: World, now: datetime) -> dict[str, list[tuple[datetime, datetime]]]:
    return {name: [(lo, min(hi, now)) for lo, hi in spans if lo <= now] for name, spans in world.feeds.items()}


def all_seen(world: World) -> datetime:
    ends = [hi for spans in world.feeds.values() for _, hi in spans]
    return max([minutes(SPAN), *ends, *(fact.seen_at for fact in world.facts)])


@LAW
@given(worlds(), st.randoms(use_true_random=False), LATER)
def test_the_order_of_facts_and_their_duplicates_change_nothing(
    world: World, chance: random.Random, later: timedelta
) -> None:
    shuffled = [*world.facts, *chance.choices(world.facts, k=5)] if world.facts else []
    chance.shuffle(shuffled)
    evidence = fold(world.facts, world.setting)
    assert fold(shuffled, world.setting) == evidence
    now = all_seen(world) + later
    again = decide(fold(shuffled, world.setting), world.setting, world.feeds, (world.policy,), now)
    assert again == decide(evidence, world.setting, world.feeds, (world.policy,), now)


@LAW
@given(worlds(max_facts=16))
def test_evidence_that_grows_fact_by_fact_equals_evidence_folded_at_once(world: World) -> None:
    grown = Evidence()
    for index, fact in enumerate(world.facts):
        if not extend(grown, fact, world.setting):
            grown = fold(world.facts[: index + 1], world.setting)
        assert grown == fold(world.facts[: index + 1], world.setting)


@LAW
@given(worlds())
def test_a_refused_late_fact_leaves_the_evidence_as_it_was(world: World) -> None:
    evidence = fold(world.facts[:-1], world.setting)
    before = copy.deepcopy(evidence)
    for fact in world.facts[-1:]:
        if not extend(evidence, fact, world.setting):
            assert evidence == before


@LAW
@given(worlds(max_facts=16), LATER)
def test_what_stands_after_pruning_again_and_again_equals_a_rebuild(world: World, later: timedelta) -> None:
    """As the ledger does it: fact by fact, looking again at each next look, settled evidence forgotten."""
    standing = Standing(world)
    for fact in world.facts:
        standing.look_until(fact.seen_at)
        standing.record(fact, fact.seen_at)
    now = all_seen(world) + later
    standing.look_until(now)
    standing.look(now)
    rebuilt = {v.key: v for v in judged(world, now).violations if v.state is not State.CLEARED}
    assert {key: essence(v) for key, v in standing.violations.items()} == {k: essence(v) for k, v in rebuilt.items()}


@LAW
@given(worlds(), LATER)
def test_what_was_heard_of_networks_before_what_is_not_settled_changes_nothing(world: World, later: timedelta) -> None:
    now = all_seen(world) + later
    evidence = fold(world.facts, world.setting)
    for _ in range(2):
        since = (reaches_back_to(evidence) or now) - HABITS.feed_watchdog
        recent = {name: [span for span in spans if span[1] >= since] for name, spans in world.feeds.items()}
        decision = decide(evidence, world.setting, world.feeds, (world.policy,), now)
        assert decide(evidence, world.setting, recent, (world.policy,), now) == decision
        if decision.settled_to is not None:
            prune(evidence, decision.settled_to, world.setting)


def essence(violation: Violation) -> tuple[object, ...]:
    fee = violation.fee
    return (
        violation.state,
        violation.clock_started_at,
        violation.ended_at,
        violation.token,
        fee.billable,
        fee.net_minor,
    )


class Standing:
    """The ledger's way with the core, without a database: what stands is only changed by what a decision speaks of."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.recorded: list = []
        self.evidence = Evidence()
        self.next_look: datetime | None = None
        self.violations: dict[str, Violation] = {}

    def record(self, fact: object, now: datetime) -> None:
        self.recorded.append(fact)
        if extend(self.evidence, fact, self.world.setting):  # type: ignore[arg-type]
            self.look(now)
        else:
            self.evidence = fold(self.recorded, self.world.setting)
            self.look(now, since=None)

    def look_until(self, now: datetime) -> None:
        looks = 0
        while self.next_look is not None and self.next_look <= now:
            looks += 1
            assert looks < 200, "the next look does not move on"
            self.look(self.next_look)

    def look(self, now: datetime, since: datetime | str | None = "cut") -> None:
        since = self.evidence.cut if since == "cut" else since
        decision = decide(self.evidence, self.world.setting, heard(self.world, now), (self.world.policy,), now)
        found = {violation.key: violation for violation in decision.violations}
        for key, violation in list(self.violations.items()):
            if key not in found and (since is None or violation.clock_started_at > since):
                del self.violations[key]
        for key, violation in found.items():
            if violation.state is State.CLEARED:
                self.violations.pop(key, None)
            else:
                self.violations[key] = violation
        if decision.settled_to is not None:
            prune(self.evidence, decision.settled_to, self.world.setting)
        assert decision.next_look is None or decision.next_look > now
        self.next_look = decision.next_look


@LAW
@given(worlds(max_facts=16), LATER)
def test_facts_that_are_forgotten_change_nothing_of_later_stays(world: World, later: timedelta) -> None:
    """But for what names a forgotten session and not when it began: only its id could tell, which is gone."""
    now = all_seen(world) + later
    evidence = fold(world.facts, world.setting)
    whole = decide(evidence, world.setting, world.feeds, (world.policy,), now)
    until = forgettable_to(whole.stays, evidence, now, frozenset())
    if until is None:
        return
    base = fold([fact for fact in world.facts if fact.at <= until], world.setting)
    prune(base, until, world.setting)
    assume(not any(is_of_forgotten(fact, world, base, until) for fact in world.facts))
    left = fold(world.facts, world.setting, copy.deepcopy(base))
    again = decide(left, world.setting, world.feeds, (world.policy,), now, known_by(whole, until))
    assert after(again, until) == after(whole, until)


def is_of_forgotten(fact: AnyFact, world: World, base: Evidence, until: datetime) -> bool:
    if not isinstance(fact, SessionUpdated | NetworkBilled) or fact.at <= until or fact.session in base.sessions:
        return False
    heard = {each.session for each in world.facts if isinstance(each, SessionUpdated) and each.at <= until}
    return fact.session in heard and (fact.started_at is None or fact.started_at > until)


def known_by(decision: Decision, since: datetime) -> Circumstances:
    """What is known besides facts when the first stay after that moment is judged: the ledger keeps what was spent."""
    courts = (judged.court for judged in after(decision, since))
    return next((court.circumstances for court in courts if court is not None), NONE_KNOWN)


def after(decision: Decision, since: datetime) -> list[JudgedStay]:
    return [judged for judged in decision.stays if judged.stay.arrived_at > since]


@LAW
@given(worlds(), LATER)
def test_billed_time_never_passes_the_last_evidence(world: World, later: timedelta) -> None:
    evidence = [fact.at for fact in world.facts]
    evidence += [min(f.ended_at, f.seen_at) for f in world.facts if isinstance(f, SessionUpdated) and f.ended_at]
    for violation in judged(world, all_seen(world) + later).violations:
        for line in violation.fee.lines:
            assert line.treatment is not Treatment.BILLED or line.end <= max(evidence)


@LAW
@given(worlds(), LATER)
def test_unknown_and_unusable_time_is_never_billed(world: World, later: timedelta) -> None:
    for violation in judged(world, all_seen(world) + later).violations:
        billed = sum((x.end - x.start for x in violation.fee.lines if x.treatment is Treatment.BILLED), timedelta(0))
        assert all(x.condition in BILLABLE for x in violation.fee.lines if x.treatment is Treatment.BILLED)
        assert violation.fee.billable == billed


@LAW
@given(worlds(), LATER)
def test_a_fee_is_never_above_its_cap(world: World, later: timedelta) -> None:
    for violation in judged(world, all_seen(world) + later).violations:
        clause = world.policy.clause(violation.kind)
        cap = None if clause is None else clause.limits.cap
        assert cap is None or violation.fee.net_minor <= to_minor(cap, world.policy.currency)
        assert violation.fee.net_minor >= 0


@LAW
@given(worlds(), LATER, LATER)
def test_with_the_same_facts_a_fee_never_falls_as_time_passes(world: World, first: timedelta, then: timedelta) -> None:
    now = all_seen(world) + first
    before, after = judged(world, now), judged(world, now + then)
    fees = {violation.key: violation.fee for violation in after.violations}
    for violation in before.violations:
        if violation.fee.net_minor:
            assert fees[violation.key].net_minor >= violation.fee.net_minor
            assert fees[violation.key].billable >= violation.fee.billable


@LAW
@given(worlds(), LATER)
def test_nothing_changes_between_two_looks(world: World, later: timedelta) -> None:
    """What a bay is, the state of each violation and what is to be told change only at the next look, or by a fact."""
    now = all_seen(world)
    first = judged(world, now)
    if first.next_look is None or now + later < first.next_look:
        then = judged(world, now + later)
        assert (then.now.condition, then.now.reason) == (first.now.condition, first.now.reason)
        assert {v.key: v.state for v in then.violations} == {v.key: v.state for v in first.violations}
        assert to_tell(world, then, now + later) <= to_tell(world, first, now)


def to_tell(world: World, decision: Decision, now: datetime) -> set[str]:
    telling, zone = world.policy.messages, world.setting.zone
    return {notice.identity(each) for each in decision.violations for notice in notices(each, now, telling, zone)}


@LAW
@given(
    st.sampled_from(["unplugged", "idle", "overstaying"]),
    st.lists(st.tuples(st.integers(1, 14), st.sampled_from(["sensor", "session"])), min_size=1, max_size=15),
)
def test_while_a_state_goes_on_in_order_facts_never_lower_its_fee(kind: str, steps: list[tuple[int, str]]) -> None:
    facts: list = [arrives(0)]
    if kind != "unplugged":
        facts += charged(0, 5, 10 if kind == "overstaying" else None)
    at, fee = 10, 0
    for minutes_on, who in steps:
        at += minutes_on
        goes_on = session(at) if who == "session" and kind == "idle" else heartbeat(True, at)
        facts.append(goes_on)
        now = sum(told(facts, at).fees.values())
        assert now >= fee
        fee = now
