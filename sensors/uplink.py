"""What a LoRaWAN uplink says, whatever network brought it: from its decoded bytes to facts."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from enforcement.facts import DeviceReported, OccupancyRead, sensor_subject
from sensors.decoders import Decoded, Distance, Sight
from sensors.lorawan import Uplink, decode, identity_of
from sensors.mapping import Subscription
from sensors.reading import Said, Told, occupancy, source_id

# A device whose clock is further off than this is not asked when something was.
_CLOCK_TRUSTED = timedelta(minutes=10)
# Whoever says this of himself does not know whether the bay is taken.
_BLIND = frozenset({"tilt", "interference", "fault", "not_calibrated"})


def said(uplink: Uplink, subscription: Subscription, seen_at: datetime) -> Told:
    """What the uplink says. Raises NotUnderstoodError."""
    model = subscription.model_of(uplink.profiles)
    told = decode(uplink, subscription, model)
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
            identity=identity_of(self.uplink),
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
            source_id=source_id(self.uplink.sensor, identity_of(self.uplink)),
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
