"""What goes in and what comes out of a translation: a message from the broker, and what it said of a sensor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.facts import DeviceReported, OccupancyRead, sensor_subject
from enforcement.setting import NO_DEBOUNCE, Debounce
from ledger.births import Birth, Heard
from ledger.plates import PlateRead

MOST_BYTES = 65_536  # of a payload by MQTT; LoRaWAN envelopes have a few thousand
# Of Sparkplug's, whose births name all that a node has. More than a broker hands on that has our configuration.
MOST_SPARKPLUG_BYTES = 1_048_576
MOST_BAYS = 5_000  # in one message
MOST_SENSOR_ID = 100  # characters; what the ledger keeps of a sensor's name
_MOST_SOURCE_ID = 200
_MOST_BATTERY = 20


class NotUnderstoodError(ValueError):
    """A message that can't be understood. Its text is the reason that is stored with the reject."""


class Message(NamedTuple):
    """One message as it came. ``seen_at``: when it reached us (aware, UTC).

    ``retained``: the broker had it in store, so nothing tells when it was sent. ``live``: we were listening when it
    was sent; false while the broker may still be handing over what it kept for us.
    """

    topic: str
    payload: bytes
    seen_at: datetime
    retained: bool = False
    live: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """What one message said of one sensor. ``read`` is None where it told nothing of the bay (a battery report).

    ``report``: what it said of itself instead. ``skew``: how far the device's clock is ahead of its network's or ours.
    ``births``: what names the numbers of Sparkplug nodes and devices stand for from now on; ``heard``: the number of
    the message. ``debounce``: how long the sensor's words must hold.
    """

    sensor: str
    model: str
    watchdog: timedelta
    read: OccupancyRead | None
    battery: str | None = None
    report: DeviceReported | None = None
    plates: tuple[PlateRead, ...] = ()
    skew: timedelta | None = None
    births: tuple[Birth, ...] = ()
    heard: Heard | None = None
    debounce: Debounce = NO_DEBOUNCE


# What a message says: of one sensor, of several, or nothing that concerns us.
Told = Said | tuple[Said, ...] | None


def sensor_id(name: str) -> str:
    """The key of a sensor: casefolded. Raises NotUnderstoodError if it can't be one."""
    key = name.strip().casefold()
    if not key or not key.isprintable() or len(key) > MOST_SENSOR_ID:
        raise NotUnderstoodError(
            f"a sensor's name must be 1 to {MOST_SENSOR_ID} printable characters, not {shown(name)}"
        )
    return key


def occupancy(
    *,
    kind: str,
    sensor: str,
    identity: str,
    occupied: bool | None,
    edge: bool,
    at: datetime,
    seen_at: datetime,
    network_at: datetime | None = None,
    quality: tuple[str, ...] = (),
) -> OccupancyRead:
    """The fact that a message gives. ``kind`` is its envelope, ``identity`` tells it from the sensor's other ones."""
    return OccupancyRead(
        at=at,
        seen_at=seen_at,
        source=f"mqtt:{kind}",
        source_id=source_id(sensor, identity),
        subject=sensor_subject(sensor),
        occupied=occupied,
        edge=edge,
        network_at=network_at,
        quality=quality,
    )


def source_id(sensor: str, identity: str) -> str:
    """What tells a sensor's message from all others. Raises NotUnderstoodError if the ledger can't keep it."""
    made = f"{sensor}:{identity}"
    if len(made) > _MOST_SOURCE_ID or not made.isprintable():
        raise NotUnderstoodError(
            f"what should tell it from other messages is too long or unreadable: {shown(identity)}"
        )
    return made


def battery_text(value: object, unit: str = "") -> str | None:
    """What a device said of its battery, as it is shown; None if it said nothing that can be shown."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = f"{value:g}{unit}" if isinstance(value, int | float) else value.strip()
    return text[:_MOST_BATTERY] if text.isprintable() and text else None


def shown(value: object) -> str:
    """A value from outside as it may stand in a reason: short, and in plain characters."""
    text = ascii(value)
    return text if len(text) <= 60 else text[:57] + "..."
