"""What tariffs and charge records say, whichever OCPI version said it.

Sources: OCPI 2.1.1 mod_tariffs 3-4 and mod_cdrs 3-4; OCPI 2.2.1 and 2.3.0 mod_tariffs 11.3-11.4 and mod_cdrs 10.3-10.4.
Amounts of money are exact major units, energy is kWh, time volumes are hours, steps are seconds or Wh, times are UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from enum import StrEnum
from fractions import Fraction
from typing import Literal

Matching = Literal["element", "dimension"]
TaxRule = Literal["excluded", "included", "none"]

# DayOfWeek, by the number that Python gives a weekday.
DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")


class Version(StrEnum):
    """The versions that are read and priced."""

    V2_1_1 = "2.1.1"
    V2_2_1 = "2.2.1"
    V2_3_0 = "2.3.0"


class Dimension(StrEnum):
    """What a price component prices (TariffDimensionType)."""

    ENERGY = "ENERGY"
    FLAT = "FLAT"
    PARKING_TIME = "PARKING_TIME"
    TIME = "TIME"


class Reservation(StrEnum):
    """What a reservation element prices (ReservationRestrictionType): a reservation, or one that nobody used."""

    RESERVATION = "RESERVATION"
    EXPIRES = "RESERVATION_EXPIRES"


class TariffError(ValueError):
    """A tariff or a charge record that can't be read or priced; ``faults`` names each fault with its place."""

    def __init__(self, *faults: str) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a person should know about a tariff or a charge record, and that did not stop the pricing."""

    code: str
    place: str
    text: str


@dataclass(frozen=True, slots=True)
class Component:
    """A price per hour, per kWh or flat. ``step`` in seconds or Wh, 0 for none; ``vat`` is a rate (0.2 for 20 %)."""

    dimension: Dimension
    price: Fraction
    step: int = 1
    vat: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Restrictions:
    """When an element applies: all of what is set must hold (2.2.1, TariffRestrictions).

    Times and dates are the location's; an ``end_time`` of 00:00 is the end of the day, one before ``start_time`` is on
    the next day. ``min_...`` is inclusive, ``max_...`` exclusive. Durations are seconds since the charging session
    began. No ``days`` means every day (Monday is 0); a day is the calendar's also for a window over midnight.
    """

    start_time: time | None = None
    end_time: time | None = None
    start_date: date | None = None
    end_date: date | None = None
    days: frozenset[int] = frozenset()
    min_kwh: Fraction | None = None
    max_kwh: Fraction | None = None
    min_current: Fraction | None = None
    max_current: Fraction | None = None
    min_power: Fraction | None = None
    max_power: Fraction | None = None
    min_duration: Fraction | None = None
    max_duration: Fraction | None = None
    reservation: Reservation | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """Components that share restrictions."""

    components: tuple[Component, ...]
    restrictions: Restrictions = Restrictions()


@dataclass(frozen=True, slots=True)
class Price:
    """An amount as a partner stated it; ``after`` taxes is None where it was not stated."""

    before: Fraction
    after: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tariff:
    """A tariff. Which component applies is looked up by whole ``element`` (2.1.1) or per ``dimension`` (2.2 and later).

    ``steps_each``: 2.1.1 bills every component in blocks of its own; later versions round once a session.
    ``tax_rule``: how prices relate to taxes. ``unstated_tax``: a component without VAT says nothing about tax (2.1.1,
    2.3.0), rather than that none applies (2.2.1).
    """

    id: str
    currency: str
    elements: tuple[Element, ...]
    matching: Matching = "dimension"
    steps_each: bool = False
    tax_rule: TaxRule = "excluded"
    unstated_tax: bool = False
    min_price: Price | None = None
    max_price: Price | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    notes: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class ChargingPeriod:
    """A part of a session. ``volumes`` by CdrDimensionType: hours, kWh, A, kW. It ends where the next one starts."""

    start: datetime
    volumes: Mapping[str, Fraction]
    tariff_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cdr:
    """A charge record, or a session read alike. ``stated`` and ``quantities`` are the sender's own totals by field."""

    id: str
    currency: str
    start: datetime
    end: datetime
    periods: tuple[ChargingPeriod, ...]
    tariffs: tuple[Tariff, ...] = ()
    is_credit: bool = False
    stated: Mapping[str, Price] = field(default_factory=dict)
    quantities: Mapping[str, Fraction] = field(default_factory=dict)
