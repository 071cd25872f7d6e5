"""What feeds the ledger and what did not get in: sensors and rejects."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from ledger.database import table
from models import Bay, BaySensor, Reject, Sensor, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorLine:
    """A sensor with its bay, if it is tied to one. ``bay_name`` is None: heard, but unassigned."""

    id: str
    model: str | None
    watchdog_s: int | None
    occupied: bool | None
    last_at: datetime | None
    battery: str | None
    skew_s: int | None
    arrival_s: int | None
    departure_s: int | None
    bay: str | None
    bay_name: str | None
    station_name: str | None
    zone: str | None
    synthetic: bool
    is_silent: bool


def sensors(conn: Connection, now: datetime, after: str, limit: int) -> list[SensorLine]:
    """Sensors by id after ``after``, heard or only described. One that was never heard is silent."""
    sensor, tie, bay, station = table(Sensor), table(BaySensor), table(Bay), table(Station)
    ids = select(sensor.c.id).union(select(tie.c.sensor).where(tie.c.until.is_(None))).subquery()
    query = (
        select(ids.c.id, sensor.c.model, sensor.c.watchdog_s, sensor.c.occupied, sensor.c.last_at, sensor.c.battery)
        .add_columns(sensor.c.skew_s, sensor.c.arrival_s, sensor.c.departure_s)
        .add_columns(
            bay.c.id.label("bay"), bay.c.name.label("bay_name"), station.c.name.label("station_name"), station.c.zone
        )
        .add_columns(func.coalesce(station.c.synthetic, False).label("synthetic"))
        .outerjoin(sensor, sensor.c.id == ids.c.id)
        .outerjoin(tie, (tie.c.sensor == ids.c.id) & tie.c.until.is_(None))
        .outerjoin(bay, bay.c.id == tie.c.bay)
        .outerjoin(station, station.c.key == bay.c.station)
        .where(ids.c.id > after)
        .order_by(ids.c.id)
        .limit(limit)
    )
    return [SensorLine(**row, is_silent=_is_silent(row, now)) for row in conn.execute(query).mappings()]


def sensor_counts(conn: Connection, now: datetime) -> dict[str, int]:
    """How many sensors there are in all, unassigned, and silent."""
    sensor, tie = table(Sensor), table(BaySensor)
    tied = select(tie.c.sensor).where(tie.c.until.is_(None)).distinct()
    watchdogs = conn.execute(select(sensor.c.watchdog_s).distinct()).scalars().all()
    too_old = [(sensor.c.watchdog_s == s) & (sensor.c.last_at < now - timedelta(seconds=s)) for s in watchdogs]
    heard = _count(conn, select(sensor.c.id))
    never_heard = _count(conn, tied.where(tie.c.sensor.not_in(select(sensor.c.id))))
    return {
        "sensors": heard + never_heard,
        "unassigned": _count(conn, select(sensor.c.id).where(sensor.c.id.not_in(tied))),
        "silent": never_heard + _count(conn, select(sensor.c.id).where(or_(sensor.c.last_at.is_(None), *too_old))),
    }


def rejects(conn: Connection, before: int | None, limit: int) -> list[Any]:
    """Rejects, newest first, those with an id lower than ``before``."""
    rows = table(Reject)
    query = select(rows).order_by(rows.c.id.desc()).limit(limit)
    return list(conn.execute(query if before is None else query.where(rows.c.id < before)))


def _is_silent(row: Any, now: datetime) -> bool:
    return row["last_at"] is None or (now - row["last_at"]).total_seconds() > row["watchdog_s"]


def _count(conn: Connection, query: Select[Any]) -> int:
    return int(conn.execute(select(func.count()).select_from(query.subquery())).scalar_one())
