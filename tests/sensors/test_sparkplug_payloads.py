"""What a Sparkplug payload may be beside a flat list of metrics: packed, large, of old values, of templates."""

import gzip
import zlib
from typing import Any

import pytest

from ledger.database import Ledger
from ledger.rejects import Rejected
from models import Sensor
from sensors.mapping_document import parse_mapping
from sensors.reading import MOST_BAYS, MOST_BYTES, MOST_SPARKPLUG_BYTES, Message
from sensors.sparkplug_wire import payload_class
from sensors.translate import translate
from tests.conftest import minutes
from tests.sensors.conftest import Listening, count
from tests.sensors.sparkplug import TEXT, Edge, bay, milliseconds, packed, reads, states
from tests.support.brokers import RunningBroker, TestPublisher, wait_for


# Packed
def wrapped(body: bytes, **more: Any) -> bytes:
    return bytes(payload_class()(uuid="SPBV1.0_COMPRESSED", body=body, **more).SerializeToString())


@pytest.mark.parametrize("pack", [zlib.compress, gzip.compress], ids=["deflate", "gzip"])
def test_a_packed_payload_is_unpacked_and_numbered_by_either(pack: Any) -> None:
    edge = Edge()
    edge.born(0)
    for number, outer in ((1, {}), (2, {"seq": 2})):
        inner = packed(bay(1, True), at=number, seq=None if outer else number)
        told = edge.hears("DDATA/edge/level1", wrapped(pack(inner), **outer), number)
        assert states(list(told) if isinstance(told, tuple) else [told]) == {"1": True}  # type: ignore[list-item]
    heard = edge.mapping.subscriptions[0].births.last("lot/edge")
    assert heard is not None
    assert heard.seq == 2


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (zlib.compress(bytes(MOST_SPARKPLUG_BYTES + 1)), "larger than 1048576 bytes"),
        (zlib.compress(packed(bay(1, True)))[:-4], "cut off"),
        (b"nonsense", "neither DEFLATE nor GZIP"),
        (b"", "cut off"),
        (zlib.compress(b"\xff\xff"), "not a payload"),
    ],
    ids=["bomb", "cut", "nonsense", "empty", "inside"],
)
def test_what_can_not_be_unpacked_is_refused_without_unpacking_all_of_it(body: bytes, why: str) -> None:
    outcome = Edge().hears("DDATA/edge/level1", wrapped(body), 0)
    assert isinstance(outcome, Rejected)
    assert why in outcome.reason


# Large
def large(bays: int) -> bytes:
    return packed(*(bay(f"level-{number:030}", True, alias=number) for number in range(bays)), at=0, seq=1)


def test_a_birth_may_be_as_large_as_its_bays_need() -> None:
    payload = large(MOST_BAYS)
    assert MOST_BYTES < len(payload) < MOST_SPARKPLUG_BYTES
    edge = Edge()
    told = edge.hears("DBIRTH/edge/level1", payload, 0)
    assert isinstance(told, tuple)
    assert len(reads(list(told))) == MOST_BAYS
    refused = edge.hears("DBIRTH/edge/level1", large(MOST_BAYS + 1), 0)
    assert isinstance(refused, Rejected)
    assert "more than 5000 bays" in refused.reason


def test_of_other_metrics_a_birth_may_name_any_number_and_none_is_kept() -> None:
    others: list[dict[str, Any]] = [{"name": f"PLC/{number}", "alias": number} for number in range(6_000)]
    edge = Edge()
    told = edge.says("DBIRTH/edge/level1", 0, bay(1, True, alias=9_000), *others)
    assert [birth.aliases for each in told for birth in each.births] == [{9_000: "Bays/1/Occupied"}]


def test_numbers_that_were_kept_for_other_metrics_explain_nothing() -> None:
    edge = Edge()
    births = [birth for each in edge.says("DBIRTH/edge/level1", 0, bay(1, True, alias=1)) for birth in each.births]
    edge.mapping = parse_mapping(TEXT.replace("Occupied", "Taken"))
    edge.mapping.remember(births)
    assert "no BIRTH" in edge.refused("DDATA/edge/level1", 1, {"alias": 1, "boolean_value": True})


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_large_birth_comes_through_a_broker(
    ledger: Ledger, broker: RunningBroker, listen: Any, caplog: pytest.LogCaptureFixture
) -> None:
    listening: Listening = listen(ledger, broker.url, parse_mapping(TEXT))
    listening.wait_listening(caplog)
    others: list[dict[str, Any]] = [{"name": f"PLC/{number:060}", "alias": number} for number in range(6_000)]
    payload = packed(*others, bay(1, True), at=0, seq=0, bd_seq=0)
    assert len(payload) > 6 * MOST_BYTES
    with TestPublisher(broker) as publisher:
        publisher.send("spBv1.0/lot/DBIRTH/edge/level1", payload)
    wait_for(lambda: count(ledger, Sensor) == 1, "the birth is recorded")


