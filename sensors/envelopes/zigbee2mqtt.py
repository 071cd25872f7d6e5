"""Zigbee2MQTT: ``zigbee2mqtt/{name}`` with JSON, and ``zigbee2mqtt/{name}/availability``. A name may have slashes.

Subscribe to ``zigbee2mqtt/#``. Attributes as topics of their own (``output: attribute``) are not read. A device that is
not available can't tell whether its bay is taken. Source: Zigbee2MQTT documentation, "MQTT Topics and Messages".
"""

from sensors.fields import moment
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, battery_text, sensor_id
from sensors.simple import json_or_word, own_time, tell

_AVAILABILITY = "/availability"
_COMMANDS = ("/set", "/get")


def read(message: Message, subscription: Subscription) -> Said | None:
    """What the message says; None for the bridge's own, for commands and for the word that a device is back."""
    name = message.topic.removeprefix(subscription.topic.base)
    if not message.payload:
        return None  # what was retained there is taken back
    if name.startswith("bridge/") or name.endswith(_COMMANDS) or name.find("/set/") > 0:
        return None
    if name.endswith(_AVAILABILITY):
        return _availability(message, subscription, name.removesuffix(_AVAILABILITY))
    body = json_or_word(message.payload, may_be_word=False)
    if not isinstance(body, dict):
        raise NotUnderstoodError("it is not an object of a device's state")
    value = subscription.value.find(body)
    if value is None:
        return None  # a lamp, a switch: not of a bay
    at = own_time(body, subscription) or (moment(body["last_seen"]) if body.get("last_seen") else None)
    if at is None and message.retained:
        return None  # nobody knows when it was true
    sight, battery = subscription.sight(value, edge=False), battery_text(body.get("battery"), " %")
    edge = (at is not None or message.live) and subscription.edge.is_edge(body)
    return tell(message, subscription, sensor_id(name), sight, at=at, edge=edge, battery=battery)


def _availability(message: Message, subscription: Subscription, name: str) -> Said | None:
    body = json_or_word(message.payload, may_be_word=True)
    state = body.get("state") if isinstance(body, dict) else body
    if state not in ("online", "offline"):
        raise NotUnderstoodError("availability is either online or offline")
    if state == "online":
        return None  # what it sees, it says next
    return tell(message, subscription, sensor_id(name), None, at=None, quality=("offline",))
