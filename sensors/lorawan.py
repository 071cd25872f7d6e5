"""A LoRaWAN uplink as its network tells it: what makes it that one, and what its bytes say."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import msgspec

from sensors.decoders import MODELS, Decoded
from sensors.mapping import Subscription
from sensors.reading import NotUnderstoodError, shown

# LoRa Alliance TS003 to TS006, and what is reserved for more of them.
_PACKAGES = frozenset({*range(200, 204), *range(224, 256)})


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """One uplink. ``profiles``: what the network calls the kind of device, the surest name first.

    ``at`` is when the network had it. ``join`` names the LoRaWAN session that ``counter`` counts in, None where the
    network does not tell it; then ``window_ms`` is how long a copy may come after another. ``decoded`` is what the
    network's own decoder made of ``data``.
    """

    sensor: str
    at: datetime
    port: int
    counter: int
    data: bytes
    join: str | None
    profiles: tuple[str, ...]
    decoded: object
    window_ms: int = 1

    @property
    def is_housekeeping(self) -> bool:
        """Whether it is LoRaWAN's own, of the network (port 0) or of its application packages such as clock sync."""
        return self.port == 0 or (self.decoded is None and (not self.data or self.port in _PACKAGES))


def identity_of(uplink: Uplink) -> str:
    """The join, the frame counter, the content and about when: a copy of an uplink has all, a later uplink never has.

    The counter starts again with each join; that of a device that never joins (activated by personalisation), whenever
    it restarts. Where the network does not tell the join, the time alone stands in for it.
    """
    content = uplink.data or msgspec.json.encode(uplink.decoded, order="deterministic")
    digest = hashlib.sha256(bytes([uplink.port]) + content).hexdigest()[:16]
    if uplink.join:  # all copies have the network's one time; where it tells several, an hour is long enough
        return f"{uplink.join}h{uplink.at.toordinal() * 24 + uplink.at.hour}:{uplink.counter}:{digest}"
    return f"t{int(uplink.at.timestamp() * 1000) // uplink.window_ms}:{uplink.counter}:{digest}"


def decode(uplink: Uplink, subscription: Subscription, model: str | None) -> Decoded:
    """Our own decoder first, the network's second. Raises NotUnderstoodError with the reason of the first."""
    if uplink.is_housekeeping:
        return Decoded("network")  # it has a number all the same
    if model is None or not uplink.data:
        kinds = ", ".join(shown(profile) for profile in uplink.profiles) or "nothing"
        why = (
            f"no decoder is known for the device, which the network calls {kinds}; the mapping's `models` may name one"
        )
        return _by_network(uplink, subscription, why)
    try:
        return MODELS[model].decode(uplink.port, uplink.data)
    except NotUnderstoodError as error:
        return _by_network(uplink, subscription, str(error))


def _by_network(uplink: Uplink, subscription: Subscription, why_not_ours: str) -> Decoded:
    """What the network's decoder said. It does not tell a change from a heartbeat, so it is no edge."""
    value = subscription.value.find(uplink.decoded)
    if value is None:
        raise NotUnderstoodError(why_not_ours)
    return Decoded("decoded by the network", subscription.sight(value, edge=False))
