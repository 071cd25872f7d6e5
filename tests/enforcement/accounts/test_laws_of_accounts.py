"""Every fee explains itself: whole time, exact sums, the same numbers in both languages, and words for every code."""

import re
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from enforcement.accounts import Account, account_of, driver_text, officer_text, owner_text
from enforcement.clauses import Kind
from enforcement.conditions import Condition
from enforcement.fee_lines import Treatment
from enforcement.money import to_major
from enforcement.phrases import hours
from enforcement.policy import Policy
from enforcement.reasons import REASONS
from enforcement.why import CONDITIONS, KINDS, LIMITS, TREATMENTS
from ledger.explanations import explain, read_fee
from tests.support.policy_worlds import Told, violations
from tests.support.random_policies import policies, stays

LAW = settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


def accounts(told: Told, policy: Policy) -> list[Account]:
    return [account_of(v.fee, policy, v.clause, told.zone) for v in violations(told, policy)]


@LAW
@given(stays(), policies())
def test_lines_follow_each_other_from_the_clocks_start_to_the_end(told: Told, policy: Policy) -> None:
    for violation in violations(told, policy):
        lines = account_of(violation.fee, policy, violation.clause, told.zone).lines
        assert all(a.end == b.start and a.start < a.end for a, b in pairwise(lines))
        assert lines[0].start <= violation.clock_started_at <= lines[0].end
        assert violation.ended_at is None or lines[-1].end == violation.ended_at


@LAW
@given(stays(), policies())
def test_the_lines_with_limit_and_rounding_come_to_the_fee_exactly(told: Told, policy: Policy) -> None:
    for account in accounts(told, policy):
        currency = policy.currency
        stated = account.subtotal + account.by_limit + account.by_rounding
        assert stated - account.included_taxes == to_major(account.net_minor, currency)
        assert (account.limit is not None) or account.by_limit == 0
        assert abs(account.by_rounding) <= Fraction(1, 2) * to_major(1, currency)
        assert all(line.amount == 0 for line in account.lines if line.treatment is not Treatment.BILLED)


@LAW
@given(stays(), policies())
def test_both_languages_say_the_same_numbers(told: Told, policy: Policy) -> None:
    for violation in violations(told, policy):
        account = account_of(violation.fee, policy, violation.clause, told.zone)
        facts = told.facts()
        for voice in (driver_text, owner_text):
            assert numbers(voice(account, "en"), account, "en") == numbers(voice(account, "fr"), account, "fr")
        seen = [officer_text(account, facts, "x", language) for language in ("en", "fr")]
        assert numbers(seen[0], account, "en") == numbers(seen[1], account, "fr")


def numbers(text: tuple[str, ...], account: Account, language: str) -> list[list[str]]:
    """The numbers of each line; hours of the clock, which French writes as 7 h, are left out."""
    out = []
    for line in text:
        bare = line
        for window in account.clause.windows:
            bare = bare.replace(hours(window, language), "")
        out.append(re.findall(r"\d+(?:\.\d+)?", re.sub(r"(?<=\d),(?=\d)", ".", bare)))
    return out


@LAW
@given(stays(), policies())
def test_an_account_is_the_same_read_back_from_what_is_stored(told: Told, policy: Policy) -> None:
    import json

    for violation in violations(told, policy):
        fee = violation.fee
        stored = json.loads(explain([], fee, violation.clause, told.left + (told.left - told.arrived) * 10))
        again = read_fee(stored, fee.net_minor, fee.currency, int(fee.billable.total_seconds()))
        assert again._replace(billable=fee.billable, by_day=fee.by_day, is_full=fee.is_full) == fee


def test_no_code_lacks_words_in_any_language() -> None:
    every = [*REASONS.values(), *TREATMENTS.values(), *CONDITIONS.values(), *KINDS.values(), *LIMITS.values()]
    assert all(words.keys() == {"en", "fr", "es"} and all(words.values()) for words in every)
    assert set(TREATMENTS) == set(Treatment)
    assert set(CONDITIONS) == {condition.value for condition in Condition}
    assert set(KINDS) == {kind.value for kind in Kind}
    assert set(LIMITS) == {"minimum", "cap", "cap_day", "cap_driver_day"}


def test_every_reason_that_the_core_gives_has_words() -> None:
    """The codes as they are written in the core's own source."""
    from pathlib import Path

    import enforcement

    core = Path(str(enforcement.__file__)).parent
    source = "".join(
        (core / name).read_text() for name in ("conditions.py", "timeline.py", "violations.py", "decision.py")
    )
    found = set(re.findall(r'"([a-z]+(?:_[a-z]+)+)"', source))
    codes = found - {"charging_end", "plug_in", "session_end"}
    assert {code for code in codes if code not in REASONS and not code.startswith(("min_", "cap"))} == set()
    assert {f"finished_{how}" for how in ("reported", "inferred")} <= REASONS.keys()


@pytest.mark.parametrize("language", ["de", "", "FR"])
def test_a_language_that_is_not_spoken_reads_english(language: str) -> None:
    from tests.enforcement.accounts.test_voices import ACCOUNT

    assert driver_text(ACCOUNT, language) == driver_text(ACCOUNT, "en")
