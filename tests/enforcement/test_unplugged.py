"""Unplugged: a vehicle in a charging bay, and a live network that has no session for it."""

from tests.conftest import minutes
from tests.support.builders import OTHER_EVSE, arrives, bay, charged, feed, heartbeat, leaves, session, told


def test_a_vehicle_without_a_session_is_unplugged_and_pays_after_the_grace() -> None:
    found = told([arrives(0), leaves(20)], 60)
    assert found.conditions == [("unplugged", 0, 20)]
    assert found.fees == {"unplugged": 1500}


def test_who_leaves_within_the_grace_pays_nothing() -> None:
    found = told([arrives(0), leaves(5)], 60)
    assert (found.only.state, found.only.reason, found.fees) == ("cleared", "ended_in_time", {})


def test_it_is_watched_then_running_then_ended_then_settled() -> None:
    stay = [arrives(0), heartbeat(True, 20)]
    assert (told(stay[:1], 4).only.state, told(stay[:1], 5).only.state) == ("watched", "running")
    assert told([*stay, leaves(30)], 31).only.state == "ended"
    assert told([*stay, leaves(30)], 45).only.state == "settled"


def test_plugging_in_late_ends_it() -> None:
    found = told([arrives(0), charged(12, 30, 31), leaves(31)], 60)
    assert found.conditions == [("unplugged", 0, 12), ("charging", 12, 30), ("idle", 30, 31)]
    assert found.fees == {"unplugged": 700}


def test_without_a_live_feed_a_missing_session_is_not_known() -> None:
    found = told([arrives(0), leaves(60)], 90, feeds=feed((-60, -30)))
    assert (found.conditions, found.fees) == ([("unknown", 0, 60)], {})


def test_a_bay_without_any_charger_has_nobody_unplugged() -> None:
    found = told([arrives(0), leaves(60)], 90, setting=bay(evses=()))
    assert found.fees == {}
    assert {s.reason for judged in found.decision.stays for s in judged.stretches} == {"no_charger"}


def test_a_session_at_a_shared_charger_may_be_this_vehicles() -> None:
    shared = bay(shared=(OTHER_EVSE,))
    found = told([arrives(0), charged(10, 40, 50, evse=OTHER_EVSE), leaves(60)], 90, setting=shared)
    assert found.conditions == [("unplugged", 0, 10), ("unknown", 10, 50), ("unplugged", 50, 60)]


def test_a_void_session_leaves_it_open_what_was() -> None:
    void = [session(10, started=10), session(40, "INVALID", ended=40)]
    found = told([arrives(0), void, leaves(60)], 90)
    assert ("unknown", 10, 40) in found.conditions


def test_a_reservation_is_no_session() -> None:
    found = told([arrives(0), session(1, "RESERVATION", started=0), leaves(20)], 60)
    assert found.fees == {"unplugged": 1500}


def test_the_violation_knows_no_driver() -> None:
    violation = told([arrives(0), leaves(20)], 60).only
    assert (violation.token, violation.session) == (None, None)
    assert violation.key == f"lot-1/{minutes(0).isoformat()}/unplugged"
