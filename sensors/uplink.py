"""A LoRaWAN uplink, whatever network brought it, and what it says: our own decoder first, the network's second."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import msgspec

from enforcement.facts import DeviceReported, OccupancyRead, sensor_subject
from sensors.decoders import MODELS, Decoded, Distance, Sight
from sensors.mapping import Subscription
from sensors.reading import NotUnderstoodError, Said, Told, occupancy, shown, source_id

# A device whose clock is further off than this is not asked when something was.
_CLOCK_TRUSTED = timedelta(minutes=10)
# All copies of an uplink have the network's one time of it. So far apart may lie those of a network that tells several.
_COPIES_MS = 3_600_000
# Whoever says this of himself does not know whether the bay is taken.
_BLIND = frozenset({"tilt", "interference", "fault", "not_calibrated"})


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


def said(uplink: Uplink, subscription: Subscription, seen_at: datetime) -> Told:
    """What the uplink says. Raises NotUnderstoodError."""
    model = subscription.model_of(uplink.profiles)
    if uplink.port == 0 or (not uplink.data and uplink.decoded is None):
        told = Decoded("network")  # LoRaWAN's own housekeeping; it has a number all the same
    else:
        told = _decode(uplink, subscription, model)
    words = _Words(uplink, subscription, seen_at, told)
    base = Said(
        uplink.sensor, model or "unknown", subscription.watchdog_of(model), None, told.battery,
        skew=words.skew(), debounce=subscription.debounce_of(model),
    )  # fmt: skip
    if told.parts:
        return tuple(words.parts(base))
    read = words.read(told.occupancy)
    return replace(base, read=read) if read is not None else replace(base, report=words.report())


@dataclass(frozen=True, slots=True)
class _Words:
    """From one decoded uplink to facts."""

    uplink: Uplink
    subscription: Subscription
    seen_at: datetime
    told: Decoded

    def skew(self) -> timedelta | None:
        """How far the device's clock is ahead."""
        return None if self.told.at is None else self.told.at - self.uplink.at

    def parts(self, base: Said) -> Iterator[Said]:
        """One for each bay that the device watches; their messages are not all of the same bays, so not numbered."""
        for name, sight in self.told.parts.items():
            sensor = f"{self.uplink.sensor}/{name}"
            read = self.read(sight, sensor)
            if read is not None:
                yield replace(base, sensor=sensor, read=replace(read, join=None, counter=None))

    def read(self, sight: Sight | None, sensor: str | None = None) -> OccupancyRead | None:
        """The reading, None where it says neither taken nor free."""
        if sight is None:
            return None
        blind = not _BLIND.isdisjoint(self.told.quality)
        if not blind and isinstance(sight, Distance) and self.subscription.is_between(sight.mm):
            return None
        seen = self.subscription.occupancy_of(sight)
        at = self._at()
        fact = occupancy(
            kind=self.subscription.envelope,
            sensor=sensor or self.uplink.sensor,
            identity=_identity(self.uplink),
            occupied=None if blind else seen.occupied,
            edge=seen.edge and not blind,
            at=at,
            seen_at=self.seen_at,
            network_at=None if at == self.uplink.at else self.uplink.at,
            quality=self._quality(),
        )
        fact = replace(fact, join=self.uplink.join, counter=self.uplink.counter)
        if seen.lasted is None or blind:
            return fact
        error = None if seen.lasted_error is None else int(seen.lasted_error.total_seconds())
        return replace(fact, lasted_s=int(seen.lasted.total_seconds()), lasted_error_s=error)

    def report(self) -> DeviceReported:
        """That the device spoke, and of what: its number shows that nothing was lost."""
        out_of_range = ("out_of_range",) if isinstance(self.told.occupancy, Distance) else ()
        return DeviceReported(
            at=self.uplink.at,
            seen_at=self.seen_at,
            source=f"mqtt:{self.subscription.envelope}",
            source_id=source_id(self.uplink.sensor, _identity(self.uplink)),
            subject=sensor_subject(self.uplink.sensor),
            join=self.uplink.join,
            counter=self.uplink.counter,
            quality=(*self._quality(), *out_of_range),
        )

    def _is_clock_off(self) -> bool:
        skew = self.skew()
        return skew is not None and abs(skew) > _CLOCK_TRUSTED

    def _at(self) -> datetime:
        """The device's own time where it can be believed; it is never later than the network's."""
        if self.told.at is None or self._is_clock_off():
            return self.uplink.at
        return min(self.told.at, self.uplink.at)

    def _quality(self) -> tuple[str, ...]:
        return (*self.told.quality, "clock") if self._is_clock_off() else self.told.quality


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
    return Decoded("decoded by the network", subscription.sight(value, edge=False))


def _identity(uplink: Uplink) -> str:
    """The join, the frame counter, the content and about when: a copy of an uplink has all, a later uplink never has.

    The counter starts again with each join; that of a device that never joins (activated by personalisation), whenever
    it restarts. Where the network does not tell the join, the time alone stands in for it.
    """
    content = uplink.data or msgspec.json.encode(uplink.decoded, order="deterministic")
    digest = hashlib.sha256(bytes([uplink.port]) + content).hexdigest()[:16]
    window_ms = _COPIES_MS if uplink.join else uplink.window_ms
    about = f"t{int(uplink.at.timestamp() * 1000) // window_ms}"
    return f"{uplink.join or ''}{about}:{uplink.counter}:{digest}"
