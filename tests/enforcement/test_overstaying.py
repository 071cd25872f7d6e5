"""Overstaying: the session is over and the vehicle is still there."""

from tests.support.builders import arrives, charged, feed, heartbeat, leaves, session, told


def over(start: float, end: float) -> list:
    return [session(start, started=start), session(end, "COMPLETED", ended=end)]


def test_who_stays_after_the_session_pays_after_the_grace() -> None:
    found = told([arrives(0), over(0, 60), leaves(100)], 150)
    assert found.conditions == [("charging", 0, 60), ("overstaying", 60, 100)]
    assert found.fees == {"overstaying": 1500}


def test_while_it_runs_only_confirmed_time_is_counted() -> None:
    stay = [arrives(0), over(0, 60)]
    assert told(stay, 90).fees == {}
    assert told([*stay, heartbeat(True, 90)], 95).fees == {"overstaying": 1000}


def test_it_needs_a_sensor_that_still_sees_the_vehicle() -> None:
    assert told([over(0, 60)], 100).conditions == [("charging", 0, 60)]


def test_it_needs_a_live_feed() -> None:
    found = told([arrives(0), over(0, 60), leaves(100)], 150, feeds=feed((0, 60)))
    assert found.conditions == [("charging", 0, 60), ("overstaying", 60, 75), ("unknown", 75, 100)]
    assert found.fees == {}


def test_plugging_in_again_ends_it() -> None:
    again = [session(80, name="x2", started=80), session(100, "COMPLETED", name="x2", ended=100)]
    found = told([arrives(0), over(0, 60), again, leaves(100)], 150)
    assert found.conditions == [("charging", 0, 60), ("overstaying", 60, 80), ("charging", 80, 100)]
    assert found.fees == {"overstaying": 500}


def test_idle_time_and_overstaying_are_two_violations_of_one_stay() -> None:
    found = told([arrives(0), charged(0, 60, 80), leaves(100)], 150)
    assert found.fees == {"idle": 400, "overstaying": 500}
    assert {violation.session for violation in found.broken} == {"ca*abc*x1"}
