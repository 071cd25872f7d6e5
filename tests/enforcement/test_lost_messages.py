"""Messages that were lost: what a frame counter shows, and what a device's memory mends."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from enforcement.evidence import Evidence
from enforcement.facts import DeviceReported, OccupancyRead, sensor_subject
from enforcement.folding import fold
from enforcement.presence import Presence, presence
from tests.conftest import minutes
from tests.support.builders import SENSOR, after_noon, arrives, bay, heartbeat, leaves, session, told

WHERE = bay(sensors={SENSOR: timedelta(hours=26)})


def seen(*facts: Any, at: float = 1000) -> Presence:
    return presence(fold(facts, WHERE), WHERE, {}, minutes(at))


def spans(found: Any) -> list[tuple[float, float]]:
    return [(after_noon(lo), after_noon(hi)) for lo, hi in found]


def number(fact: OccupancyRead, counter: int, join: str = "j") -> OccupancyRead:
    return replace(fact, join=join, counter=counter)


def lasted(fact: OccupancyRead, count: float, error: int | None = 0) -> OccupancyRead:
    return replace(fact, lasted_s=int(count * 60), lasted_error_s=error)


def report(at: float, counter: int) -> DeviceReported:
    moment = minutes(at)
    return DeviceReported(at=moment, seen_at=moment, source="mqtt:s1", source_id=f"r{counter}", subject=sensor_subject(SENSOR), join="j", counter=counter)  # fmt: skip


def test_without_a_gap_equal_readings_are_one_run() -> None:
    got = seen(number(arrives(0), 1), number(heartbeat(True, 60), 2), number(leaves(120), 3))
    assert spans(got.occupied_confirmed) == [(0, 120)]


def test_a_missing_frame_makes_its_interval_uncertain() -> None:
    """Somebody may have left and another come: it holds, but nothing of it may cost money."""
    got = seen(
        number(arrives(0), 1), number(heartbeat(True, 60), 2), number(heartbeat(True, 120), 5), number(leaves(180), 6)
    )
    assert spans(got.occupied_confirmed) == [(0, 60), (120, 180)]
    assert spans(got.occupied) == [(0, 180)]


def test_a_change_after_a_missing_frame_proves_only_up_to_the_last_word() -> None:
    got = seen(number(arrives(0), 1), number(heartbeat(True, 30), 2), number(leaves(60), 4))
    assert spans(got.occupied_confirmed) == [(0, 30)]


def test_a_message_about_the_device_itself_fills_its_place() -> None:
    facts = [number(arrives(0), 1), report(10, 2), number(leaves(60), 3)]
    assert spans(seen(*facts).occupied_confirmed) == [(0, 60)]
    assert spans(seen(facts[0], report(10, 3), number(leaves(60), 4)).occupied_confirmed) != [(0, 60)]


def test_a_join_starts_the_counter_again_and_hides_what_was_lost_before_it() -> None:
    got = seen(
        number(arrives(0), 7),
        number(heartbeat(True, 60), 8),
        number(heartbeat(True, 120), 0, "k"),
        number(leaves(180), 1, "k"),
    )
    assert spans(got.occupied_confirmed) == [(0, 60), (120, 180)]


def test_no_counter_no_gap() -> None:
    assert spans(seen(arrives(0), heartbeat(True, 60), leaves(120)).occupied_confirmed) == [(0, 120)]


def test_a_heartbeat_that_contradicts_corrects_and_is_no_arrival_before_it() -> None:
    got = seen(leaves(0), heartbeat(True, 120), leaves(180))
    assert spans(got.occupied) == [(120, 180)]
    assert spans(got.occupied_confirmed) == []


def test_a_lost_arrival_is_mended_by_how_long_the_state_lasted() -> None:
    assert spans(seen(leaves(0), lasted(leaves(180), 90)).occupied_confirmed) == [(90, 180)]


def test_a_lost_departure_is_mended_too_and_parts_two_stays() -> None:
    got = seen(
        number(arrives(0), 1),
        number(heartbeat(True, 60), 2),
        number(lasted(arrives(120), 30), 4),
        number(leaves(150), 5),
    )
    assert spans(got.occupied) == [(0, 89), (120, 150)]
    assert spans(got.occupied_confirmed) == [(0, 89), (120, 150)]
    assert spans(got.free) == [(89, 120), (150, 1000)]


def test_with_more_than_one_frame_lost_the_first_stay_is_proven_to_its_last_word_only() -> None:
    got = seen(
        number(arrives(0), 1),
        number(heartbeat(True, 60), 2),
        number(lasted(arrives(120), 30), 6),
        number(leaves(150), 7),
    )
    assert spans(got.occupied_confirmed) == [(0, 60), (120, 150)]


def test_a_heartbeat_that_came_first_is_moved_back_to_the_true_arrival() -> None:
    got = seen(number(leaves(0), 1), number(heartbeat(True, 120), 3), number(lasted(leaves(180), 90), 4))
    assert spans(got.occupied_confirmed) == [(90, 180)]


def test_both_edges_lost_show_another_vehicle() -> None:
    """Taken since noon, as far as we heard; but the one that leaves has stood there for half an hour only."""
    got = seen(number(arrives(0), 1), number(heartbeat(True, 60), 2), number(lasted(leaves(180), 30), 5))
    assert spans(got.occupied) == [(0, 149), (150, 180)]
    assert spans(got.occupied_confirmed) == [(0, 60), (150, 180)]


def test_readings_that_spoke_of_two_vehicles_prove_neither() -> None:
    got = seen(arrives(0), heartbeat(True, 60), heartbeat(True, 160), lasted(leaves(180), 30))
    assert spans(got.occupied_confirmed) == [(150, 180)]


def test_what_the_device_does_not_remember_exactly_is_read_to_the_drivers_advantage() -> None:
    got = seen(number(arrives(0), 1), number(heartbeat(True, 60), 2), number(lasted(arrives(720), 240, 59 * 60), 4))
    assert spans(got.occupied)[0] == (0, 420)
    full = seen(leaves(0), lasted(leaves(900), 660, None), at=1000)
    assert spans(full.occupied_confirmed) == [(240, 900)]


def test_an_exact_memory_changes_nothing() -> None:
    assert spans(seen(arrives(0), lasted(leaves(180), 180)).occupied_confirmed) == [(0, 180)]
    assert spans(seen(arrives(0), lasted(leaves(180), 179)).occupied_confirmed) == [(0, 180)]


def test_nothing_is_mended_before_a_sensors_first_word() -> None:
    assert spans(seen(lasted(leaves(180), 90)).occupied) == []


def test_two_vehicles_are_two_stays_in_the_end() -> None:
    decision = told(
        [arrives(0), heartbeat(True, 60), lasted(arrives(120), 30), leaves(300), session(121, started=121)],
        400,
        setting=WHERE,
    ).decision
    assert [after_noon(stay.stay.arrived_at) for stay in decision.stays] == [0, 120]


def test_evidence_kept_by_an_older_version_still_reads() -> None:
    import msgspec

    old = msgspec.json.encode({"cut": None, "readings": {}, "sessions": {}, "statuses": {}})
    assert msgspec.json.decode(old, type=Evidence) == Evidence()
