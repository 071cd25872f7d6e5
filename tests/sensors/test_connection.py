"""One connection: what it tells about when messages were sent, and what it acknowledges."""

from types import SimpleNamespace
from typing import Any

import pytest
from paho.mqtt.client import MQTTMessage
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.reasoncodes import ReasonCode

import sensors.connection
from sensors.address import BrokerAddress
from sensors.connection import Connection
from sensors.inbox import Arrived, Inbox
from sensors.reading import Message
from tests.conftest import NOON


class Time:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    time = Time()
    monkeypatch.setattr(sensors.connection, "time", SimpleNamespace(monotonic=time))
    return time


def connected(inbox: Inbox, *, session_present: bool) -> Connection:
    address = BrokerAddress.parse("mqtt://127.0.0.1")
    connection = Connection(address, "5", "c", ["a/#"], inbox, lambda: NOON)
    success = ReasonCode(PacketTypes.CONNACK, "Success")
    connection._on_connect(connection._client, None, SimpleNamespace(session_present=session_present), success, None)
    return connection


def comes(connection: Connection, topic: bytes = b"a/b", payload: bytes = b"x", qos: int = 1) -> None:
    message: Any = MQTTMessage(1, topic)
    message.payload, message.qos = payload, qos
    connection._on_message(connection._client, None, message)


def acknowledge(connection: Connection) -> None:
    connection.ack([Arrived(Message("a/b", b"x", NOON), 1, 1, connection)])


def live(inbox: Inbox) -> bool:
    (arrived,) = inbox.take(1, 0, 0)
    return arrived.message.live


def test_without_a_kept_session_all_is_live(time: Time) -> None:
    inbox = Inbox(10)
    comes(connected(inbox, session_present=False))
    assert live(inbox)


def test_after_a_kept_session_messages_are_live_only_after_a_pause_in_which_nothing_is_owed(time: Time) -> None:
    inbox = Inbox(10)
    connection = connected(inbox, session_present=True)
    comes(connection)
    assert not live(inbox)
    time.now += 2  # a pause, but only because we have not acknowledged yet
    comes(connection)
    assert not live(inbox)
    acknowledge(connection)
    acknowledge(connection)
    time.now += 0.4
    comes(connection)
    assert not live(inbox)
    acknowledge(connection)
    time.now += 0.6
    comes(connection)
    assert live(inbox)


def test_catching_up_is_over_after_a_minute_at_the_latest(time: Time) -> None:
    inbox = Inbox(10)
    connection = connected(inbox, session_present=True)
    time.now += 61
    comes(connection)
    assert live(inbox)


def test_large_payloads_are_cut_and_strange_topics_survive(time: Time) -> None:
    inbox = Inbox(10)
    connection = connected(inbox, session_present=False)
    comes(connection, payload=b"x" * 1_000_000)
    comes(connection, topic=b"\xff")
    large, strange = inbox.take(2, 0, 0)
    assert len(large.message.payload) == 65_537
    assert "not UTF-8" in strange.message.topic


def test_a_full_inbox_makes_it_hang_up_and_take_nothing_more(time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sensors.connection, "_PATIENCE_S", 0)
    inbox = Inbox(1)
    connection = connected(inbox, session_present=False)
    comes(connection)
    comes(connection)
    assert connection.hung_up
    inbox.take(1, 0, 0)
    comes(connection)
    assert inbox.wait_drained(0)


def test_a_closed_inbox_is_no_reason_to_hang_up(time: Time) -> None:
    inbox = Inbox(1)
    connection = connected(inbox, session_present=False)
    inbox.close()
    comes(connection)
    assert not connection.hung_up


def subscribed(*answers: str, caplog: pytest.LogCaptureFixture) -> Connection:
    """What the broker answers to each filter."""
    address = BrokerAddress.parse("mqtt://127.0.0.1")
    connection = Connection(address, "5", "c", ["a/#", "b/#"], Inbox(1), lambda: NOON)
    reasons = [ReasonCode(PacketTypes.SUBACK, answer) for answer in answers]
    with caplog.at_level("ERROR", logger="sensors"):
        connection._on_subscribe(connection._client, None, 1, reasons, None)
    return connection


def test_a_subscription_that_the_broker_refuses_is_said_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    connection = subscribed("Granted QoS 1", "Not authorized", caplog=caplog)
    assert connection.is_up
    assert connection.refusal is None
    assert caplog.messages == ["the broker refuses the subscription to b/#: Not authorized"]


def test_a_broker_that_refuses_all_subscriptions_refuses_us(caplog: pytest.LogCaptureFixture) -> None:
    connection = subscribed("Not authorized", "Not authorized", caplog=caplog)
    assert not connection.is_up
    assert connection.refusal == "no subscription was granted"
    assert len(caplog.messages) == 2
