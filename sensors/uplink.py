"""A LoRaWAN uplink, whatever network brought it, and what it says: our own decoder first, the network's second."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import msgspec

from sensors.decoders import MODELS, Decoded, Occupancy
from sensors.mapping import Subscription
from sensors.reading import NotUnderstoodError, Said, occupancy, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """One uplink. ``profiles``: what the network calls the kind of device, the surest name first.

    ``join`` names the LoRaWAN session that ``counter`` counts in, None where the network does not tell it.
    ``decoded`` is what the network's own decoder made of ``data``.
    """

    sensor: str
    at: datetime
    port: int
    counter: int
    data: bytes
    join: str | None
    profiles: tuple[str, ...]
    decoded: object


def said(uplink: Uplink, subscription: Subscription, seen_at: datetime) -> Said | None:
    """What the uplink says; None for one without content. Raises NotUnderstoodError."""
    if uplink.port == 0 or (not uplink.data and uplink.decoded is None):
        return None  # LoRaWAN's own housekeeping
    model = subscription.model_of(uplink.profiles)
    told = _decode(uplink, subscription, model)
    read = None
    if told.occupancy is not None:
        read = occupancy(
            kind=subscription.envelope,
            sensor=uplink.sensor,
            identity=_identity(uplink),
            occupied=told.occupancy.occupied,
            edge=told.occupancy.edge,
            at=uplink.at,
            seen_at=seen_at,
        )
    return Said(uplink.sensor, model or "unknown", subscription.watchdog_of(model), read, told.battery)


def _decode(uplink: Uplink, subscription: Subscription, model: str | None) -> Decoded:
    if model is None or not uplink.data:
        kinds = ", ".join(shown(profile) for profile in uplink.profiles) or "nothing"
        return _by_network(uplink, subscription, f"no decoder is known for the device, which the network calls {kinds}")
    try:
        return MODELS[model].decode(uplink.port, uplink.data)
    except NotUnderstoodError as error:
        return _by_network(uplink, subscription, str(error))


def _by_network(uplink: Uplink, subscription: Subscription, why_not_ours: str) -> Decoded:
    """What the network's decoder said. It does not tell a change from a heartbeat, so it is no edge."""
    value = subscription.value.find(uplink.decoded)
    if value is None:
        raise NotUnderstoodError(why_not_ours)
    return Decoded("decoded by the network", Occupancy(subscription.truth.read(value), edge=False))


def _identity(uplink: Uplink) -> str:
    """The join, the frame counter and the content: a copy of an uplink has all three, a later uplink never has.

    The counter starts again with each join. Where the network does not tell the join, the time stands in for it.
    """
    content = uplink.data or msgspec.json.encode(uplink.decoded, order="deterministic")
    digest = hashlib.sha256(bytes([uplink.port]) + content).hexdigest()[:16]
    join = uplink.join or f"t{int(uplink.at.timestamp() * 1000)}"
    return f"{join}:{uplink.counter}:{digest}"
