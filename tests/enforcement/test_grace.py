"""Grace: the first so much of counted time is free; time that does not count does not use it up."""

from tests.conftest import minutes
from tests.support.builders import Lines, arrives, charged, charger, clause, leaves, policy, session, told

TEN = policy(clause("idle"))


def test_exactly_the_grace_is_free_and_a_second_more_is_a_violation() -> None:
    assert told([charged(0, 60, 70)], 100, under=TEN).broken == []
    (violation,) = told([charged(0, 60, 70 + 1 / 60)], 100, under=TEN).broken
    assert violation.fee.net_minor == 0


def test_it_is_deducted_whatever_follows() -> None:
    assert Lines(told([charged(0, 60, 100)], 150, under=TEN).only).minutes_of == {"grace": 10, "billed": 30}


def test_none_at_all() -> None:
    assert told([charged(0, 60, 61)], 100, under=policy(clause("idle", grace="0m"))).fees == {"idle": 40}


def test_an_outage_does_not_use_it_up() -> None:
    down = [charger("OUTOFORDER", 64), charger("CHARGING", 90)]
    violation = told([charged(0, 60, 100), down], 150, under=TEN).only
    assert (violation.grace_ends_at, violation.fee.net_minor) == (minutes(96), 160)


def test_when_it_will_end_is_known_while_it_runs() -> None:
    found = told([charged(0, 60), session(62)], 63, under=TEN)
    assert (found.only.state, found.only.grace_ends_at) == ("watched", minutes(70))
    assert found.decision.next_look == minutes(70)


def test_each_new_charge_earns_a_new_one() -> None:
    twice = [charged(0, 60, 68), charged(70, 100, 108, name="x2")]
    assert told([arrives(0), twice, leaves(108)], 200, under=TEN).broken == []
