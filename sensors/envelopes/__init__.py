"""Envelopes: how a network wraps what a device said. One module each, by the name that the mapping uses."""

from collections.abc import Callable

from sensors.envelopes import (
    actility,
    chirpstack3,
    chirpstack4,
    frigate,
    loriot,
    plain,
    platerecognizer,
    rekor,
    sparkplug,
    statestream,
    tts,
    zigbee2mqtt,
)
from sensors.mapping import Subscription
from sensors.reading import Message, Told

Envelope = Callable[[Message, Subscription], Told]

# Each gives what the message says, None where it says nothing of a bay or a battery, or raises NotUnderstoodError.
ENVELOPES: dict[str, Envelope] = {
    "plain": plain.read,
    "tts": tts.read,
    "chirpstack3": chirpstack3.read,
    "chirpstack4": chirpstack4.read,
    "loriot": loriot.read,
    "actility": actility.read,
    "sparkplug": sparkplug.read,
    "zigbee2mqtt": zigbee2mqtt.read,
    "statestream": statestream.read,
    "frigate": frigate.read,
}
# What comes by HTTP.
WEBHOOKS: dict[str, Envelope] = {"platerecognizer": platerecognizer.read, "rekor": rekor.read}
LORAWAN = frozenset({"tts", "chirpstack3", "chirpstack4", "loriot", "actility"})
# What may hold number plates: its rejects are kept encrypted.
PRIVATE = frozenset({"frigate", *WEBHOOKS})

_VALUE = frozenset({"value", "occupied", "free", "unknown", "threshold", "hysteresis", "debounce"})
_OF_LORAWAN = _VALUE | {"model", "models", "debounces"}
# Which keys a subscription may have besides topic, envelope and watchdog.
KEYS: dict[str, frozenset[str]] = {
    **dict.fromkeys(LORAWAN, _OF_LORAWAN),
    "plain": _VALUE | {"time", "edge", "battery", "model", "each", "name"},
    "sparkplug": _VALUE | {"model", "rebirth"},
    "zigbee2mqtt": _VALUE | {"time", "edge", "model"},
    "statestream": (_VALUE - {"value"}) | {"edge", "model"},
    "frigate": frozenset({"zones", "cameras", "jurisdiction", "debounce"}),
    "platerecognizer": frozenset({"cameras", "jurisdiction"}),
    "rekor": frozenset({"cameras", "jurisdiction"}),
}
# Where the value stands if the mapping does not say.
VALUES = {"zigbee2mqtt": "occupancy"}
