"""Plain messages: any topic, any JSON, by the mapping."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.rejects import Rejected
from sensors.mapping_document import parse_mapping
from sensors.reading import Message, Said
from sensors.translate import Outcome, translate
from tests.conftest import NOON

TIMED = parse_mapping("""
    [[subscription]]
    topic = "bays/{device}"
    envelope = "plain"
    value = "state.taken"
    time = "at"
    edge = { path = "event", is = ["change"] }
    battery = "battery"
    model = "loop"
    watchdog = "3h"
""")
WORDS = parse_mapping("""
    [[subscription]]
    topic = "ha/binary_sensor/{device}/state"
    envelope = "plain"
    value = ""
    occupied = ["on", 1]
    free = ["off", 0]
    edge = true
""")
AT = "2026-03-02T16:59:58Z"


def timed(body: Any, device: str = "N-7", **flags: Any) -> Outcome:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return translate(TIMED, Message(f"bays/{device}", payload, NOON, **flags))


def word(payload: bytes, seen_at: datetime = NOON, **flags: Any) -> Outcome:
    return translate(WORDS, Message("ha/binary_sensor/bay_7/state", payload, seen_at, **flags))


def heard(outcome: Outcome) -> Any:
    assert isinstance(outcome, Said), outcome
    assert outcome.read is not None
    return outcome.read


def reason(outcome: Outcome) -> str:
    assert isinstance(outcome, Rejected), outcome
    return outcome.reason


def test_a_timed_message_becomes_a_fact() -> None:
    outcome = timed({"state": {"taken": "occupied"}, "at": AT, "event": "change", "battery": 93})
    assert isinstance(outcome, Said)
    assert (outcome.sensor, outcome.model, outcome.watchdog, outcome.battery) == (
        "n-7",
        "loop",
        timedelta(hours=3),
        "93",
    )
    read = heard(outcome)
    assert (read.source, read.source_id) == ("mqtt:plain", "n-7:2026-03-02T16:59:58+00:00:occupied")
    assert (read.at, read.seen_at, read.occupied, read.edge) == (NOON - timedelta(seconds=2), NOON, True, True)


def test_a_repetition_is_a_heartbeat_where_the_payload_says_so() -> None:
    assert heard(timed({"state": {"taken": False}, "at": AT, "event": "heartbeat"})).edge is False
    assert heard(timed({"state": {"taken": False}, "at": AT})).edge is False


def test_unknown_is_a_state() -> None:
    assert heard(timed({"state": {"taken": "unavailable"}, "at": AT})).occupied is None


def test_a_time_that_is_left_out_makes_it_a_heartbeat_of_now() -> None:
    read = heard(timed({"state": {"taken": True}, "at": None, "event": "change"}))
    assert (read.at, read.edge) == (NOON, False)


@pytest.mark.parametrize("payload", [b"on", b' "ON" ', b"1", b" on\n"])
def test_bare_words_are_understood(payload: bytes) -> None:
    read = heard(word(payload))
    assert (read.occupied, read.at, read.edge) == (True, NOON, True)


def test_without_a_time_the_second_of_arrival_tells_messages_apart() -> None:
    same = heard(word(b"on", NOON + timedelta(milliseconds=900)))
    later = heard(word(b"on", NOON + timedelta(seconds=1)))
    assert heard(word(b"on")).source_id == same.source_id != later.source_id
    assert heard(word(b"off")).source_id != same.source_id


def test_what_the_broker_kept_for_us_does_not_tell_when_it_changed() -> None:
    """A vehicle that left while we were away did not leave when we came back."""
    assert heard(word(b"off", live=False)).edge is False
    assert heard(timed({"state": {"taken": True}, "at": AT, "event": "change"}, live=False)).edge is True


def test_a_retained_message_counts_only_with_its_own_time() -> None:
    assert "retained" in reason(word(b"on", retained=True))
    assert heard(timed({"state": {"taken": True}, "at": AT}, retained=True)).occupied is True


@pytest.mark.parametrize(
    ("payload", "why"),
    [(b"", "not JSON"), (b"{", "not JSON"), (b"on", "not JSON"), (b"\xff\xfe", "not JSON"), (b"{}", "no value at `state.taken`"),
     (b'{"state":{"taken":null}}', "no value"), (b'{"state":{"taken":"perhaps"}}', "'perhaps' is in none"),
     (b'{"state":{"taken":true},"at":"noon"}', "'noon' is not a time"), (b"[" * 60_000, "too deep")],
)  # fmt: skip
def test_what_is_not_understood_is_refused_with_its_reason(payload: bytes, why: str) -> None:
    assert why in reason(timed(payload))


@pytest.mark.parametrize(
    ("payload", "why"), [(b"", "empty"), (b"\xff", "neither JSON nor text"), (b"maybe", "none of the lists")]
)
def test_a_word_that_is_not_understood_is_refused(payload: bytes, why: str) -> None:
    assert why in reason(word(payload))


@pytest.mark.parametrize("device", ["x" * 101, "a\nb", " ", "ß" * 60])
def test_a_name_that_can_not_be_kept_is_refused(device: str) -> None:
    assert "printable characters" in reason(timed({"state": {"taken": True}}, device))


@pytest.mark.parametrize(("battery", "shown"), [(93, "93"), (3.6, "3.6"), ("low", "low"), (True, None), ([1], None), ("x" * 50, "x" * 20), ("\x00", None)])  # fmt: skip
def test_batteries_are_shown_as_far_as_they_can_be(battery: Any, shown: str | None) -> None:
    outcome = timed({"state": {"taken": True}, "at": AT, "battery": battery})
    assert isinstance(outcome, Said)
    assert outcome.battery == shown


VALUES = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers(), max_size=2)


@given(taken=VALUES, at=VALUES, event=VALUES, battery=VALUES, device=st.text(min_size=1))
def test_any_json_gives_a_fact_or_a_reason(taken: Any, at: Any, event: Any, battery: Any, device: str) -> None:
    outcome = timed({"state": {"taken": taken}, "at": at, "event": event, "battery": battery}, device)
    if isinstance(outcome, Rejected):
        assert outcome.reason
        assert "fault of Baywarden" not in outcome.reason
    else:
        assert len(heard(outcome).source_id) <= 200
