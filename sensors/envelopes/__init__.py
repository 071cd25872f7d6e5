"""Envelopes: how a network wraps what a device said. One module each, by the name that the mapping uses."""

from collections.abc import Callable

from sensors.envelopes import chirpstack4, plain, tts
from sensors.mapping import Subscription
from sensors.reading import Message, Said

Envelope = Callable[[Message, Subscription], Said | None]

# Each gives what the message says, None where it says nothing of a bay or a battery, or raises NotUnderstoodError.
ENVELOPES: dict[str, Envelope] = {"plain": plain.read, "tts": tts.read, "chirpstack4": chirpstack4.read}
