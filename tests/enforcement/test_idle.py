"""Idle: plugged in, charging finished, beyond the grace."""

from tests.conftest import minutes
from tests.support.builders import ALL_KINDS, arrives, charged, clause, heartbeat, leaves, policy, session, told


def test_time_from_charging_end_to_unplug_counts_beyond_the_grace() -> None:
    found = told([charged(0, 60, 100)], 200)
    assert found.conditions == [("charging", 0, 60), ("idle", 60, 100)]
    assert found.fees == {"idle": 1200}


def test_the_clock_starts_at_charging_end_and_violates_when_the_grace_is_used_up() -> None:
    violation = told([charged(0, 60, 100)], 200).only
    assert (violation.clock_started_at, violation.violated_at, violation.ended_at) == (
        minutes(60),
        minutes(70),
        minutes(100),
    )
    assert (violation.session, violation.token) == ("ca*abc*x1", "anna")


def test_while_it_runs_only_what_the_network_confirmed_is_counted() -> None:
    running = [charged(0, 60), session(90)]
    assert told(running, 95).fees == {"idle": 800}
    assert told(running, 119).fees == {"idle": 800}
    assert told([running, session(120)], 121).fees == {"idle": 2000}


def test_the_vehicle_stays_but_the_cable_is_released() -> None:
    stay = [arrives(0), charged(0, 60, 80), leaves(200)]
    only_plugged = policy(clause("idle", stops="unplug"))
    until_gone = policy(clause("idle", stops="vacated"))
    assert told(stay, 300, under=only_plugged).fees == {"idle": 400}
    assert told(stay, 300, under=until_gone).fees == {"idle": 400 + 120 * 40}


def test_charging_again_is_no_idle_time_before() -> None:
    """A pause is not an end: only the last stretch without charging counts."""
    facts = [session(0, started=0), session(30, parking=[30]), session(50, charging=[50]), session(90, parking=[90])]
    found = told([facts, session(120, "COMPLETED", ended=120)], 200)
    assert found.conditions == [("charging", 0, 90), ("idle", 90, 120)]


def test_a_session_that_ends_with_charging_is_never_idle() -> None:
    assert told([session(0, started=0), session(60, "COMPLETED", ended=60)], 100).fees == {}


def test_an_end_in_the_future_of_its_report_is_cut_to_the_report() -> None:
    facts = [session(0, started=0), session(60, parking=[60]), session(80, "COMPLETED", ended=500, seen=80)]
    assert told(facts, 600).fees == {"idle": 400}


def test_policies_without_a_clause_for_it_let_it_be() -> None:
    assert told([charged(0, 60, 100)], 200, under=policy(clause("unplugged"))).decision.violations == ()


def test_a_sensor_is_not_needed_for_it() -> None:
    assert told([heartbeat(None, 0), charged(0, 60, 100)], 200, under=ALL_KINDS).fees == {"idle": 1200}
