"""Networks whose sessions end when charging is stopped: whether the cable is still in is not known then."""

from dataclasses import replace

from enforcement.setting import SessionEnd
from tests.support.builders import HABITS, arrives, bay, charged, charger, clause, feed, leaves, policy, session, told

STOPPED = bay(habits=replace(HABITS, session_end=SessionEnd.STOPPED))
OVER = [session(0, started=0), session(60, "COMPLETED", ended=60)]


def test_a_vehicle_whose_session_was_stopped_is_idle_and_owes_nothing() -> None:
    found = told([arrives(0), OVER, leaves(200)], 250, setting=STOPPED)
    assert found.conditions == [("charging", 0, 60), ("idle", 60, 200)]
    assert found.decision.stays[-1].stretches[-1].reason == "session_stopped"
    assert found.fees == {}


def test_the_time_until_the_session_ended_is_idle_as_ever() -> None:
    found = told([arrives(0), charged(0, 60, 80), leaves(200)], 250, setting=STOPPED)
    assert found.fees == {"idle": 400}


def test_a_charger_that_becomes_available_shows_that_the_cable_is_out() -> None:
    found = told([arrives(0), OVER, charger("AVAILABLE", 90), leaves(120)], 250, setting=STOPPED)
    assert found.conditions == [("charging", 0, 60), ("idle", 60, 90), ("overstaying", 90, 120)]
    assert found.fees == {"overstaying": 1000}


def test_a_clause_that_counts_both_bills_it_whichever_it_is() -> None:
    both = policy(clause("idle", stops="vacated"))
    assert told([arrives(0), OVER, leaves(100)], 150, setting=STOPPED, under=both).fees == {"idle": 1200}


def test_a_session_that_the_operator_stopped_is_spared_there_too() -> None:
    both = policy(clause("idle", stops="vacated"))
    ended = [OVER[0], replace(OVER[1], stopped_by_operator=True)]
    found = told([arrives(0), ended, leaves(100)], 150, setting=STOPPED, under=both)
    assert (found.conditions[-1], found.fees) == (("idle", 60, 100), {})


def test_it_is_not_known_while_the_network_is_silent() -> None:
    heard = feed((0, 60))
    running = told([arrives(0), OVER], 70, setting=STOPPED, feeds=heard)
    assert running.decision.next_look is not None
    found = told([arrives(0), OVER, leaves(100)], 150, setting=STOPPED, feeds=heard)
    assert found.conditions == [("charging", 0, 60), ("idle", 60, 75), ("unknown", 75, 100)]


def test_time_over_a_limit_ends_with_a_session_that_was_stopped() -> None:
    limit = policy(clause("overtime", grace="0m", start_after="30m"))
    assert told([arrives(0), OVER, leaves(100)], 150, setting=STOPPED, under=limit).fees == {"overtime": 1200}
