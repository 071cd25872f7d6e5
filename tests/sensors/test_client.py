"""paho made to take in many messages at once: the same messages, whole, and acknowledged; and what it needs of paho."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sensors.client import ReadingAhead, WatchedClient
from tests.sensors.conftest import MOSQUITTO
from tests.support.brokers import RunningBroker, TestPublisher, wait_for

V5, V311 = MQTTProtocolVersion.MQTTv5, MQTTProtocolVersion.MQTTv311
Came = list[tuple[str, bytes, int, bool]]


@contextmanager
def listening(broker: RunningBroker, protocol: MQTTProtocolVersion) -> Iterator[tuple[WatchedClient, Came, list[Any]]]:
    """A client with a kept session; what came as usual messages, and what came paho's own way."""
    plain: Came = []
    others: list[Any] = []
    is_5 = protocol is V5
    client = WatchedClient(
        CallbackAPIVersion.VERSION2, "test-client", None if is_5 else False, protocol=protocol, manual_ack=True,
        reconnect_on_failure=False,
    )  # fmt: skip
    client.ended, subscribed = threading.Event(), threading.Event()
    client.on_plain = lambda *came: plain.append(came)
    client.on_message = lambda _client, _data, message: others.append(message)
    client.on_connect = lambda *_: client.subscribe("a/#", qos=1)
    client.on_subscribe = lambda *_: subscribed.set()
    properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
    properties.SessionExpiryInterval = 60
    properties.ReceiveMaximum = 65_535
    client.connect("127.0.0.1", broker.port, **({"clean_start": False, "properties": properties} if is_5 else {}))  # type: ignore[arg-type]
    client.loop_start()
    assert subscribed.wait(20)
    try:
        yield client, plain, others
    finally:
        client.disconnect()
        assert client.ended.wait(20)
        assert client.failure is None


@pytest.mark.parametrize(
    ("broker", "protocol"),
    [pytest.param("mosquitto", each, marks=pytest.mark.mosquitto) for each in (V5, V311)] + [("iotcore", V311)],
    indirect=["broker"],
)
def test_a_burst_comes_whole_and_in_order_and_is_acknowledged_at_once(
    broker: RunningBroker, protocol: MQTTProtocolVersion
) -> None:
    """If paho names differently what is not public of it, nothing comes here, or nothing is acknowledged."""
    sent = [(f"a/{number}", b"x" * (number * 37 % 5000)) for number in range(700)]
    with TestPublisher(broker) as publisher, listening(broker, protocol) as (client, plain, _):
        # One that has not come whole when the others are taken out goes paho's own way.
        client.on_message = lambda _client, _data, m: plain.append((m.topic, bytes(m.payload), m.mid, m.retain))
        for topic, payload in sent:
            publisher.send(topic, payload, wait=False)
        acknowledged = 0
        while acknowledged < len(sent):  # brokers send only some before these are acknowledged
            wait_for(lambda acknowledged=acknowledged: len(plain) > acknowledged, "more came")  # type: ignore[misc]
            mids = [mid for *_, mid, _ in plain[acknowledged:]]
            client.ack_all(mids)
            acknowledged += len(mids)
        assert [(topic, payload) for topic, payload, *_ in plain] == sent
        client.publish("b/done", qos=1).wait_for_publish(20)  # answered after all that was said before it
    with listening(broker, protocol) as (_, again, _):
        time.sleep(0.2)
        assert again == []


@pytest.mark.parametrize("broker", [MOSQUITTO], indirect=True)
def test_what_is_not_usual_goes_pahos_own_way(broker: RunningBroker) -> None:
    properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
    properties.ContentType = "text/plain"
    publisher = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=V5)
    publisher.connect("127.0.0.1", broker.port)
    publisher.loop_start()
    with listening(broker, V5) as (_, plain, others):
        publisher.publish("a/qos0", b"zero", qos=0)
        publisher.publish("a/described", b"more", qos=1, properties=properties)
        publisher.publish("a/usual", b"", qos=1)
        wait_for(lambda: plain, "the usual one came")
        assert [(each.topic, each.payload, each.qos) for each in others] == [
            ("a/qos0", b"zero", 0), ("a/described", b"more", 1),
        ]  # fmt: skip
        assert [(topic, payload, retained) for topic, payload, _, retained in plain] == [("a/usual", b"", False)]
    publisher.disconnect()
    publisher.loop_stop()


@pytest.mark.parametrize("broker", [MOSQUITTO], indirect=True)
def test_a_retained_message_says_so(broker: RunningBroker) -> None:
    with TestPublisher(broker) as publisher:
        publisher.send("a/b", b"kept", retain=True)
    with listening(broker, V5) as (_, plain, _):
        wait_for(lambda: plain, "it came")
        assert plain[0][3]


@pytest.fixture
def ends() -> Iterator[tuple[ReadingAhead, socket.socket]]:
    here, there = socket.socketpair()
    with here, there:
        here.setblocking(False)
        yield ReadingAhead(here), there


def test_it_gives_what_it_is_asked_for_and_keeps_the_rest(ends: tuple[ReadingAhead, socket.socket]) -> None:
    ahead, there = ends
    there.sendall(b"abcdef")
    assert (ahead.recv(1), ahead.pending()) == (b"a", 5)
    there.sendall(b"gh")
    assert (ahead.recv(3), ahead.recv(9), ahead.recv(9)) == (b"bcd", b"ef", b"gh")
    assert ahead.pending() == 0


def _blocks(act: Callable[[], object]) -> bool:
    try:
        act()
    except BlockingIOError:
        return True
    return False


def test_the_end_and_errors_come_after_all_that_was_read(ends: tuple[ReadingAhead, socket.socket]) -> None:
    ahead, there = ends
    assert _blocks(lambda: ahead.recv(1))
    there.sendall(b"ab")
    assert ahead.recv(1) == b"a"
    there.close()
    assert (ahead.recv(1), ahead.recv(1), ahead.recv(1)) == (b"b", b"", b"")


@pytest.mark.parametrize("packet", [b"\x32\x01\x00", b"\x32\x05\x00\x09a/b", b"\x32\x04\x00\x02a\xff"])
def test_a_broken_packet_ends_the_connection_as_paho_ends_it(packet: bytes) -> None:
    here, there = socket.socketpair()
    with there:
        client = WatchedClient(CallbackAPIVersion.VERSION2, protocol=V5, reconnect_on_failure=False)
        taken: Came = []
        client.on_plain = lambda *came: taken.append(came)
        here.setblocking(False)
        client._sock = client._ahead = ReadingAhead(here)  # type: ignore[assignment]
        there.sendall(packet)
        assert client.loop_read() != 0
        assert client.socket() is None
        assert not taken
