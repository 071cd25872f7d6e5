"""The interval pricing and the naive one, second by second, agree on every policy and every stay."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from hypothesis import HealthCheck, given, settings

from enforcement.policy import Policy
from enforcement.violations import State
from tests.support.naive_pricing import bill
from tests.support.policy_worlds import TOKEN, Told, decision
from tests.support.random_policies import policies, stays


def spent_by(told: Told, token: str | None) -> dict[date, Fraction]:
    of_all: Mapping[tuple[str, date], Fraction] = told.spent
    return {day: amount for (who, day), amount in of_all.items() if who == token}


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(stays(), policies())
def test_second_by_second_gives_the_same_bill(told: Told, policy: Policy) -> None:
    (clause,) = policy.clauses
    token = TOKEN if told.plugged else None
    naive = bill(told, policy, clause, [tax.rate for tax in policy.taxes], spent_by(told, token))
    found = [v for v in decision(told, policy).violations if v.state is not State.CLEARED]
    assert bool(found) == naive.violated
    for violation in found:
        fee = violation.fee
        assert fee.billable.total_seconds() == naive.billable
        assert sum((line.amount for line in fee.lines), Fraction(0)) == naive.exact
        assert fee.net_minor == naive.net_minor
        assert tuple(line.amount_minor for line in fee.taxes) == naive.taxes
