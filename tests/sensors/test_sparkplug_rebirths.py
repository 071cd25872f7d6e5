"""Nodes of which something is missing are asked to be born again, where the mapping allows it, and seldom."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from ledger.database import Ledger
from sensors.address import BrokerAddress
from sensors.inbox import Arrived, Inbox
from sensors.intake import Intake
from sensors.mapping_document import MappingError, parse_mapping
from sensors.reading import Message
from sensors.rebirths import Rebirths
from sensors.sparkplug_wire import payload_class
from tests.conftest import NOON, minutes
from tests.sensors.conftest import Listening
from tests.sensors.sparkplug import TEXT, Edge, bay, packed
from tests.sensors.test_intake import Broker
from tests.support.brokers import RunningBroker, TestPublisher, wait_for

ASKING = TEXT + "rebirth = true\n"
NUMBERED = {"alias": 1, "boolean_value": True}


def asked(edge: Edge) -> list[str]:
    return edge.mapping.nodes_to_ask()


def test_a_node_is_asked_where_something_is_missing() -> None:
    edge = Edge(ASKING)
    edge.says("DBIRTH/edge/level1", 0, bay(1, True, alias=1))
    assert asked(edge) == ["lot/edge"]  # no NBIRTH was heard
    edge.born(2)
    edge.says("DBIRTH/edge/level1", 2, bay(1, True, alias=1))
    edge.says("DDATA/edge/level1", 3, NUMBERED)
    assert asked(edge) == []
    edge.lost()
    edge.says("DDATA/edge/level1", 4, NUMBERED)
    assert asked(edge) == ["lot/edge"]
    edge.born(6)
    edge.refused("DDATA/edge/level2", 7, NUMBERED)
    assert asked(edge) == ["lot/edge"]


def test_unless_the_mapping_allows_it_nobody_is_asked() -> None:
    edge = Edge()
    edge.says("DDATA/edge/level1", 0, bay(1, True))
    edge.lost()
    edge.says("DDATA/edge/level1", 1, bay(1, True))
    assert asked(edge) == []


def test_who_does_not_answer_is_asked_less_and_less_often() -> None:
    rebirths, times = Rebirths(), []
    for minute in range(300):
        rebirths.want("lot/edge", minutes(minute))
        times += [minute for _ in rebirths.take()]
    assert times == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243]
    rebirths.born("lot/edge")
    rebirths.want("lot/edge", minutes(300))
    assert rebirths.take() == ["lot/edge"]
    rebirths.born("lot/edge")
    rebirths.want("lot/edge", minutes(300) + timedelta(seconds=50))
    assert rebirths.take() == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_question_is_sent_once_what_is_missing_is_committed(ledger: Ledger) -> None:
    broker, inbox = Broker(ledger), Inbox(10)
    message = Message("spBv1.0/lot a/DDATA/edge/level1", packed(bay(1, True), at=0, seq=4), NOON)
    inbox.put(Arrived(message, 1, 1, broker), 0)
    inbox.close()
    intake = Intake(ledger, parse_mapping(ASKING), lambda: NOON, inbox, threading.Event())
    intake.run()
    assert intake.failure is None
    assert broker.acks == [(1, 1)]
    ((topic, payload),) = broker.sent
    assert topic == "spBv1.0/lot a/NCMD/edge"
    told: Any = payload_class()()
    told.ParseFromString(payload)
    assert [(each.name, each.datatype, each.boolean_value) for each in told.metrics] == [
        ("Node Control/Rebirth", 11, True)
    ]
    assert told.timestamp == NOON.timestamp() * 1000
    assert not told.HasField("seq")


@pytest.mark.parametrize("topic", ["spBv1.0/#", "spBv1.0/lot/#", "spBv1.0/lot/+/#", "spBv1.0/lot/+/edge/#"])
def test_all_kinds_of_messages_of_a_node_come_by_one_subscription(topic: str) -> None:
    parse_mapping(TEXT.replace("spBv1.0/#", topic))


@pytest.mark.parametrize(
    "topic", ["spBv1.0/lot/DDATA/#", "spBv1.0/lot/DDATA/edge/level1", "spBv1.0/+/+/edge", "#", "+/#"]
)
def test_a_subscription_by_which_no_births_come_is_refused(topic: str) -> None:
    with pytest.raises(MappingError, match="births come by it, too"):
        parse_mapping(TEXT.replace("spBv1.0/#", topic))


def test_whether_to_ask_is_yes_or_no() -> None:
    with pytest.raises(MappingError, match="`rebirth` must be true or false"):
        parse_mapping(TEXT + 'rebirth = "yes"\n')


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_question_reaches_the_node_by_a_broker(
    ledger: Ledger, broker: RunningBroker, listen: Any, caplog: pytest.LogCaptureFixture
) -> None:
    asked, node = threading.Event(), Client(CallbackAPIVersion.VERSION2)
    node.on_connect = lambda client, *_: client.subscribe("spBv1.0/lot/NCMD/edge")
    node.on_message = lambda *_: asked.set()
    listening: Listening = listen(ledger, broker.url, parse_mapping(ASKING))
    listening.wait_listening(caplog)
    address = BrokerAddress.parse(broker.url)
    node.connect(address.host, address.port)
    node.loop_start()
    try:
        wait_for(node.is_connected, "the node is connected")
        with TestPublisher(broker) as publisher:
            for seq in range(20):  # the first may come before the node's subscription
                publisher.send("spBv1.0/lot/DDATA/edge/level1", packed(bay(1, True), at=seq, seq=2 * seq))
        assert asked.wait(20)
    finally:
        node.disconnect()
        node.loop_stop()
