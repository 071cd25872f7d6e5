"""Walking through a charge record: for each period when it ends, what was used and what restrictions look at."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from enforcement.tariffs.matching import Moment
from enforcement.tariffs.vocabulary import Cdr, ChargingPeriod, Dimension, Reservation, Tariff

SECONDS = 3600
WATT_HOURS = 1000
_MICROSECOND = timedelta(microseconds=1)
_CONSUMED = {
    "ENERGY": Dimension.ENERGY,
    "TIME": Dimension.TIME,
    "PARKING_TIME": Dimension.PARKING_TIME,
    "RESERVATION_TIME": Dimension.TIME,
}
_CHARGING = ("ENERGY", "TIME", "PARKING_TIME")


@dataclass(frozen=True, slots=True)
class Step:
    """One period on the way: its ``end``, and ``at(share)``, the moment after that share of it has passed."""

    index: int
    period: ChargingPeriod
    end: datetime
    reservation: Reservation | None
    at: Callable[[Fraction], Moment]

    @property
    def start(self) -> Moment:
        """The moment that decides what the period costs."""
        return self.at(Fraction(0))

    @property
    def used(self) -> Iterator[tuple[Dimension, Fraction]]:
        """What was consumed: hours or kWh by the dimension that prices it."""
        for kind, volume in self.period.volumes.items():
            if kind in _CONSUMED and (kind == "RESERVATION_TIME") == (self.reservation is not None):
                yield _CONSUMED[kind], volume


def walk(cdr: Cdr, zone: str) -> Iterator[Step]:
    """The periods in order. ``zone`` is the location's IANA time zone: restrictions speak of its wall clock."""
    tz = ZoneInfo(zone)
    reserved = [_is_reservation(period) for period in cdr.periods]
    expired = bool(reserved) and all(reserved)
    began = next((p.start for p, r in zip(cdr.periods, reserved, strict=True) if not r), cdr.start)
    began = began if any(reserved) else cdr.start
    kwh = Fraction(0)
    for index, period in enumerate(cdr.periods):
        end = cdr.periods[index + 1].start if index + 1 < len(cdr.periods) else max(cdr.end, period.start)
        kind = Reservation.EXPIRES if expired else Reservation.RESERVATION
        reservation = kind if reserved[index] else None
        yield Step(index, period, end, reservation, _moments(period, end, began, kwh, reservation, tz))
        kwh += period.volumes.get("ENERGY", 0)


def tariff_of(period: ChargingPeriod, tariffs: Sequence[Tariff]) -> Tariff | None:
    """The tariff for a period: the only one there is, else the one that it names (2.2.1, ChargingPeriod.tariff_id)."""
    if len(tariffs) == 1:
        return tariffs[0]
    wanted = None if period.tariff_id is None else period.tariff_id.casefold()
    return next((tariff for tariff in tariffs if tariff.id.casefold() == wanted), None)


def seconds(length: timedelta) -> Fraction:
    """The exact seconds of a length of time."""
    return Fraction(length // _MICROSECOND, 1_000_000)


def after(start: datetime, end: datetime, share: Fraction) -> datetime:
    """The time at a share of a period, up to the next microsecond: never before what happened then."""
    return start - (-share.numerator * ((end - start) // _MICROSECOND) // share.denominator) * _MICROSECOND


def _is_reservation(period: ChargingPeriod) -> bool:
    """A period of nothing but reserved time. RESERVATION_TIME of zero beside charging says nothing."""
    return "RESERVATION_TIME" in period.volumes and not any(period.volumes.get(kind) for kind in _CHARGING)


def _moments(
    period: ChargingPeriod,
    end: datetime,
    began: datetime,
    kwh: Fraction,
    reservation: Reservation | None,
    tz: ZoneInfo,
) -> Callable[[Fraction], Moment]:
    current, power = _range(period, "CURRENT"), _range(period, "POWER") or _average_power(period)

    def at(share: Fraction) -> Moment:
        now = after(period.start, end, share)
        elapsed = seconds(period.start - began) + seconds(end - period.start) * share
        energy = kwh + period.volumes.get("ENERGY", Fraction(0)) * share
        return Moment(now.astimezone(tz), elapsed, energy, current, power, reservation)

    return at


def _range(period: ChargingPeriod, what: str) -> tuple[Fraction, Fraction] | None:
    """Lowest and highest current or power; where only one of them, or the average, is given, it stands for both."""
    known = [period.volumes[kind] for kind in (f"MIN_{what}", what, f"MAX_{what}") if kind in period.volumes]
    return (known[0], known[-1]) if known else None


def _average_power(period: ChargingPeriod) -> tuple[Fraction, Fraction] | None:
    """kWh by hours of charging: 2.1.1 has power limits and no power dimension to hold against them."""
    hours, energy = period.volumes.get("TIME"), period.volumes.get("ENERGY")
    return (energy / hours, energy / hours) if hours and energy is not None else None
