"""Plain messages that tell of many bays at once: a car park's gateway, a camera with all its places in one array."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.facts import OccupancyRead
from ledger.database import Ledger
from ledger.rejects import Rejected
from models import FactRow, Reject, Sensor
from sensors.keeping import keep
from sensors.mapping_document import MappingError, parse_mapping
from sensors.reading import MOST_BAYS, Message, Said
from sensors.translate import Outcome, translate
from tests.conftest import NOON, minutes
from tests.sensors.conftest import count, rows

PARK = """
[[subscription]]
topic = "parks/{device}/places"
envelope = "plain"
each = "places"
name = "id"
value = "state"
occupied = ["taken"]
free = ["free"]
unknown = ["?"]
time = "at"
edge = { path = "event", is = "change" }
battery = "battery"
"""
CAMERA = """
[[subscription]]
topic = "camera/places"
envelope = "plain"
each = ""
value = ""
"""
AT = "2026-03-02T16:59:00Z"


def told(text: str, topic: str, body: Any, **flags: Any) -> Outcome:
    payload = body if isinstance(body, bytes) else json.dumps(body).encode()
    return translate(parse_mapping(text), Message(topic, payload, NOON, **flags))


def park(*places: Any, **more: Any) -> Outcome:
    flags = {"retained": more.pop("retained", False)}
    return told(PARK, "parks/P1/places", {"at": AT, "places": list(places), **more}, **flags)


def reads(outcome: Outcome) -> list[OccupancyRead]:
    assert isinstance(outcome, tuple), outcome
    return [each.read for each in outcome if each.read is not None]


def states(outcome: Outcome) -> dict[str, bool | None]:
    return {read.subject.removeprefix("sensor:"): read.occupied for read in reads(outcome)}


def refusal(outcome: Outcome) -> str:
    assert isinstance(outcome, Rejected), outcome
    return outcome.reason


def test_each_place_of_a_list_is_a_sensor_named_by_topic_and_place() -> None:
    outcome = park({"id": 7, "state": "taken"}, {"id": "A-8", "state": "FREE"}, {"id": 9, "state": "?"})
    assert states(outcome) == {"p1/7": True, "p1/a-8": False, "p1/9": None}


def test_an_object_names_its_places_by_itself() -> None:
    assert states(told(CAMERA, "camera/places", {"Bay 7": True, "Bay 8": "off"})) == {"bay 7": True, "bay 8": False}
    text = PARK.replace('name = "id"\n', "")
    outcome = told(text, "parks/P1/places", {"places": {"7": {"state": "taken"}, "8": {"state": "free"}}})
    assert states(outcome) == {"p1/7": True, "p1/8": False}


def test_time_and_change_stand_with_the_place_or_around_it() -> None:
    at = {"id": 8, "state": "taken", "at": "2026-03-02T16:00:00Z", "event": "change"}
    outcome = park({"id": 7, "state": "taken"}, at)
    assert [(read.at, read.edge) for read in reads(outcome)] == [(minutes(-1), False), (minutes(-60), True)]
    assert [read.edge for read in reads(park({"id": 7, "state": "taken"}, event="change"))] == [True]


def test_a_battery_is_that_of_the_place() -> None:
    outcome = park({"id": 7, "state": "taken", "battery": 80}, {"id": 8, "state": "taken"}, battery=10)
    assert isinstance(outcome, tuple)
    assert [each.battery for each in outcome] == ["80", None]


def test_the_same_message_twice_is_one_fact_for_each_place(ledger: Ledger) -> None:
    for seen in (NOON, minutes(5)):
        message = Message(
            "parks/P1/places",
            json.dumps({"at": AT, "places": [{"id": n, "state": "taken"} for n in (7, 8)]}).encode(),
            seen,
        )
        with ledger.write(seen) as tx:
            keep(tx, [translate(parse_mapping(PARK), message)])
    assert count(ledger, FactRow) == 2
    assert {row.id: row.occupied for row in rows(ledger, Sensor)} == {"p1/7": True, "p1/8": True}
    assert count(ledger, Reject) == 0


def test_what_one_place_says_and_nobody_understands_holds_up_no_other() -> None:
    odd = [{"id": 1, "state": "perhaps"}, {"id": 2}, "nothing", {"id": 3, "state": "taken", "at": "noon"}]
    outcome = park(*odd, {"id": 4, "state": "taken"}, {"id": None, "state": "free"}, {"id": "x" * 200, "state": "free"})
    assert states(outcome) == {"p1/1": None, "p1/2": None, "p1/3": None, "p1/4": True}
    assert {read.at for read in reads(outcome)} == {minutes(-1)}
    assert [read.quality for read in reads(outcome)] == [("fault",)] * 3 + [()]


def test_the_last_word_on_a_place_counts() -> None:
    assert states(park({"id": 7, "state": "free"}, {"id": 7, "state": "taken"})) == {"p1/7": True}


def test_no_places_are_nothing_and_places_that_are_not_named_say_nothing() -> None:
    assert park() == ()
    assert "has a name" in refusal(park({"state": "free"}, {"id": 1.5, "state": "free"}))


def test_what_is_no_list_of_places_is_refused_with_the_reason() -> None:
    assert "neither a list nor an object" in refusal(told(PARK, "parks/P1/places", {"places": 7}))
    assert "neither a list nor an object" in refusal(told(PARK, "parks/P1/places", {}))
    assert "not JSON" in refusal(told(PARK, "parks/P1/places", b"taken"))
    assert "not JSON" in refusal(told(CAMERA, "camera/places", b"taken"))
    assert "where the mapping's `name` says" in refusal(told(CAMERA, "camera/places", [True, False]))
    assert "none of the lists" in refusal(park({"id": 7, "state": "perhaps"}))
    assert "printable characters" in refusal(park({"id": "x" * 200, "state": "free"}, {"id": "\x00", "state": "free"}))


def test_a_retained_message_without_a_time_does_not_tell_when_it_was_true() -> None:
    places = [{"id": 7, "state": "taken"}, {"id": 8, "state": "taken"}]
    assert states(park(*places, retained=True)) == {"p1/7": True, "p1/8": True}
    assert "retained" in refusal(park(*places, at=None, retained=True))
    assert "retained" in refusal(told(CAMERA, "camera/places", {"7": True, "8": True}, retained=True))


def test_so_many_places_have_a_bound() -> None:
    assert "more than 5000 bays" in refusal(told(CAMERA, "camera/places", {f"{n:x}": 1 for n in range(MOST_BAYS + 1)}))
    assert len(reads(told(CAMERA, "camera/places", {f"{n:x}": 1 for n in range(MOST_BAYS)}))) == MOST_BAYS


def test_a_distance_of_each() -> None:
    text = CAMERA.replace('value = ""', 'value = "mm"\nthreshold = 1200\nhysteresis = 300')
    outcome = told(text, "camera/places", {"1": {"mm": 300}, "2": {"mm": 1300}, "3": {"mm": 9000}, "4": {"mm": -1}})
    assert states(outcome) == {"1": True, "3": False, "4": None}


def test_a_copy_by_another_gateway_is_told_apart_by_the_topic() -> None:
    first, second = (told(PARK, f"parks/{park}/places", {"places": [{"id": 7, "state": "taken"}]}) for park in "ab")
    assert states(first).keys() & states(second).keys() == set()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PARK.replace('each = "places"\n', ""), "`name` has a meaning with `each` only"),
        (PARK.replace('"places"\n', '"a..b"\n'), "`each` 'a..b' is not a path"),
        (PARK.replace('name = "id"', "name = 7"), "`name` must be a path in quotes"),
        (CAMERA.replace("plain", "statestream"), "`each` has no meaning with statestream"),
        (CAMERA.replace('each = ""\n', ""), "`topic` must have {device}"),
    ],
)
def test_what_is_wrong_with_it_is_said(text: str, why: str) -> None:
    with pytest.raises(MappingError, match=why.replace("{", r"\{")):
        parse_mapping(text)


@given(
    body=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["places", "id", "state", "at"]) | st.text(max_size=3), inner, max_size=4),
        max_leaves=12,
    ),
    retained=st.booleans(),
)  # fmt: skip
def test_any_json_gives_something_or_a_reason(body: Any, retained: bool) -> None:
    for text, topic in ((PARK, "parks/P1/places"), (CAMERA, "camera/places")):
        outcome = told(text, topic, body, retained=retained)
        if isinstance(outcome, Rejected):
            assert "fault of Baywarden" not in outcome.reason
        else:
            assert all(isinstance(each, Said) and isinstance(each.read, OccupancyRead) for each in outcome or ())  # type: ignore[union-attr]
            assert all(isinstance(read.at, datetime) for read in reads(outcome))
