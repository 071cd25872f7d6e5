"""What the core must know of bays, loaded for many bays in a few queries, and which bays a fact is about."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from sys import intern
from typing import Any

from sqlalchemy import Connection, select

from enforcement.facts import AnyFact, evse_subject
from enforcement.setting import BaySetting, Debounce, NetworkHabits, SessionEnd, Settlement
from ledger import traits
from ledger.database import Tx, table
from ledger.sensors import debounces_of
from ledger.ties import EvseTie, SensorTie, Tie, dated_ties, grouped, sensor_tie, ties_of
from models import Bay, BayEvse, BaySensor, EndedTie, Network, Sensor, Station

# The watchdog of a sensor that never said anything.
_UNHEARD = timedelta(days=2)


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
    wanted = sorted(set(bays))
    of_evses, of_sensors, ended = table(BayEvse), table(BaySensor), table(EndedTie)
    evses = _grouped(conn, select(of_evses).where(of_evses.c.bay.in_(wanted)))
    sensors = _grouped(conn, select(of_sensors).where(of_sensors.c.bay.in_(wanted)))
    past = _grouped(conn, select(ended).where(ended.c.bay.in_(wanted)))
    all_sensors = [row.sensor for rows in sensors.values() for row in rows]
    watchdogs, debounces = _watchdogs(conn, all_sensors), debounces_of(conn, all_sensors)
    all_evses = [row.evse for ties in (evses, past) for rows in ties.values() for row in rows]
    habits = _habits(conn, all_evses)
    out: dict[str, BayContext] = {}
    bay, station = table(Bay), table(Station)
    query = (
        select(bay.c.id, bay.c.name, bay.c.station, station.c.zone, station.c.synthetic)
        .add_columns(station.c.name.label("station_name"))
        .join(station, station.c.key == bay.c.station)
        .where(bay.c.id.in_(wanted))
    )
    rows = conn.execute(query).all()
    stations = {row.station for row in rows}
    words = traits.load(conn, {*all_evses, *stations, *map(_network, stations)})
    for row in rows:
        dated = dated_ties(evses.get(row.id, []), past.get(row.id, []))
        setting = _setting(row, evses.get(row.id, []), sensors.get(row.id, []), dated, watchdogs, debounces, habits)
        ties = [sensor_tie(tie) for tie in sensors.get(row.id, [])]
        described = traits.describe(setting, words)
        out[row.id] = BayContext(described, row.name, intern(row.station_name), bool(row.synthetic), (*ties, *dated))
    return out


def remembered(tx: Tx, bays: Iterable[str]) -> dict[str, BayContext]:
    """The contexts of these bays, loaded once while the registry stands."""
    memory = tx.memory.contexts
    wanted = list(bays)
    missing = [bay for bay in wanted if bay not in memory]
    if missing:
        memory.update(load(tx.conn, missing))
    return {bay: memory[bay] for bay in wanted if bay in memory}


def bays_of(tx: Tx, facts: Sequence[AnyFact]) -> dict[str, list[AnyFact]]:
    """Which bays these facts are about."""
    memory = tx.memory.ties
    missing = sorted({fact.subject for fact in facts} - memory.keys())
    if missing:
        memory.update(dict.fromkeys(missing, ()))
        memory.update((subject, tuple(ties)) for subject, ties in ties_of(tx.conn, missing).items())
    out: dict[str, list[AnyFact]] = {}
    for fact in facts:
        for bay, tie in memory[fact.subject]:
            if tie is None or tie.holds(fact):
                out.setdefault(bay, []).append(fact)
    return out


@lru_cache(maxsize=1_000)
def read_habits(text: str) -> NetworkHabits:
    """A network's habits from their JSON: seconds for times; what is absent has its default."""
    stated: dict[str, Any] = json.loads(text)
    values: dict[str, Any] = {
        name: timedelta(seconds=stated[name])
        for name in ("feed_watchdog", "session_watchdog", "flat_for")
        if name in stated
    }
    if "flat_updates" in stated:
        values["flat_updates"] = int(stated["flat_updates"])
    if "settlement" in stated:
        values["settlement"] = Settlement(stated["settlement"])
    meaning = stated.get("session_end") or stated.get("session_end_learnt")
    if meaning:
        values["session_end"] = SessionEnd(meaning)
    return NetworkHabits(**values)


def _setting(
    row: Any, evses: Sequence[Any], sensors: Sequence[Any], dated: Sequence[EvseTie],
    watchdogs: Mapping[str, timedelta], debounces: Mapping[str, tuple[Debounce, ...]],
    habits: Mapping[str, NetworkHabits],
) -> BaySetting:  # fmt: skip
    past = {tie.evse for tie in dated}
    networks = {_network(evse) for evse in (*(tie.evse for tie in evses), *past)}
    return BaySetting(
        bay=row.id,
        station=intern(row.station),
        zone=intern(row.zone),
        sensors={tie.sensor: watchdogs.get(tie.sensor, _UNHEARD) for tie in sensors},
        debounces={tie.sensor: debounces[tie.sensor] for tie in sensors if tie.sensor in debounces} or _NONE,
        evses=tuple(sorted({*(tie.evse for tie in evses if tie.home), *past})),
        shared_evses=tuple(sorted({tie.evse for tie in evses if not tie.home} - past)),
        tied={tie.evse: tie.spans for tie in dated} or _NONE,
        networks=_together(tuple((network, habits[network]) for network in sorted(networks) if network in habits)),
    )


# What is the same for many bays is there once: a process may hold a million of them.
_NONE: Mapping[str, Any] = {}


@lru_cache(maxsize=1_000)
def _together(networks: tuple[tuple[str, NetworkHabits], ...]) -> Mapping[str, NetworkHabits]:
    return dict(networks)


@lru_cache(maxsize=1_000)
def _seconds(count: int) -> timedelta:
    return timedelta(seconds=count)


def _grouped(conn: Connection, query: Any) -> dict[str, list[Any]]:
    return {key[0]: rows for key, rows in grouped(("bay",), conn.execute(query)).items()}


def _watchdogs(conn: Connection, sensors: Sequence[str]) -> dict[str, timedelta]:
    rows = table(Sensor)
    query = select(rows.c.id, rows.c.watchdog_s).where(rows.c.id.in_(sorted(set(sensors))))
    return {row.id: _seconds(row.watchdog_s) for row in conn.execute(query)}


def _habits(conn: Connection, evses: Sequence[str]) -> dict[str, NetworkHabits]:
    rows = table(Network)
    keys = sorted({_network(evse) for evse in evses})
    query = select(rows.c.key, rows.c.habits).where(rows.c.key.in_(keys))
    return {row.key: read_habits(row.habits) for row in conn.execute(query)}


def _network(evse: str) -> str:
    return "*".join(evse.split("*")[:2])
