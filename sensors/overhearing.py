"""Listening for a moment to a topic, without a session at the broker and without acknowledging for anybody else."""

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from sensors.address import BrokerAddress
from sensors.clients import identify
from sensors.reading import MOST_SPARKPLUG_BYTES, Message
from sensors.topics import TopicPattern


class OverhearingError(RuntimeError):
    """The broker can't be reached, or does not let us in, or the topic is none."""


def overhear(
    address: BrokerAddress,
    topic: str,
    seconds: float,
    clock: Callable[[], datetime],
    ready: Callable[[], None] = lambda: None,
) -> list[Message]:
    """What comes on a topic (a filter, or as in a mapping) within so many seconds. ``ready`` is called once we listen.

    Raises OverhearingError.
    """
    try:
        asked = TopicPattern.parse(topic).filter
    except ValueError as error:
        raise OverhearingError(f"the topic {error}") from error
    heard: list[Message] = []
    listening, refusal = threading.Event(), list[str]()
    client = Client(CallbackAPIVersion.VERSION2)

    def on_connect(_client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            refusal.append(str(reason))
            listening.set()
        else:
            client.subscribe(asked)

    def on_subscribe(_client: Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        refusal.extend(str(reason) for reason in reasons if reason.is_failure)
        listening.set()

    def on_message(_client: Client, _data: Any, came: MQTTMessage) -> None:
        heard.append(Message(came.topic, bytes(came.payload[: MOST_SPARKPLUG_BYTES + 1]), clock(), came.retain))

    client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
    try:
        identify(client, address)
    except OSError as error:
        raise OverhearingError(f"the certificates in {address.ca} can't be used: {error}") from error
    try:
        client.connect(address.host, address.port)
    except OSError as error:
        raise OverhearingError(f"the broker at {address} can't be reached: {error}") from error
    client.loop_start()
    try:
        if not listening.wait(10) or refusal:
            raise OverhearingError(f"the broker at {address} refuses: {'; '.join(refusal) or 'no answer'}")
        ready()
        threading.Event().wait(seconds)
    finally:
        client.disconnect()
        client.loop_stop()
    return heard
