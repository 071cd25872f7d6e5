"""Listening for a moment to a topic, without a session at the broker and without acknowledging for anybody else."""

import ssl
import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import CallbackAPIVersion

from sensors.address import BrokerAddress
from sensors.reading import MOST_BYTES, Message


class OverhearingError(RuntimeError):
    """The broker can't be reached, or does not let us in."""


def overhear(
    address: BrokerAddress,
    topic: str,
    seconds: float,
    clock: Callable[[], datetime],
    ready: Callable[[], None] = lambda: None,
) -> list[Message]:
    """What comes on a topic (a filter) within so many seconds. ``ready`` is called once we listen.

    Raises OverhearingError.
    """
    heard: list[Message] = []
    listening, refusal = threading.Event(), list[str]()
    client = Client(CallbackAPIVersion.VERSION2)
    if address.username is not None:
        client.username_pw_set(address.username, address.password)
    if address.tls:
        client.tls_set_context(ssl.create_default_context(cafile=address.ca))

    def on_connect(_client: Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if reason.is_failure:
            refusal.append(str(reason))
            listening.set()
        else:
            client.subscribe(topic)

    def on_subscribe(_client: Client, _data: Any, _mid: int, reasons: Any, _properties: Any) -> None:
        refusal.extend(str(reason) for reason in reasons if reason.is_failure)
        listening.set()

    def on_message(_client: Client, _data: Any, came: MQTTMessage) -> None:
        heard.append(Message(came.topic, bytes(came.payload[: MOST_BYTES + 1]), clock(), came.retain))

    client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
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
