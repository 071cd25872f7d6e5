"""Caps: the most that one violation can cost, before taxes."""

import pytest

from tests.support.builders import charged, clause, policy, told


@pytest.mark.parametrize(("end", "cents", "is_capped"), [(100, 1200, False), (110, 1600, False), (111, 1600, True)])
def test_a_fee_stops_at_its_cap(end: int, cents: int, is_capped: bool) -> None:
    fee = told([charged(0, 60, end)], 200, under=policy(clause("idle", cap="16.00"))).only.fee
    assert (fee.net_minor, fee.limit == "cap") == (cents, is_capped)


def test_the_time_goes_on_being_counted() -> None:
    fee = told([charged(0, 60, 600)], 700, under=policy(clause("idle", cap="5"))).only.fee
    assert (fee.billable.total_seconds(), fee.net_minor) == (530 * 60, 500)


def test_a_cap_of_nothing_makes_it_free() -> None:
    assert told([charged(0, 60, 600)], 700, under=policy(clause("idle", cap="0"))).fees == {}


def test_each_violation_has_its_own() -> None:
    twice = [charged(0, 60, 100), charged(200, 260, 300, name="x2", token="ben")]
    found = told(twice, 400, under=policy(clause("idle", cap="5")))
    assert [violation.fee.net_minor for violation in found.broken] == [500, 500]
