"""Sensors as an owner lays them into bays: any number at once, in a few statements."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select

from enforcement.facts import sensor_subject
from ledger import due
from ledger.batches import Rows
from ledger.bay_ties import BayTie
from ledger.changes import Changes
from ledger.database import Concern, Tx, table
from ledger.statements import Statement, among
from ledger.traits import ALWAYS
from models import BaySensor

_SENSORS = table(BaySensor)
_OPEN = Statement(
    lambda dialect: select(_SENSORS).where(
        _SENSORS.c.until.is_(None),
        or_(among(dialect, _SENSORS.c.bay, "bays"), among(dialect, _SENSORS.c.sensor, "sensors")),
    )
)
_EVER_TIED = Statement(
    lambda dialect: select(_SENSORS.c.sensor).where(among(dialect, _SENSORS.c.sensor, "sensors")).distinct()
)
_LAY = Rows(BaySensor)
_TAKE_OUT = Changes(BaySensor, "id")


def tie_sensors(tx: Tx, ties: Sequence[BayTie]) -> Concern:
    """A sensor that moves from one bay to another does so now: what it said before stays with the old bay.

    Gives what that changes: these bays, those that one was taken out of, and all sensors that were moved.
    """
    sensors = sorted({sensor for tie in ties for sensor in tie.sensors})
    lying = _Lying(
        _OPEN.all(tx.conn, {"bays": sorted({tie.bay for tie in ties}), "sensors": sensors}),
        {row.sensor for row in _EVER_TIED.all(tx.conn, {"sensors": sensors})},
        tx.now,
    )
    for tie in ties:
        lying.put(tie.bay, tie.sensors)
    _TAKE_OUT.write(tx.conn, [{"id": of, "until": tx.now} for of in lying.taken_out])
    _LAY.write(tx.conn, lying.new)
    due.look_again(tx, lying.left)
    return Concern(frozenset({*lying.left, *(tie.bay for tie in ties)}), frozenset(map(sensor_subject, lying.moved)))


class _Lying:
    """Where sensors lie, as ties are read one after the other.

    ``left``: the bays that one was taken out of; ``moved``: sensors that lie elsewhere now, or nowhere.
    """

    def __init__(self, rows: Iterable[Any], ever_tied: set[str], now: datetime) -> None:
        """``rows``: the open ties of these bays and sensors; ``ever_tied``: sensors with any tie."""
        self.taken_out: list[int] = []
        self.new: list[dict[str, Any]] = []
        self.left: set[str] = set()
        self.moved: set[str] = set()
        self._ever_tied, self._now = ever_tied, now
        self._open: dict[str, dict[str, Any]] = {}
        self._in: dict[str, set[str]] = {}
        for row in rows:
            self._open[row.sensor] = {"id": row.id, "bay": row.bay}
            self._in.setdefault(row.bay, set()).add(row.sensor)

    def put(self, bay: str, sensors: Sequence[str]) -> None:
        """These sensors lie in this bay now, and no others do."""
        here = self._in.setdefault(bay, set())
        for sensor in sorted(here - set(sensors)):
            self._take_out(sensor)
        for sensor in sensors:
            if sensor in here:
                continue
            if sensor in self._open:
                self._take_out(sensor)
            # The first holds for all that it ever said: the owner only now says where it always lay.
            since = self._now if sensor in self._ever_tied else ALWAYS
            row = {"bay": bay, "sensor": sensor, "since": since, "until": None}
            self.new.append(row)
            self._open[sensor] = row
            self.moved.add(sensor)
            self._ever_tied.add(sensor)
            here.add(sensor)

    def _take_out(self, sensor: str) -> None:
        row = self._open.pop(sensor)
        self._in[row["bay"]].discard(sensor)
        self.left.add(row["bay"])
        self.moved.add(sensor)
        if "id" in row:
            self.taken_out.append(row["id"])
        else:
            row["until"] = self._now
