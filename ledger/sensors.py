"""What sensors last said of themselves, and how long their words must hold: known from their first message on."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, select

from enforcement.setting import NO_DEBOUNCE, Debounce
from ledger.batches import Rows
from ledger.changes import Changes
from ledger.database import Concern, Tx, registry_changed, table, upsert
from ledger.statements import Statement, among
from ledger.traits import ALWAYS
from models import BaySensor, Sensor, SensorDebounce

_NONE: Mapping[str, str] = {}


class SensorHeard(NamedTuple):
    """The last that a batch heard of one sensor."""

    model: str | None
    watchdog: timedelta
    occupied: bool | None
    at: datetime
    seen_at: datetime
    skew_s: int | None = None
    debounce: Debounce = NO_DEBOUNCE


def touch_sensors(tx: Tx, heard: Mapping[str, SensorHeard], batteries: Mapping[str, str] = _NONE) -> None:
    """Note what sensors last said, known or not; only news moves a sensor's row, late messages don't.

    ``batteries``: what sensors that are known said of theirs, in messages of any kind.
    """
    if batteries.keys() - heard.keys():  # else those are taken after these, and two batches could wait for each other
        _HOLD.all(tx.conn, {"sensors": [*heard, *batteries]})
    if heard:
        _touch(tx, heard)
    if batteries:
        _CHANGES.write(tx.conn, [{"id": sensor, "battery": now} for sensor, now in sorted(batteries.items())])


def _touch(tx: Tx, heard: Mapping[str, SensorHeard]) -> None:
    rows = [
        {
            "id": sensor,
            "model": last.model,
            "watchdog_s": _watchdog_s(last),
            "occupied": last.occupied,
            "last_at": min(last.at, last.seen_at),
            "last_seen_at": last.seen_at,
            "skew_s": last.skew_s,
        }
        for sensor, last in sorted(heard.items())
    ]
    known = {row.id: row for row in _KNOWN.all(tx.conn, {"sensors": list(heard)})}
    _TOUCH.write(tx.conn, rows)
    changed = _note_debounces(tx, heard, known)
    changed |= {
        sensor for sensor, last in heard.items() if sensor not in known or known[sensor].watchdog_s != _watchdog_s(last)
    }
    if changed:
        registry_changed(tx, partial(_bays_of, sorted(changed)))


_KNOWN = Statement(
    lambda dialect: select(
        table(Sensor).c.id, table(Sensor).c.watchdog_s, table(Sensor).c.arrival_s, table(Sensor).c.departure_s
    ).where(among(dialect, table(Sensor).c.id, "sensors"))
)
_HOLD = Statement(
    lambda dialect: (
        select(table(Sensor).c.id)
        .where(among(dialect, table(Sensor).c.id, "sensors"))
        .order_by(table(Sensor).c.id)
        .with_for_update(key_share=True)
    )
)
_LAIN_IN = Statement(
    lambda dialect: (
        select(table(BaySensor).c.bay).where(among(dialect, table(BaySensor).c.sensor, "sensors")).distinct()
    )
)
_CHANGES = Changes(Sensor, "id")
_TOUCH = Rows(Sensor, ["id"], newest_by="last_at", unless_none=("skew_s",))


def _bays_of(sensors: list[str], conn: Connection) -> Concern:
    """The bays in which these sensors lie or lay. Which those are stays as it was, and with it what a site is."""
    return Concern(frozenset(row.bay for row in _LAIN_IN.all(conn, {"sensors": sensors})), sites=False)


def _note_debounces(tx: Tx, heard: Mapping[str, SensorHeard], known: Mapping[str, object]) -> set[str]:
    """What holds for a sensor that is heard for the first time always held; what changes later, changes from now on.

    Gives the sensors of which something changed.
    """
    said = {sensor: _seconds(last.debounce) for sensor, last in heard.items()}
    changed = [sensor for sensor in sorted(said) if said[sensor] != _seconds_of(known.get(sensor))]
    if not changed:
        return set()
    rows: list[dict[str, object]] = []
    for sensor in changed:
        since, (arrival_s, departure_s) = tx.now if sensor in known else ALWAYS, said[sensor]
        rows.append({"sensor": sensor, "since": since, "arrival_s": arrival_s, "departure_s": departure_s})
    upsert(tx.conn, SensorDebounce, ["sensor", "since"], rows)
    now = [{"id": row["sensor"], "arrival_s": row["arrival_s"], "departure_s": row["departure_s"]} for row in rows]
    _CHANGES.write(tx.conn, now)
    return set(changed)


def _watchdog_s(last: SensorHeard) -> int:
    return int(last.watchdog.total_seconds())


def _seconds(debounce: Debounce) -> tuple[int, int]:
    return int(debounce.arrival.total_seconds()), int(debounce.departure.total_seconds())


def _seconds_of(row: object) -> tuple[int, int]:
    return (0, 0) if row is None else (row.arrival_s, row.departure_s)  # type: ignore[attr-defined]
