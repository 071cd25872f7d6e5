"""Silence is no evidence: what holds for a while may warn, but only what was confirmed may cost."""

from datetime import timedelta

from enforcement.decision import decide
from enforcement.folding import fold
from enforcement.pruning import prune
from tests.conftest import minutes
from tests.support.builders import ALL_KINDS, SENSOR, arrives, bay, charged, feed, heartbeat, leaves, session, told

HOUR = bay(sensors={SENSOR: timedelta(minutes=60)})


def test_a_sensors_word_holds_until_its_watchdog_runs_out() -> None:
    assert told([arrives(0)], 59, setting=HOUR).decision.now.condition == "unplugged"
    assert told([arrives(0)], 60, setting=HOUR).decision.now.condition == "unknown"
    assert told([arrives(0)], 59, setting=HOUR).decision.next_look == minutes(60)


def test_what_only_holds_does_not_cost() -> None:
    found = told([arrives(0), heartbeat(True, 20)], 50, setting=HOUR)
    assert (found.only.state, found.fees) == ("running", {"unplugged": 1500})


def test_a_sensor_that_falls_silent_ends_the_stay_where_its_word_ends() -> None:
    found = told([arrives(0), heartbeat(True, 30)], 500, setting=HOUR)
    assert found.decision.stays[-1].stay.left_at == minutes(90)
    assert found.fees == {"unplugged": 2500}


def test_a_word_after_the_watchdog_begins_anew() -> None:
    found = told([arrives(0), heartbeat(True, 200), leaves(210)], 300, setting=HOUR)
    assert [judged.stay.arrived_at for judged in found.decision.stays] == [minutes(0), minutes(200)]


def test_a_heartbeat_that_contradicts_shows_that_the_sensor_missed_the_departure() -> None:
    found = told([arrives(0), heartbeat(True, 20), heartbeat(False, 50)], 100, setting=HOUR)
    assert found.fees == {}
    assert [s.reason for s in found.decision.stays[0].stretches] == ["sensor_missed_change"]
    assert told([arrives(0), heartbeat(True, 20), leaves(50)], 100, setting=HOUR).fees == {"unplugged": 4500}


def test_a_feed_that_falls_silent_stops_the_clock_after_its_watchdog() -> None:
    stay = [arrives(0), leaves(100)]
    found = told(stay, 150, feeds=feed((-60, 30)))
    assert found.conditions == [("unplugged", 0, 45), ("unknown", 45, 100)]
    assert found.fees == {"unplugged": 2500}


def test_a_short_gap_in_the_feed_is_bridged_and_a_long_one_is_not() -> None:
    stay = [arrives(0), leaves(100)]
    assert told(stay, 150, feeds=feed((-60, 30), (45, 150))).fees == {"unplugged": 9500}
    assert told(stay, 150, feeds=feed((-60, 30), (46, 150))).fees == {"unplugged": 2500 + 54 * 100 - 0}


def test_it_is_looked_at_when_the_feeds_silence_becomes_too_long() -> None:
    found = told([arrives(0)], 20, feeds=feed((-60, 10)))
    assert (found.decision.now.condition, found.decision.next_look) == ("unplugged", minutes(25))


def test_a_session_without_news_is_stale_evidence_not_an_idle_one() -> None:
    found = told([charged(0, 30), session(60)], 60 * 5)
    assert found.conditions[-1][0] == "unknown"
    assert found.fees == {"idle": 800}


def test_a_silent_session_ends_no_stay_that_goes_on() -> None:
    assert told([arrives(0), charged(0, 30)], 200).decision.stays[-1].stay.left_at is None


def test_a_sensor_that_says_it_does_not_know_is_not_believed_to_see_anything() -> None:
    found = told([arrives(0), heartbeat(None, 10)], 20, setting=HOUR)
    assert found.decision.now.condition == "unknown"


def test_a_session_that_nobody_closes_is_settled_with_its_stay() -> None:
    """The word that showed the vehicle gone is forgotten; the session must not come to life again."""
    facts = [arrives(0), session(1, parking=[1]), leaves(20), arrives(30)]
    found = told(facts, 300, setting=HOUR)
    settled = found.decision.settled_to
    assert settled is not None
    evidence = fold(facts, HOUR)
    prune(evidence, settled, bay())
    assert decide(evidence, HOUR, feed((0, 301)), [ALL_KINDS], minutes(301)).stays == ()
