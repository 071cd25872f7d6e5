"""Bays as tiles: what each is and since when, what watches it, and what runs there; all of them in four queries."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from enforcement.clauses import Kind
from enforcement.violations import State
from ledger.database import table
from models import Bay, BayEvse, BaySensor, BayState, Evse, Sensor, ViolationRow

_OPEN = (State.WATCHED, State.WARNED, State.RUNNING)


@dataclass(frozen=True, slots=True)
class SensorWord:
    """What a sensor in the bay last said, and whether its watchdog has run out since."""

    id: str
    occupied: bool | None
    last_at: datetime | None
    is_silent: bool


@dataclass(frozen=True, slots=True)
class OpenViolation:
    """A violation that goes on: watched while its grace runs, then running. Amounts in minor units."""

    public_id: str
    kind: Kind
    state: State
    grace_ends_at: datetime | None
    total_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class BayTile:
    """One bay as the board shows it."""

    id: str
    name: str
    condition: str
    reason: str
    since: datetime | None
    chargers: tuple[str, ...]
    sensors: tuple[SensorWord, ...]
    violation: OpenViolation | None


def load(
    conn: Connection, stations: list[str], now: datetime, conditions: Sequence[str] = (), most: int = 100, skip: int = 0
) -> dict[str, list[BayTile]]:
    """Tiles by station key, in the order of the bays' names (``A2`` before ``A10``): ``most`` of each, after ``skip``.

    ``conditions``: only bays that are one of these; without any, all.
    """
    bay, state = table(Bay), table(BayState)
    order = (func.length(bay.c.name), bay.c.name, bay.c.id)
    number = func.row_number().over(partition_by=bay.c.station, order_by=order).label("number")
    found = (
        select(bay.c.id, bay.c.name, bay.c.station, state.c.condition, state.c.reason, state.c.since, number)
        .outerjoin(state, state.c.bay == bay.c.id)
        .where(bay.c.station.in_(stations), is_real())
    )
    ranked = (found.where(state.c.condition.in_(conditions)) if conditions else found).subquery()
    is_shown = ranked.c.number.between(skip + 1, skip + most)
    query = select(ranked).where(is_shown).order_by(ranked.c.number)
    in_page = select(ranked.c.id).where(is_shown).scalar_subquery()
    sensors, chargers = _sensors(conn, in_page, now), _chargers(conn, in_page)
    violations = _violations(conn, in_page)
    out: dict[str, list[BayTile]] = {}
    for row in conn.execute(query):
        tile = BayTile(
            id=row.id,
            name=row.name,
            condition=row.condition or "unknown",
            reason=row.reason or "no_sensor_word",
            since=row.since,
            chargers=tuple(chargers.get(row.id, ())),
            sensors=tuple(sensors.get(row.id, ())),
            violation=violations.get(row.id),
        )
        out.setdefault(row.station, []).append(tile)
    return out


def is_real() -> ColumnElement[bool]:
    """An implicit bay that lost its EVSE to a bay that the owner described stands for nothing any more."""
    bay, tie = table(Bay), table(BayEvse)
    return or_(~bay.c.implicit, select(tie.c.bay).where(tie.c.bay == bay.c.id).exists())


def _sensors(conn: Connection, bays: Any, now: datetime) -> dict[str, list[SensorWord]]:
    tie, sensor = table(BaySensor), table(Sensor)
    query = (
        select(tie.c.bay, tie.c.sensor, sensor.c.occupied, sensor.c.last_at, sensor.c.watchdog_s)
        .outerjoin(sensor, sensor.c.id == tie.c.sensor)
        .where(tie.c.until.is_(None), tie.c.bay.in_(bays))
        .order_by(tie.c.sensor)
    )
    out: dict[str, list[SensorWord]] = {}
    for row in conn.execute(query):
        is_silent = row.last_at is None or (now - row.last_at).total_seconds() > row.watchdog_s
        out.setdefault(row.bay, []).append(SensorWord(row.sensor, row.occupied, row.last_at, is_silent))
    return out


def _chargers(conn: Connection, bays: Any) -> dict[str, list[str]]:
    tie, evse = table(BayEvse), table(Evse)
    query = (select(tie.c.bay, evse.c.status).join(evse, evse.c.key == tie.c.evse).where(tie.c.bay.in_(bays))).order_by(
        tie.c.bay, tie.c.evse
    )
    return _grouped((row.bay, row.status) for row in conn.execute(query))


def _violations(conn: Connection, bays: Any) -> dict[str, OpenViolation]:
    """The open violation of each bay; one that runs goes before one that is watched."""
    rows = table(ViolationRow)
    query = select(rows).where(rows.c.state.in_(_OPEN), rows.c.bay.in_(bays)).order_by(rows.c.clock_started_at)
    out: dict[str, OpenViolation] = {}
    for row in conn.execute(query):
        if row.bay in out and row.state is not State.RUNNING:
            continue
        total = row.fee_minor + row.tax_minor
        out[row.bay] = OpenViolation(row.public_id, row.kind, row.state, row.grace_ends_at, total, row.currency)
    return out


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for key, value in pairs:
        out.setdefault(key, []).append(value)
    return out
