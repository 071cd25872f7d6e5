"""The laws of pricing, on the whole core: any policy, any stay, from facts to fee."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from enforcement.clauses import Limits, Who
from enforcement.decision import decide
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact
from enforcement.fee_lines import Treatment
from enforcement.folding import extend, fold
from enforcement.intervals import total
from enforcement.money import half_up, to_minor
from enforcement.pieces import pieces
from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from enforcement.tier_amounts import amounts
from enforcement.tiers import Tier
from enforcement.violations import Violation
from enforcement.windows import Window, open_spans
from tests.support.policy_worlds import TOKEN, Told, decision, fee, violations, with_clause
from tests.support.random_policies import HEAD, policies, stays

LAW = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def paid(told: Told, policy: Policy) -> int:
    return sum(violation.fee.total_minor for violation in violations(told, policy))


@LAW
@given(stays(), policies())
def test_lines_cover_the_time_and_add_up_to_the_fee_before_limits(told: Told, policy: Policy) -> None:
    for violation in violations(told, policy):
        lines = violation.fee.lines
        assert all(a.end == b.start for a, b in pairwise(lines))
        assert all(line.amount == 0 for line in lines if line.treatment is not Treatment.BILLED)
        exact = sum((line.amount for line in lines), Fraction(0))
        if violation.fee.limit is None:
            gross = violation.fee.total_minor if policy.tax_included else violation.fee.net_minor
            assert gross == to_minor(exact, policy.currency)


@LAW
@given(stays(), policies())
def test_the_days_add_up_to_the_fee_and_none_passes_its_cap(told: Told, policy: Policy) -> None:
    limits = policy.clauses[0].limits
    for violation in violations(told, policy):
        fee = violation.fee
        charged = fee.total_minor if policy.tax_included else fee.net_minor
        assert sum(fee.by_day.values(), Fraction(0)) * 100 == charged
        assert limits.cap is None or charged <= limits.cap * 100
        for day, amount in fee.by_day.items():
            assert limits.cap_day is None or amount <= max(limits.cap_day, limits.minimum or 0)
            if limits.cap_driver_day is not None:
                room = limits.cap_driver_day - told.spent.get((violation.token or "", day), Fraction(0))
                assert amount * 100 <= half_up(max(room, Fraction(0)) * 100)


@LAW
@given(stays(), policies())
def test_each_tax_is_rounded_once_on_its_own(told: Told, policy: Policy) -> None:
    for violation in violations(told, policy):
        fee = violation.fee
        assert [line.name for line in fee.taxes] == [tax.name for tax in policy.taxes]
        base = Fraction(fee.net_minor)
        if policy.tax_included:
            base = Fraction(fee.total_minor) / (1 + sum((tax.rate for tax in policy.taxes), Fraction(0)))
        assert [line.amount_minor for line in fee.taxes] == [half_up(base * tax.rate) for tax in policy.taxes]


def plain(policy: Policy) -> Policy:
    """Without what may rightly make a fee dearer as time is taken away: other tiers, other steps, rounding up.

    Whole units are cut at their end: taken away before, that may lie on a day whose cap is not reached.
    """
    (clause,) = policy.clauses
    if clause.limits.cap_day is not None or clause.limits.cap_driver_day is not None:
        clause = replace(clause, rounding="exact")
    tier = max(clause.tiers, key=lambda tier: tier.rate / tier.per.seconds)
    rate = replace(clause, tiers=(Tier(rate=tier.rate, per=tier.per),), money="total")
    return replace(policy, clauses=(rate,))


@LAW
@given(stays(), policies(), st.integers(1, 3000))
def test_a_longer_grace_is_never_dearer(told: Told, policy: Policy, seconds: int) -> None:
    at_one_rate = plain(policy)
    longer = timedelta(seconds=seconds)
    grace, start_after = at_one_rate.clauses[0].grace, at_one_rate.clauses[0].start_after
    assert paid(told, with_clause(at_one_rate, grace=grace + longer)) <= paid(told, at_one_rate)
    assert paid(told, with_clause(at_one_rate, start_after=start_after + longer)) <= paid(told, at_one_rate)


@LAW
@given(stays(), policies(), st.sampled_from(["cap", "cap_day", "cap_driver_day"]), st.sampled_from(["3", "3.10", "7"]))
def test_a_lower_cap_is_never_dearer(told: Told, policy: Policy, name: str, amount: str) -> None:
    limits = policy.clauses[0].limits
    old = getattr(limits, name)
    lower = Fraction(amount) if old is None else min(old, Fraction(amount))
    capped = with_clause(policy, limits=replace(limits, **{name: lower}))
    assert paid(told, capped) <= paid(told, policy)


@LAW
@given(stays(), policies())
def test_an_exemption_is_never_dearer_and_spares_its_group_alone(told: Told, policy: Policy) -> None:
    spared = with_clause(policy, who=Who(exempt_groups=frozenset({"permit"})))
    assert paid(told, spared) == paid(told, policy)
    member = replace(told, groups=frozenset({"permit"}))
    if told.plugged is not None:
        assert paid(member, spared) == 0
        assert all(v.state == "waived" for v in violations(member, spared))


@LAW
@given(stays(), policies())
def test_what_is_not_known_never_makes_a_fee_dearer(told: Told, policy: Policy) -> None:
    """No delivery of a warning, no calendar, no state of charge: each alone. Without limits that depend on one another."""
    for unknown in (replace(told, warned=None), replace(told, soc=())):
        assert not violations(unknown, policy) or paid(unknown, policy) <= paid(told, policy)
    at_one_rate = with_clause(plain(policy), limits=Limits())
    assert paid(replace(told, calendar=None), at_one_rate) <= paid(told, at_one_rate)


def essence(violation: Violation) -> tuple[object, ...]:
    return violation.key, violation.state, violation.violated_at, violation.ended_at, violation.fee


@LAW
@given(stays(), policies(), st.randoms(use_true_random=False))
def test_late_facts_give_what_facts_in_time_would_have_given(told: Told, policy: Policy, chance: object) -> None:
    facts = told.facts()
    shuffled = list(facts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    in_time, late = Evidence(), Evidence()
    for fact in facts:
        if not extend(in_time, fact, told.setting):  # two facts of one moment
            in_time = fold(facts[: facts.index(fact) + 1], told.setting)
    come: list[AnyFact] = []
    for fact in shuffled:
        come.append(fact)
        if not extend(late, fact, told.setting):
            late = fold(come, told.setting)
    now = told.left + timedelta(days=1)
    results = [
        decide(evidence, told.setting, told.feeds, (policy,), now, told.circumstances(policy))
        for evidence in (in_time, late)
    ]
    assert [essence(v) for v in results[0].violations] == [essence(v) for v in results[1].violations]


@LAW
@given(stays(), policies(), st.lists(st.integers(0, 12_000), max_size=6))
def test_saying_the_same_more_often_changes_nothing(told: Told, policy: Policy, seconds: list[int]) -> None:
    """Heartbeats of the sensor and repetitions of the session between what was told anyway: no fee changes."""
    facts = told.facts()
    more: list[AnyFact] = list(facts)
    (arrival,) = [fact for fact in facts if fact.source_id.endswith("/True")]
    for offset in seconds:
        at = told.arrived + timedelta(seconds=offset)
        if not told.arrived < at < told.left:
            continue
        more.append(replace(arrival, at=at, seen_at=at, source_id=f"again {offset}", edge=False))
        if told.plugged is not None and told.unplugged is not None and told.plugged < at < told.unplugged:
            (start,) = [fact for fact in facts if fact.source_id.endswith("/start")]
            more.append(replace(start, at=at, seen_at=at, source_id=f"session again {offset}"))
    once, often = decision(told, policy), decision(told, policy, facts=more)
    assert [essence(v) for v in once.violations] == [essence(v) for v in often.violations]


@LAW
@given(stays(), policies(), st.integers(0, 15_000))
def test_a_fee_while_the_stay_runs_never_exceeds_the_final_one(told: Told, policy: Policy, seconds: int) -> None:
    """At one rate: a minimum aside, time only adds."""
    at_one_rate = with_clause(plain(policy), rounding="down")
    now = min(told.arrived + timedelta(seconds=seconds), told.left)
    known = [fact for fact in told.facts() if fact.seen_at <= now]
    running = decision(told, at_one_rate, now=now, facts=known).violations
    final = {v.key: v.fee.total_minor for v in decision(told, at_one_rate).violations}
    for violation in running:
        if violation.fee.total_minor:
            assert violation.fee.total_minor <= final[violation.key]


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("America/Toronto", date(2026, 3, 8), 23.0),
        ("America/Toronto", date(2026, 11, 1), 25.0),
        ("America/Toronto", date(2026, 3, 2), 24.0),
        ("Europe/Berlin", date(2026, 3, 29), 23.0),
        ("Europe/Berlin", date(2026, 10, 25), 25.0),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Africa/Cairo", date(2026, 4, 24), 23.0),
        ("America/Havana", date(2025, 11, 2), 25.0),
        ("America/Vancouver", date(2026, 3, 8), 23.0),
        ("America/Vancouver", date(2026, 11, 1), 24.0),  # the clocks stay, by the law of 2026
    ],
)
def test_a_day_with_a_change_of_the_clock_has_its_own_length(zone: str, day: date, hours: float) -> None:
    lo = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=3)
    hi = lo + timedelta(days=6)
    whole_day = Window(datetime.min.time(), datetime.min.time(), frozenset({day.weekday()}))
    assert total(open_spans([whole_day], zone, lo, hi)) == timedelta(hours=hours)
    parts = pieces([(lo, hi)], (Tier(rate=Fraction(1), per=timedelta(hours=1)),), (), zone)
    assert [part.end - part.start for part in parts if part.day == day] == [timedelta(hours=hours)]
    assert all(part.start.astimezone(ZoneInfo(zone)).date() == part.day for part in parts)
    assert sum(amounts(parts, (Tier(rate=Fraction(1), per=timedelta(hours=1)),))) == 144


def test_the_drivers_cap_of_a_day_counts_all_networks() -> None:
    """The driver was already charged 18 of 20 in this bay today, by another network's token or by this one."""
    policy = read_policy(HEAD + '[[clause]]\nkind = "idle"\nrate = "1"\nper = "1m"\ncap_driver_day = "20"\n')
    said = {"plug": "11:00", "charged": "12:00", "unplug": "12:30"}
    assert fee(policy, **said) == (2000, 0)
    assert fee(policy, **said, spent={(TOKEN, date(2026, 3, 2)): Fraction(18)}) == (200, 0)
    assert fee(policy, **said, spent={(TOKEN, date(2026, 3, 1)): Fraction(18)}) == (2000, 0)
    assert fee(policy, **said, spent={("ben", date(2026, 3, 2)): Fraction(18)}) == (2000, 0)
