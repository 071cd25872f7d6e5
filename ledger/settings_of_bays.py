"""What the core must know of bays, loaded for many bays in a few queries, and which bays a fact is about."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from enforcement.facts import AnyFact, evse_subject, sensor_subject
from enforcement.setting import BaySetting, NetworkHabits, SessionEnd, Settlement
from ledger import traits
from ledger.database import Tx, table
from ledger.statements import Statement, among
from models import Bay, BayEvse, BaySensor, Network, Sensor, Station


@dataclass(frozen=True, slots=True)
class SensorTie:
    """A sensor lay in a bay from ``since`` to ``until``."""

    subject: str
    since: datetime
    until: datetime | None

    def holds(self, fact: AnyFact) -> bool:
        """Whether what the sensor said then is of this bay."""
        return self.since <= fact.at and (self.until is None or fact.at < self.until)


@dataclass(frozen=True, slots=True)
class BayContext:
    """A bay's setting for the core, and what the ledger itself needs to write down what follows."""

    setting: BaySetting
    name: str
    station_name: str
    synthetic: bool
    sensor_ties: tuple[SensorTie, ...]

    def subjects(self) -> list[str]:
        """The subjects of all facts that are about this bay."""
        evses = (*self.setting.evses, *self.setting.shared_evses)
        return [*(tie.subject for tie in self.sensor_ties), *(evse_subject(evse) for evse in evses)]

    def admits(self, fact: AnyFact) -> bool:
        """Whether a fact with one of the subjects is about this bay: a sensor's word only while it lay here."""
        ties = [tie for tie in self.sensor_ties if tie.subject == fact.subject]
        return not ties or any(tie.holds(fact) for tie in ties)


def load(conn: Connection, bays: Iterable[str]) -> dict[str, BayContext]:
    """The contexts of these bays."""
    wanted = sorted(set(bays))
    ties_of_evses, ties_of_sensors = table(BayEvse), table(BaySensor)
    evses = _grouped(conn, select(ties_of_evses).where(ties_of_evses.c.bay.in_(wanted)))
    sensors = _grouped(conn, select(ties_of_sensors).where(ties_of_sensors.c.bay.in_(wanted)))
    watchdogs = _watchdogs(conn, [row.sensor for rows in sensors.values() for row in rows])
    all_evses = [row.evse for rows in evses.values() for row in rows]
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
        setting = _setting(row, evses.get(row.id, []), sensors.get(row.id, []), watchdogs, habits)
        ties = tuple(SensorTie(sensor_subject(tie.sensor), tie.since, tie.until) for tie in sensors.get(row.id, []))
        described = traits.describe(setting, words)
        out[row.id] = BayContext(described, row.name, row.station_name, bool(row.synthetic), ties)
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
        memory.update(_ties(tx.conn, missing))
    out: dict[str, list[AnyFact]] = {}
    for fact in facts:
        for bay, tie in memory[fact.subject]:
            if tie is None or tie.holds(fact):
                out.setdefault(bay, []).append(fact)
    return out


_TIES_OF_EVSES = Statement(
    lambda dialect: select(table(BayEvse).c.bay, table(BayEvse).c.evse).where(
        among(dialect, table(BayEvse).c.evse, "evses")
    )
)
_TIES_OF_SENSORS = Statement(
    lambda dialect: select(table(BaySensor)).where(among(dialect, table(BaySensor).c.sensor, "sensors"))
)


def _ties(conn: Connection, subjects: Sequence[str]) -> dict[str, list[tuple[str, SensorTie | None]]]:
    out: dict[str, list[tuple[str, SensorTie | None]]] = {}
    evses = [subject[5:] for subject in subjects if subject.startswith("evse:")]
    if evses:
        for row in _TIES_OF_EVSES.all(conn, {"evses": evses}):
            out.setdefault(evse_subject(row.evse), []).append((row.bay, None))
    sensors = [subject[7:] for subject in subjects if subject.startswith("sensor:")]
    if sensors:
        for row in _TIES_OF_SENSORS.all(conn, {"sensors": sensors}):
            subject = sensor_subject(row.sensor)
            out.setdefault(subject, []).append((row.bay, SensorTie(subject, row.since, row.until)))
    return out


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
    row: Any, evses: Sequence[Any], sensors: Sequence[Any], watchdogs: Mapping[str, timedelta],
    habits: Mapping[str, NetworkHabits],
) -> BaySetting:  # fmt: skip
    networks = {_network(tie.evse): habits[_network(tie.evse)] for tie in evses if _network(tie.evse) in habits}
    return BaySetting(
        bay=row.id,
        station=row.station,
        zone=row.zone,
        sensors={tie.sensor: watchdogs.get(tie.sensor, timedelta(days=2)) for tie in sensors},
        evses=tuple(sorted(tie.evse for tie in evses if tie.home)),
        shared_evses=tuple(sorted(tie.evse for tie in evses if not tie.home)),
        networks=networks,
    )


def _grouped(conn: Connection, query: Any) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    for row in conn.execute(query):
        out.setdefault(row.bay, []).append(row)
    return out


def _watchdogs(conn: Connection, sensors: Sequence[str]) -> dict[str, timedelta]:
    rows = table(Sensor)
    query = select(rows.c.id, rows.c.watchdog_s).where(rows.c.id.in_(sorted(set(sensors))))
    return {row.id: timedelta(seconds=row.watchdog_s) for row in conn.execute(query)}


def _habits(conn: Connection, evses: Sequence[str]) -> dict[str, NetworkHabits]:
    rows = table(Network)
    keys = sorted({_network(evse) for evse in evses})
    query = select(rows.c.key, rows.c.habits).where(rows.c.key.in_(keys))
    return {row.key: read_habits(row.habits) for row in conn.execute(query)}


def _network(evse: str) -> str:
    return "*".join(evse.split("*")[:2])
