"""What the core must know of bays, loaded for many bays in a few queries."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from sys import intern
from typing import Any

from sqlalchemy import Connection, select

from enforcement.facts import AnyFact, evse_subject
from enforcement.setting import BaySetting, Debounce, NetworkHabits
from ledger import habits, traits
from ledger.database import table
from ledger.habits import network_of
from ledger.sensor_settings import debounces_of, watchdog
from ledger.statements import Statement, among
from ledger.ties import EvseTie, SensorTie, Tie, dated_ties, sensor_tie
from models import Bay, BayEvse, BaySensor, EndedTie, Sensor, Station

_BAY, _STATION, _LAIN, _SENSOR = table(Bay).c, table(Station).c, table(BaySensor).c, table(Sensor).c
_BAYS = Statement(
    lambda dialect: (
        select(_BAY.id, _BAY.name, _BAY.station, _STATION.zone, _STATION.synthetic)
        .add_columns(_STATION.name.label("station_name"))
        .join_from(table(Bay), table(Station), _STATION.key == _BAY.station)
        .where(among(dialect, _BAY.id, "bays"))
    )
)
_EVSES = Statement(lambda dialect: select(table(BayEvse)).where(among(dialect, table(BayEvse).c.bay, "bays")))
_PAST = Statement(lambda dialect: select(table(EndedTie)).where(among(dialect, table(EndedTie).c.bay, "bays")))
_SENSORS = Statement(
    lambda dialect: (
        select(_LAIN.bay, _LAIN.sensor, _LAIN.since, _LAIN.until, _SENSOR.watchdog_s)
        .join_from(table(BaySensor), table(Sensor), _SENSOR.id == _LAIN.sensor, isouter=True)
        .where(among(dialect, _LAIN.bay, "bays"))
        .order_by(_LAIN.id)
    )
)


@dataclass(frozen=True, slots=True)
class BayContext:
    """A bay's setting for the core, and what the ledger itself needs to write down what follows."""

    setting: BaySetting
    name: str
    station_name: str
    synthetic: bool
    dated_ties: tuple[Tie, ...]

    @property
    def is_tied(self) -> bool:
        """Whether anything tells of this bay: sensors do or did, or EVSEs do now."""
        ended = {tie.subject for tie in self.dated_ties if isinstance(tie, EvseTie) and tie.has_ended}
        return bool(set(self.subjects()) - ended)

    def subjects(self) -> list[str]:
        """The subjects of all facts that are about this bay."""
        evses = (*self.setting.evses, *self.setting.shared_evses)
        sensors = (tie.subject for tie in self.dated_ties if isinstance(tie, SensorTie))
        return [*sensors, *(evse_subject(evse) for evse in evses)]

    def admits(self, fact: AnyFact) -> bool:
        """Whether a fact with one of the subjects is about this bay: a sensor's word only while it lay here."""
        ties = [tie for tie in self.dated_ties if tie.subject == fact.subject]
        return not ties or any(tie.holds(fact) for tie in ties)


def load(conn: Connection, bays: Iterable[str]) -> dict[str, BayContext]:
    """The contexts of these bays."""
    wanted = {"bays": sorted(set(bays))}
    rows = _BAYS.all(conn, wanted) if wanted["bays"] else []
    if not rows:
        return {}
    evses, past, sensors = (_by_bay(of.all(conn, wanted)) for of in (_EVSES, _PAST, _SENSORS))
    ever = {row.evse for ties in (evses, past) for of_bay in ties.values() for row in of_bay}
    stations = {row.station for row in rows}
    around = _Around(
        debounces_of(conn, {row.sensor for of_bay in sensors.values() for row in of_bay}),
        habits.load(conn, map(network_of, ever)),
        traits.load(conn, {*ever, *stations, *map(network_of, stations)}),
    )
    return {
        row.id: _context(row, evses.get(row.id, ()), past.get(row.id, ()), sensors.get(row.id, ()), around)
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class _Around:
    """What holds for more than one bay: of sensors, of networks, and what is said of places."""

    debounces: Mapping[str, tuple[Debounce, ...]]
    habits: Mapping[str, NetworkHabits]
    words: traits.Words


def _context(
    row: Any, evses: Sequence[Any], past: Sequence[Any], sensors: Sequence[Any], around: _Around
) -> BayContext:
    dated, lain = dated_ties(evses, past), [sensor_tie(tie) for tie in sensors]
    setting = _setting(row, evses, sensors, dated, around)
    return BayContext(setting, row.name, intern(row.station_name), bool(row.synthetic), (*lain, *dated))


def _setting(
    row: Any, evses: Sequence[Any], sensors: Sequence[Any], dated: Sequence[EvseTie], around: _Around
) -> BaySetting:
    past = {tie.evse for tie in dated}
    networks = {network_of(evse) for evse in (*(tie.evse for tie in evses), *past)}
    own = tuple(sorted({*(tie.evse for tie in evses if tie.home), *past}))
    return BaySetting(
        bay=row.id,
        station=intern(row.station),
        zone=intern(row.zone),
        sensors={tie.sensor: watchdog(tie.watchdog_s) for tie in sensors},
        debounces={tie.sensor: around.debounces[tie.sensor] for tie in sensors if tie.sensor in around.debounces}
        or _NONE,
        evses=own,
        shared_evses=tuple(sorted({tie.evse for tie in evses if not tie.home} - past)),
        tied={tie.evse: tie.spans for tie in dated} or _NONE,
        networks=_together(tuple((key, around.habits[key]) for key in sorted(networks) if key in around.habits)),
        **traits.of_bay(around.words, row.station, own),
    )


# What is the same for many bays is there once: a process may hold a million of them.
_NONE: Mapping[str, Any] = {}


@lru_cache(maxsize=1_000)
def _together(networks: tuple[tuple[str, NetworkHabits], ...]) -> Mapping[str, NetworkHabits]:
    return dict(networks)


def _by_bay(rows: Iterable[Any]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for row in rows:
        out.setdefault(row.bay, []).append(row)
    return out
