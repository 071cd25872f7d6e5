"""No fee rests on a sensor that is not trusted at that time, whenever that is learnt."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enforcement.calibration import bounds
from enforcement.doubts import Doubt, doubts
from enforcement.evidence import Evidence
from enforcement.facts import DeviceReported, OccupancyRead, sensor_subject
from enforcement.folding import extend, fold
from enforcement.health import health
from enforcement.intervals import Span, merged, subtract
from enforcement.pruning import prune
from enforcement.reasons import REASONS
from enforcement.setting import BaySetting, Debounce
from tests.conftest import minutes
from tests.support.builders import (
    SENSOR,
    after_noon,
    arrives,
    bay,
    charged,
    heartbeat,
    leaves,
    sensor_says,
    session,
    told,
)

WHERE = bay()
TWO = bay(sensors={"s1": timedelta(days=1), "s2": timedelta(days=1)})


def doubted(*facts: Any, where: BaySetting = WHERE) -> list[tuple[str, float, float | None]]:
    return [in_minutes(doubt) for doubt in doubts(fold(flat(facts), where), where, SENSOR)]


def in_minutes(doubt: Doubt) -> tuple[str, float, float | None]:
    return doubt.state, after_noon(doubt.since), None if doubt.until is None else after_noon(doubt.until)


def flat(facts: Sequence[Any]) -> list[Any]:
    return [one for fact in facts for one in (fact if isinstance(fact, list) else [fact])]


def saying(fact: OccupancyRead, *words: str) -> OccupancyRead:
    return replace(fact, quality=words)


def report(at: float, *words: str) -> DeviceReported:
    moment = minutes(at)
    return DeviceReported(
        at=moment, seen_at=moment, source="mqtt:s1", source_id=f"r{at}", subject=sensor_subject(SENSOR), quality=words
    )


def test_a_healthy_sensor_is_not_doubted() -> None:
    assert doubted(arrives(0), charged(1, 30, 40), leaves(45), arrives(60), leaves(70)) == []


def test_a_tilted_sensor_may_have_been_so_since_its_word_before() -> None:
    facts = [arrives(0), heartbeat(True, 20), report(30, "tilt"), heartbeat(True, 60), leaves(90)]
    assert doubted(*facts) == [("tilt", 20, 60)]
    found = told(facts, 120)
    assert found.conditions == [("unplugged", 0, 20), ("unknown", 20, 60), ("unplugged", 60, 90)]
    assert found.decision.stays[0].stretches[1].reason == "sensor_tilt"
    assert found.fees == {"unplugged": 4500}


def test_a_low_battery_is_shown_and_believed() -> None:
    facts = [saying(arrives(0), "low_battery"), saying(leaves(25), "low_battery")]
    assert doubted(*facts) == []
    assert told(facts, 60).fees == {"unplugged": 2000}


def test_a_clock_that_is_far_off_is_a_doubt() -> None:
    assert doubted(saying(arrives(0), "clock")) == [("drifting", 0, None)]


def test_a_sensor_that_flaps_is_quarantined_from_its_first_change_until_it_is_calm() -> None:
    flapping = [sensor_says(bool(i % 2), i) for i in range(8)]
    # It was first heard at noon; its first change came a minute later.
    assert doubted(*flapping) == [("flapping", 1, 37)]
    found = told([*flapping, leaves(90)], 200)
    assert found.fees == {"unplugged": 4800}
    assert found.decision.stays[-1].stretches[0].reason == "sensor_flapping"


def test_few_changes_are_vehicles() -> None:
    assert doubted(*(sensor_says(bool(i % 2), i) for i in range(6))) == []
    assert doubted(*(sensor_says(bool(i % 2), 3 * i) for i in range(12))) == []


def test_no_release_between_two_drivers_is_a_stuck_sensor_from_the_last_change_it_told() -> None:
    first, second = charged(10, 30, 40), charged(100, 130, 140, name="x2", token="ben")
    assert doubted(arrives(0), first, second) == [("stuck_occupied", 0, None), ("inaccurate", 40, None)]
    facts = [arrives(0), first, second, leaves(300)]
    assert ("stuck_occupied", 0, 300) in doubted(*facts)
    assert told(facts, 400).fees == {}


def test_late_knowledge_gives_what_knowing_at_once_would_have_given() -> None:
    """While only the first session is known, its driver overstays; the second one shows that the sensor was stuck."""
    early = [arrives(0), charged(0, 30, 40), heartbeat(True, 90)]
    assert told(early, 95).fees["overstaying"] > 0
    assert "overstaying" not in told([*early, charged(100, 130, 140, name="x2", token="ben")], 150).fees


def test_a_release_that_is_said_once_and_contradicted_is_none() -> None:
    """The departure was told as an arrival, and the next arrival as a departure: both wrong, and smooth to look at."""
    facts = [arrives(0), charged(0, 5, 6), heartbeat(True, 10), leaves(40)]
    assert told(facts, 42).fees == {"overstaying": 1200}
    assert told([*facts, heartbeat(True, 45)], 60).fees == {}
    assert told([*facts, heartbeat(False, 45), heartbeat(True, 60)], 70).fees == {"overstaying": 1200}


def test_a_swap_too_quick_to_be_seen_is_not_held_against_a_sensor() -> None:
    assert doubted(arrives(0), charged(0, 30, 40), session(41, name="x2", token="ben", started=41)) == []


def test_the_same_driver_again_is_no_release() -> None:
    assert doubted(arrives(0), charged(0, 30, 40), charged(100, 130, 140, name="x2")) == []


def test_a_sensor_that_says_free_while_energy_flows_contradicts_nothing() -> None:
    facts = [heartbeat(False, -10), charged(0, 60, 120, energy_wh=5000), heartbeat(False, 30)]
    assert doubted(*facts) == [("stuck_free", 0, 120)]
    assert told(facts, 200).fees == {"idle": 2000}


def test_a_sensor_that_says_free_only_after_the_charge_does_contradict() -> None:
    assert told([arrives(0), charged(0, 60, 120), leaves(70)], 200).fees == {}


def test_what_only_a_sensor_has_known_of_for_a_day_needs_a_person() -> None:
    facts = [arrives(0), *(heartbeat(True, 60 * hour) for hour in range(1, 26))]
    assert told(facts[:-2], 24 * 60).fees["unplugged"] > 0
    assert doubted(*facts) == [("too_long_alone", 0, None)]
    assert told(facts, 25 * 60).fees == {}


def test_another_sensor_vouches() -> None:
    facts = [arrives(0), arrives(0, sensor="s2"), report(10, "tilt"), leaves(60), leaves(60, sensor="s2")]
    assert told(facts, 100, setting=TWO).fees == {"unplugged": 5500}


def test_sessions_alone_prove_a_plugged_vehicle() -> None:
    assert told([saying(arrives(0), "tilt"), charged(0, 30, 60)], 100).fees == {"idle": 800}


def test_an_arrival_counts_once_it_has_been_held() -> None:
    where = replace(WHERE, debounces={SENSOR: (Debounce(arrival=timedelta(minutes=2)),)})
    assert told([arrives(0)], 1, setting=where).decision.next_look == minutes(2)
    assert told([arrives(0)], 2, setting=where).conditions == [("unplugged", 2, 2)]
    assert told([arrives(0), leaves(1)], 5, setting=where).decision.stays == ()
    assert told([arrives(0), leaves(20)], 30, setting=where).fees == {"unplugged": 1300}


BLINKING = replace(WHERE, debounces={SENSOR: (Debounce(departure=timedelta(minutes=3)),)})


def test_after_a_blink_nobody_knows_whether_another_vehicle_came() -> None:
    facts = [arrives(0), leaves(20), arrives(22), leaves(40)]
    found = told(facts, 60, setting=BLINKING)
    assert found.conditions == [("unplugged", 0, 20), ("unknown", 20, 40)]
    assert len(told(facts, 60).decision.stays) == 2


def test_a_blink_is_no_departure_of_a_vehicle_that_a_session_vouches_for_on_both_sides() -> None:
    """Its driver plugged in again after it: the same vehicle overstayed before, but not while it was not seen."""
    first, again = charged(0, 30, 40), charged(62, 70, 80, name="x2")
    facts = [arrives(0), first, leaves(50), arrives(52), again, leaves(100)]
    found = told(facts, 120, setting=BLINKING)
    assert found.conditions[2:6] == [
        ("overstaying", 40, 50), ("unknown", 50, 52), ("overstaying", 52, 62), ("charging", 62, 70)
    ]  # fmt: skip
    assert len(found.decision.stays) == 1


def test_after_a_blink_nobody_is_billed_for_who_stands_there() -> None:
    """A driver may have left at the blink, and somebody else have come."""
    facts = [arrives(0), charged(0, 30, 40), leaves(60), arrives(62), leaves(100)]
    assert told(facts, 120, setting=BLINKING).conditions[-2:] == [("overstaying", 40, 60), ("unknown", 60, 100)]


def test_who_plugs_in_after_a_blink_is_not_billed_for_who_stood_there_before() -> None:
    facts = [arrives(0), leaves(30), arrives(31), charged(40, 50, 60), leaves(70)]
    found = told(facts, 120, setting=BLINKING)
    assert found.conditions[:2] == [("unknown", 0, 31), ("unplugged", 31, 40)]


def test_a_blink_ends_when_the_vehicle_counts_as_there_again() -> None:
    both = Debounce(arrival=timedelta(minutes=1), departure=timedelta(minutes=3))
    where = replace(WHERE, debounces={SENSOR: (both,)})
    facts = [arrives(0), leaves(20), arrives(22), leaves(40)]
    assert told(facts, 60, setting=where).conditions == [("unplugged", 1, 20), ("unknown", 20, 40)]
    too_short = [arrives(0), leaves(20), arrives(22), leaves(22.5)]
    assert told(too_short, 60, setting=where).conditions == [("unplugged", 1, 20)]


def test_a_debounce_that_changes_holds_for_words_that_begin_from_then_on() -> None:
    longer = Debounce(arrival=timedelta(minutes=5), since=minutes(60))
    where = replace(WHERE, debounces={SENSOR: (Debounce(arrival=timedelta(minutes=2)), longer)})
    facts = [arrives(0), leaves(30), arrives(60), leaves(90)]
    assert [after_noon(each.stay.arrived_at) for each in told(facts, 120, setting=where).decision.stays] == [2, 65]


def test_a_session_vouches_for_a_vehicle_that_waits_to_be_believed() -> None:
    """Else it would seem to have left when its session ended, and the next driver to have come before they did."""
    where = replace(WHERE, debounces={SENSOR: (Debounce(arrival=timedelta(minutes=3)),)})
    sessions = [charged(0, 1, 2, token="ada"), charged(4, 5, 5, name="x2", token="ben")]
    found = told([arrives(0), *sessions, leaves(5)], 60, setting=where)
    assert [(each.stay.token, after_noon(each.stay.arrived_at)) for each in found.decision.stays] == [
        ("ada", 0),
        ("ben", 4),
    ]


LENGTHS = st.sampled_from([timedelta(0), timedelta(minutes=1), timedelta(minutes=3)])
GAPS = st.lists(st.sampled_from([0.5, 1, 2, 5, 20]), min_size=3, max_size=9)
SESSIONS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 20), st.sampled_from(["ada", "ben"])), max_size=2)
DEBOUNCES = st.builds(Debounce, arrival=LENGTHS, departure=LENGTHS)


@settings(max_examples=300, deadline=None)
@given(GAPS, SESSIONS, DEBOUNCES)
def test_a_debounce_never_makes_a_driver_pay_for_more_time(
    gaps: list[float], sessions: list[tuple[int, int, str]], debounce: Debounce
) -> None:
    at = [sum(gaps[:index]) for index in range(len(gaps) + 1)]
    facts = flat([
        *(sensor_says(index % 2 == 0, moment) for index, moment in enumerate(at)),
        *(charged(start, start + 1, start + long, name=f"x{n}", token=token)
          for n, (start, long, token) in enumerate(sessions)),
    ])  # fmt: skip
    without = billable(facts, WHERE)
    for driver, spans in billable(facts, replace(WHERE, debounces={SENSOR: (debounce,)})).items():
        # Who has no token may be anybody.
        mine = without.get(driver, []) if driver else [span for others in without.values() for span in others]
        assert subtract(merged(spans), merged(mine)) == []


def billable(facts: Sequence[Any], where: BaySetting) -> dict[str | None, list[Span]]:
    """The time in which each driver was in a condition that may cost money."""
    out: dict[str | None, list[Span]] = {}
    for stay in told(facts, 200, setting=where).decision.stays:
        for stretch in stay.stretches:
            if stretch.condition in ("idle", "overstaying", "unplugged") and stretch.confirmed:
                out.setdefault(stay.stay.token, []).append((stretch.start, stretch.end))
    return out


def test_a_departure_stands_from_its_first_word() -> None:
    where = replace(WHERE, debounces={SENSOR: (Debounce(departure=timedelta(minutes=3)),)})
    assert told([arrives(0), leaves(20)], 60, setting=where).fees == {"unplugged": 1500}


def test_a_vehicle_is_not_there_before_its_network_knew() -> None:
    """A device's clock may be behind: South Perth's arrivals were 49 minutes early."""
    early = replace(arrives(0), network_at=minutes(9))
    assert told([early, leaves(30)], 60).conditions == [("unplugged", 9, 30)]


def well(at: float, *facts: Any, where: BaySetting = WHERE) -> list[tuple[str, float]]:
    found = health(fold(flat(facts), where), where, SENSOR, minutes(at))
    return [(state.state, after_noon(state.since)) for state in found.states]


def test_health_tells_every_state_since_when() -> None:
    assert well(10, arrives(0)) == []
    assert well(24 * 60, arrives(0)) == [("silent", 24 * 60)]
    assert well(10, saying(arrives(0), "low_battery")) == [("low_battery", 0)]
    assert well(24 * 60, saying(arrives(0), "low_battery")) == [("dead_battery", 24 * 60)]
    assert well(50, *(sensor_says(bool(i % 2), i) for i in range(8))) == []
    assert well(20, *(sensor_says(bool(i % 2), i) for i in range(8))) == [("flapping", 1)]


def test_every_state_has_words() -> None:
    states = {"silent", "dead_battery", "low_battery", "stuck_free", "stuck_occupied", "missed_change", "inaccurate"}
    states |= {"too_long_alone", "flapping", "blink", "tilt", "interference", "not_calibrated", "fault", "obstructed"}
    assert {f"sensor_{state}" for state in states | {"drifting"}} <= REASONS.keys()


def test_sessions_measure_a_sensor() -> None:
    """Two departures seen, one missed; all three charges seen, but for the last."""
    facts = [
        [arrives(0), charged(0, 30, 40, name="a", token="a"), leaves(41)],
        [arrives(100), charged(100, 130, 140, name="b", token="b"), leaves(141)],
        [arrives(200), charged(200, 230, 240, name="c", token="c")],
        [charged(300, 330, 340, name="d", token="d"), leaves(345)],
        [charged(400, 430, 440, name="e", token="e")],
    ]
    record = health(fold(flat(flat(facts)), WHERE), WHERE, SENSOR, minutes(500)).record
    assert (record.stayed, record.departures) == (1, 4)
    assert (record.missed, record.charges) == (1, 5)


def test_bounds_are_wilsons() -> None:
    """Against the published interval for 1 of 10: 1.8 % to 40.4 %."""
    low, high = bounds(1, 10)
    assert (round(low, 3), round(high, 3)) == (0.018, 0.404)
    assert bounds(0, 0) == (0.0, 1.0)


def test_a_sensor_whose_record_is_poor_is_no_witness_until_it_is_good_again() -> None:
    stuck_once = [arrives(0), charged(0, 30, 40, name="a", token="a"), charged(100, 130, 140, name="b", token="b")]
    facts: list[Any] = [*stuck_once, leaves(145)]
    assert told([*facts, arrives(150), leaves(250)], 300).fees == {}
    for i in range(1, 12):
        start, name = 1000 * i, f"n{i}"
        facts += [arrives(start), charged(start, start + 30, start + 40, name=name, token=name), leaves(start + 41)]
    assert told([*facts, arrives(12000), leaves(12020)], 12100).fees == {"unplugged": 1500}


def test_what_was_learnt_of_a_sensor_outlives_the_evidence() -> None:
    facts = flat(
        [arrives(0), charged(0, 30, 40), leaves(41), arrives(100), charged(100, 130, 140, name="x2"), leaves(141)]
    )
    evidence, whole = fold(facts, WHERE), fold(facts, WHERE)
    prune(evidence, minutes(41), WHERE)
    assert len(evidence.sessions) == 1
    assert health(evidence, WHERE, SENSOR, minutes(200)) == health(whole, WHERE, SENSOR, minutes(200))


WORDS = st.sampled_from([(), (), (), ("tilt",), ("low_battery",), ("clock", "interference")])


@given(st.lists(st.tuples(st.integers(0, 40), st.booleans(), WORDS), min_size=1, max_size=30, unique_by=lambda x: x[0]))
def test_doubts_are_the_same_fact_by_fact_in_any_order(said: list[tuple[int, bool, tuple[str, ...]]]) -> None:
    facts = [saying(sensor_says(occupied, at), *words) for at, occupied, words in said]
    grown = Evidence()
    for index, fact in enumerate(facts):
        if not extend(grown, fact, WHERE):
            grown = fold(facts[: index + 1], WHERE)
    assert grown == fold(reversed(facts), WHERE)
    assert doubts(grown, WHERE, SENSOR) == doubts(fold(facts, WHERE), WHERE, SENSOR)


def test_words_that_reach_into_settled_time_fold_all_again() -> None:
    """A state is as old as the word before it, which may be of a stay that is settled by now."""
    for word in (report(200, "tilt"), saying(heartbeat(False, 200), "tilt"), saying(arrives(200), "tilt")):
        evidence = fold([arrives(0), leaves(60)], WHERE)
        prune(evidence, minutes(60), WHERE)
        assert not extend(evidence, word, WHERE)
        assert extend(evidence, replace(word, quality=()), WHERE)


def test_reports_and_readings_give_the_same_state_in_any_order() -> None:
    said = [report(10, "tilt"), report(5, "tilt", "interference"), heartbeat(True, 5), report(12), heartbeat(True, 8)]
    for facts in permutations(said):
        grown = Evidence()
        for index, fact in enumerate(facts):
            if not extend(grown, fact, WHERE):
                grown = fold(facts[: index + 1], WHERE)
        assert grown == fold(said, WHERE)


def test_what_a_sensor_says_again_reaches_no_further() -> None:
    evidence = fold([arrives(0), leaves(60), report(70, "tilt")], WHERE)
    prune(evidence, minutes(60), WHERE)
    assert extend(evidence, report(200, "tilt"), WHERE)


def test_a_release_that_the_next_word_denies_casts_doubt_on_what_was_settled_before_it() -> None:
    """The sensor was silent, so that its stay ended before the one word that it is free."""
    evidence = fold([arrives(0), heartbeat(False, 31)], WHERE)
    prune(evidence, minutes(30), WHERE)
    assert not extend(evidence, heartbeat(True, 45), WHERE)
    assert extend(evidence, arrives(45), WHERE)


def numbered(*facts: OccupancyRead) -> list[OccupancyRead]:
    """Each has the number after the one before: nothing was lost."""
    return [replace(fact, join="j", counter=count) for count, fact in enumerate(facts)]


def test_who_arrives_where_somebody_stood_already_denies_that() -> None:
    """The departure was told as another arrival: who came next is not billed for the time in which the bay was free."""
    after = charged(50, 60, 61)
    facts = [*numbered(leaves(0), arrives(20), arrives(50), leaves(80)), after]
    assert doubted(*facts) == [("missed_change", 20, 50)]
    assert told(facts, 100).fees == {"overstaying": 450}
    repeated = [*numbered(leaves(0), arrives(20), heartbeat(True, 50), leaves(80)), after]
    assert told(repeated, 100).fees.keys() == {"unplugged", "overstaying"}


def test_who_arrives_where_somebody_stood_is_another_vehicle() -> None:
    """Who stood there before had left after the last word of it, at a time that nobody knows."""
    facts = [*numbered(arrives(0), heartbeat(True, 60), arrives(70), leaves(100)), charged(10, 30, 40)]
    stays = [each.stay for each in told(facts, 120).decision.stays]
    assert [(after_noon(each.arrived_at), after_noon(each.left_at)) for each in stays] == [(0, 60), (70, 100)]


def test_a_second_release_denies_the_first() -> None:
    """The departure was told as an arrival, and the next arrival as a departure; then that vehicle leaves."""
    facts = [*numbered(leaves(0), arrives(20), leaves(50), leaves(80)), charged(50, 60, 61)]
    assert ("missed_change", 20, 50) in doubted(*facts)
    assert "unplugged" not in told(facts, 100).fees
    repeated = [*numbered(leaves(0), arrives(20), leaves(50), heartbeat(False, 80)), charged(50, 60, 61)]
    assert "unplugged" in told(repeated, 100).fees


@pytest.mark.parametrize("which", [1, 2])
def test_a_copy_of_a_message_denies_nothing(which: int) -> None:
    """A network hands on what came by another gateway a second later: it has the number of the one before."""
    facts = numbered(leaves(0), arrives(20), leaves(50))
    copy = replace(facts[which], at=facts[which].at + timedelta(seconds=1), source_id="copy")
    session = charged(20, 30, 31)
    assert doubted(*facts, copy, session) == doubted(*facts, session) == []
    assert told([*facts, copy, session], 100).fees == told([*facts, session], 100).fees


@given(
    states=st.lists(st.booleans(), min_size=1, max_size=8),
    copied=st.sets(st.integers(0, 7)),
    chance=st.randoms(use_true_random=False),
)
def test_copies_of_any_messages_in_any_order_raise_no_doubt_and_no_fee(
    states: list[bool], copied: set[int], chance: Random
) -> None:
    facts = numbered(*[arrives(10 * n) if taken else leaves(10 * n) for n, taken in enumerate(states)])
    copies = [
        replace(facts[n], at=facts[n].at + timedelta(seconds=1), source_id=f"copy {n}")
        for n in copied
        if n < len(facts)
    ]
    assert [each[0] for each in doubted(*facts, *copies)] == [each[0] for each in doubted(*facts)]
    assert told([*facts, *copies], 100).fees == told(facts, 100).fees
    shuffled = [*facts, *copies]
    chance.shuffle(shuffled)
    evidence = fold([], WHERE)
    for count, fact in enumerate(shuffled, 1):
        if not extend(evidence, fact, WHERE):
            evidence = fold(shuffled[:count], WHERE)
    assert evidence == fold([*facts, *copies], WHERE)


def test_one_arrival_that_is_told_twice_without_numbers_is_one() -> None:
    facts = [leaves(0), arrives(40), arrives(50), leaves(80), leaves(81)]
    assert doubted(*facts) == []


def test_an_arrival_denies_what_was_settled_before_it_too() -> None:
    first, *later = numbered(arrives(0), arrives(45))
    evidence = fold([first], WHERE)
    prune(evidence, minutes(30), WHERE)
    assert not extend(evidence, later[0], WHERE)
    assert extend(evidence, replace(later[0], counter=None), WHERE)


def test_a_second_release_denies_what_was_settled_before_the_first_too() -> None:
    *first, again = numbered(arrives(0), leaves(20), leaves(45))
    evidence = fold(first, WHERE)
    prune(evidence, minutes(30), WHERE)
    assert not extend(evidence, again, WHERE)
