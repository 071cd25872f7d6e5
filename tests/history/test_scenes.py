"""A history as moves: what is sent, in which order, and what is derived and said to be."""

from datetime import timedelta

from history.judging import is_unplugged
from history.rows import HistoryRow
from outside.placing import placed, ties_csv
from outside.scenes import Move, moves
from tests.conftest import minutes


def row(session: str, *at: float | None, **more: str) -> HistoryRow:
    names = ("arrived_at", "plugged_in_at", "charging_ended_at", "unplugged_at", "left_at")
    times = {name: minutes(m) for name, m in zip(names, at, strict=True) if m is not None}
    return HistoryRow(line=2, session_id=session, network="US*CPT", station="Main St", **times, **more)  # type: ignore[arg-type]


def sent(*rows: HistoryRow) -> list[Move]:
    return moves(placed(rows))


def verbs(found: list[Move]) -> list[tuple[str, float]]:
    return [(move.verb, (move.at - minutes(0)) / timedelta(minutes=1)) for move in found]


def test_a_session_is_three_updates_and_its_bay_is_taken_meanwhile() -> None:
    found = sent(row("a", None, 0, 60, 90, None))
    assert verbs(found) == [
        ("location", -1),
        ("session", 0),
        ("reading", 0),
        ("session_change", 60),
        ("session", 90),
        ("reading", 90),
    ]
    assert [move.body["status"] for move in found if move.verb == "session"] == ["ACTIVE", "COMPLETED"]


def test_the_charging_end_is_a_period_without_a_request_for_power() -> None:
    (change,) = [move for move in sent(row("a", None, 0, 60, 90, None)) if move.verb == "session_change"]
    (period,) = change.body["charging_periods"]
    assert (period["start_date_time"], period["dimensions"][0]["type"]) == ("2026-03-02T18:00:00Z", "PARKING_TIME")


def test_two_updates_of_one_moment_are_one() -> None:
    assert [m.verb for m in sent(row("a", None, 0, 0, 90, None))].count("session_change") == 0
    assert [m.verb for m in sent(row("a", None, 0, 90, 90, None))].count("session") == 2


def test_a_driver_without_a_token_gets_one_that_is_used_once() -> None:
    tokens = [
        m.body["cdr_token"]
        for m in sent(row("a", None, 0, 1, 2, None), row("b", None, 5, 6, 7, None))
        if "cdr_token" in m.body
    ]
    assert {token["type"] for token in tokens} == {"AD_HOC_USER"}
    assert {token["uid"] for token in tokens} == {"once-a", "once-b"}
    known = sent(row("a", None, 0, 1, 2, None, token="T1"))
    assert next(m for m in known if m.verb == "session").body["cdr_token"]["uid"] == "T1"


def test_readings_are_the_union_of_a_bays_stays() -> None:
    found = sent(row("a", None, 0, 60, 90, None, evse="1"), row("b", None, 90, 100, 120, None, evse="1"))
    assert [(m.body["occupied"], m.at) for m in found if m.verb == "reading"] == [
        (True, minutes(0)),
        (False, minutes(120)),
    ]


def test_a_long_stay_has_a_heartbeat_a_day() -> None:
    found = sent(row("a", None, 0, 60, 3000, None))
    assert [m.body["event"] for m in found if m.verb == "reading"] == ["change", "heartbeat", "heartbeat", "change"]


def test_sessions_that_overlap_at_a_station_without_ports_get_different_ones() -> None:
    rows = [row("a", None, 0, 1, 60, None), row("b", None, 30, 40, 50, None), row("c", None, 55, 56, 57, None)]
    assert [bay.evse for bay, _ in placed(rows)] == ["1", "2", "2"]


def test_while_a_vehicle_stood_unplugged_the_network_gave_signs_of_life() -> None:
    found = sent(row("a", 0, None, None, None, 12))
    assert is_unplugged(row("a", 0, None, None, None, 12))
    assert [m.at for m in found if m.verb == "evse"] == [minutes(0), minutes(5), minutes(10), minutes(12)]
    assert not [m for m in found if m.verb == "session"]


def test_where_the_departure_is_unknown_no_sensor_says_that_the_bay_is_free() -> None:
    found = sent(row("a", None, 0, 60, None, None))
    assert [(m.body["occupied"], m.body["event"]) for m in found if m.verb == "reading"] == [
        (True, "change"),
        (True, "heartbeat"),
    ]


def test_bays_are_tied_to_their_evses_and_derived_sensors() -> None:
    assert ties_csv(placed([row("a", None, 0, 1, 2, None, evse="P2")])) == (
        "bay,station,name,evses,sensors\nus-cpt-main-st-p2,us*cpt*main-st,P2,us*cpt*main-st*p2,us-cpt-main-st-p2\n"
    )


def test_where_it_is_shown_it_is_said_that_sensors_are_derived() -> None:
    location = sent(row("a", None, 0, 1, 2, None))[0].body
    assert "derived" in location["city"]