# Of old values
def test_all_that_was_stored_on_the_way_is_read_each_at_its_time() -> None:
    stored = [
        {**bay(1, number % 2 == 0), "is_historical": True, "timestamp": milliseconds(minutes(number))}
        for number in range(4)
    ]
    said = Edge().says("DDATA/edge/level1", 9, *stored, bay(1, False))
    assert [(read.occupied, read.at, read.edge) for read in reads(said)] == [
        (True, minutes(0), False), (False, minutes(1), False), (True, minutes(2), False), (False, minutes(3), False),
        (False, minutes(9), True),
    ]  # fmt: skip


# Templates
def template(name: str, *members: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "template_value": {"metrics": list(members), **more}}


def test_the_members_of_a_template_have_its_name_before_theirs() -> None:
    edge = Edge()
    kind = template("_types_/Bay", {"name": "Occupied", "boolean_value": True}, is_definition=True)
    edge.born(0, kind)
    instances = [
        {**template(f"Bays/{number}", {"name": "Occupied", "boolean_value": True}), "alias": number}
        for number in (1, 2)
    ]
    assert states(edge.says("DBIRTH/edge/level1", 0, *instances)) == {"1": True, "2": True}
    change = {"alias": 2, "template_value": {"metrics": [{"name": "Occupied", "boolean_value": False}]}}
    told = edge.says("DDATA/edge/level1", 5, change)
    assert states(told) == {"2": False}
    assert reads(told)[0].at == minutes(5)


def test_what_is_said_of_a_template_is_said_of_its_members() -> None:
    bad = {"keys": ["Quality"], "values": [{"type": 3, "int_value": 500}]}
    member = {"name": "Occupied", "boolean_value": True}
    stored = {**template("Bays/1", member), "is_historical": True, "timestamp": milliseconds(minutes(1))}
    said = Edge().says("DDATA/edge/level1", 5, stored, {**template("Bays/2", member), "properties": bad})
    assert [(read.occupied, read.at, read.edge) for read in reads(said)] == [
        (True, minutes(1), False), (None, minutes(5), False),
    ]  # fmt: skip


# Values
def test_a_dataset_tells_nothing_of_a_bay_and_holds_up_no_other() -> None:
    dataset = {"name": "Bays/1/Occupied", "dataset_value": b"\x08\x01"}
    edge = Edge()
    assert "a dataset" in edge.refused("DDATA/edge/level1", 0, dataset)
    assert states(edge.says("DDATA/edge/level1", 0, dataset, bay(2, True))) == {"1": None, "2": True}


def test_a_distance_in_between_says_neither() -> None:
    text = '[[subscription]]\ntopic = "spBv1.0/#"\nenvelope = "sparkplug"\nvalue = "mm"\nthreshold = 1200\nhysteresis = 300'
    for mm, occupied in ((900, True), (1500, False)):
        assert states(Edge(text).says("DDATA/edge/bay", 0, {"name": "mm", "double_value": mm})) == {"bay": occupied}
    assert reads(Edge(text).says("DDATA/edge/bay", 0, {"name": "mm", "double_value": 1300})) == []


def test_a_birth_counts_though_nobody_understands_its_value() -> None:
    edge = Edge()
    strange = {"name": "Bays/1/Occupied", "alias": 1, "string_value": "perhaps"}
    assert states(edge.says("DBIRTH/edge/level1", 0, strange)) == {"1": None}
    assert states(edge.says("DDATA/edge/level1", 1, {"alias": 1, "boolean_value": True})) == {"1": True}


def test_anything_else_of_sparkplug_is_cut_where_a_birth_would_be() -> None:
    message = Message("spBv1.0/lot/DDATA/edge/level1", bytes(MOST_SPARKPLUG_BYTES + 1), minutes(0))
    outcome = translate(parse_mapping(TEXT), message)
    assert isinstance(outcome, Rejected)
    assert len(outcome.payload) == MOST_BYTES
