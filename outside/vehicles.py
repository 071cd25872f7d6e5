"""What vehicles do in the demo town, step by step in quick time: minutes of a real place are seconds here."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from outside.map import COUNTRY, DRIVERS_PARTY, TownBay, TownDriver

Habit = Literal["considerate", "idle", "overstaying", "unplugged"]
# How often each habit comes up, once the first round has shown all of them.
_HABITS: tuple[Habit, ...] = ("considerate", "considerate", "idle", "overstaying", "unplugged")
# From one arrival in a bay to the next, at least: a sensor whose word changes six times in ten minutes is not believed.
_APART_S = 310.0
# Bays take turns to begin, or all of the town would fill and empty at once.
_TURNS = 3
# Who comes first, by the place of the bay in the town: one of each habit, in three different stations.
_FIRST: dict[int, Habit] = {0: "unplugged", 4: "idle", 8: "overstaying"}


@dataclass(frozen=True, slots=True)
class Visit:
    """One vehicle's plan, in seconds: when it arrives after now, how long it charges, and how long it then stays."""

    habit: Habit
    driver: TownDriver
    arrives_after: float
    charges_for: float
    stays_for: float

    @property
    def lasts(self) -> float:
        """How long the vehicle stands there, at least."""
        return self.stays_for if self.habit == "unplugged" else self.charges_for + self.stays_for

    def after(self, before: "Visit | None") -> float:
        """The pause until this vehicle arrives, once the one before has left."""
        return self.arrives_after if before is None else max(self.arrives_after, _APART_S - before.lasts)


@dataclass(slots=True)
class ChargingSession:
    """An OCPI 2.2.1 Session (9.3.1) as its network tells it."""

    id: str
    bay: TownBay
    driver: TownDriver
    started: datetime
    kwh: float = 0.0
    periods: list[dict[str, Any]] = field(default_factory=list)

    def whole(self, now: datetime, *, is_over: bool = False) -> dict[str, Any]:
        """Everything that the network knows of it, as a PUT sends it."""
        token = {
            "country_code": COUNTRY,
            "party_id": DRIVERS_PARTY,
            "uid": self.driver.uid,
            "type": "RFID",
            "contract_id": f"CA-DEM-{self.driver.uid}",
        }
        session = {
            "country_code": COUNTRY,
            "party_id": self.bay.station.network.party,
            "id": self.id,
            "start_date_time": stamp(self.started),
            "kwh": round(self.kwh, 3),
            "cdr_token": token,
            "auth_method": "WHITELIST",
            "location_id": self.bay.station.id,
            "evse_uid": self.bay.evse,
            "connector_id": "1",
            "currency": "CAD",
            "charging_periods": list(self.periods),
            "status": "COMPLETED" if is_over else "ACTIVE",
            "last_updated": stamp(now),
        }
        return {**session, "end_date_time": stamp(now)} if is_over else session

    def period(self, dimension: Literal["ENERGY", "PARKING_TIME"], now: datetime) -> dict[str, Any]:
        """A charging period that begins now; PARKING_TIME: the vehicle asks for no more energy (OCPI 2.2.1, 10.4.2)."""
        begun = {"start_date_time": stamp(now), "dimensions": [{"type": dimension, "volume": 0}]}
        self.periods.append(begun)
        return begun


def plan(bay_index: int, round_number: int, bay: TownBay, drivers: list[TownDriver], dice: random.Random) -> Visit:
    """The next visit to a bay. The first round shows every habit within a minute; later ones follow the dice."""
    driver = drivers[dice.randrange(len(drivers))]
    first = _FIRST.get(bay_index) if round_number == 0 else None
    if first is not None:
        return Visit(first, driver, arrives_after=1.0, charges_for=8.0, stays_for=60.0)
    habit = dice.choice(_HABITS)
    if habit == "idle" and not bay.station.network.reports_parking:
        habit = "overstaying"
    stays = dice.uniform(2, 8) if habit == "considerate" else dice.uniform(8, 110)
    later = bay_index % _TURNS * _APART_S / _TURNS if round_number == 0 else 0.0
    return Visit(habit, driver, later + dice.uniform(3, 45), dice.uniform(40, 170), stays)


def stamp(moment: datetime) -> str:
    """A time as OCPI writes it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(start: float, until: float, step: float) -> Iterator[float]:
    """Pauses of at most ``step`` that together last from ``start`` to ``until``."""
    while start < until:
        pause = min(step, until - start)
        yield pause
        start += pause
