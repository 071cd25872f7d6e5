"""Which message is due when, and when its moment has passed."""

from enforcement.warnings import notices
from tests.conftest import minutes
from tests.support.builders import charged, clause, policy, session, told

IDLE = policy(clause("idle", grace="20m"))
RUNNING = charged(0, 60)


def due(facts: list, at: float) -> list[str]:
    found = told(facts, at, under=IDLE)
    return [notice.step for violation in found.decision.violations for notice in notices(violation, minutes(at))]


def test_the_steps_come_one_after_the_other() -> None:
    assert due(RUNNING, 59.9) == []
    assert due(RUNNING, 61) == ["grace_running"]
    assert due([*RUNNING, session(81)], 81) == ["fee_started"]
    assert due(charged(0, 60, 100), 101) == ["fee_ended"]


def test_who_leaves_in_time_hears_nothing_more() -> None:
    assert due(charged(0, 60, 75), 76) == []


def test_a_message_whose_moment_has_passed_is_not_due() -> None:
    assert due([*RUNNING, session(90)], 94) == ["fee_started"]
    assert due([*RUNNING, session(90)], 96) == []
    assert due(charged(0, 60, 100), 100 + 6 * 60) == []


def test_a_step_has_one_identity_however_often_it_is_decided() -> None:
    one, again = told(RUNNING, 61, under=IDLE).only, told([*RUNNING, session(65)], 66, under=IDLE).only
    assert next(notices(one, minutes(61))).identity(one) == next(notices(again, minutes(66))).identity(again)
    assert next(notices(one, minutes(61))).identity(one) == "ca*abc*x1/idle/grace_running"


def test_a_warning_is_useless_after_the_grace() -> None:
    violation = told(RUNNING, 61, under=IDLE).only
    assert next(notices(violation, minutes(61))).not_after == minutes(80)
