"""Bays as their owner ties them to EVSEs and sensors: any number at once, in a few statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, or_, select

from enforcement.facts import evse_subject, sensor_subject
from ledger import due
from ledger.batches import Changes, Rows
from ledger.database import Concern, Tx, table
from ledger.statements import Statement, among
from ledger.traits import ALWAYS
from models import Bay, BayEvse, BaySensor, EndedTie

_EVSES, _PAST, _SENSORS = table(BayEvse), table(EndedTie), table(BaySensor)
_IS_IMPLICIT = _EVSES.c.bay.in_(select(table(Bay).c.id).where(table(Bay).c.implicit))
_IS_PAST = exists().where(_PAST.c.bay == _EVSES.c.bay, _PAST.c.evse == _EVSES.c.evse)

_END_IMPLICIT = Statement(
    lambda dialect: (
        delete(_EVSES)
        .where(among(dialect, _EVSES.c.evse, "evses"), or_(_IS_IMPLICIT, _IS_PAST))
        .returning(_EVSES.c.bay)
    )
)
_FORGET_PAST = Statement(
    lambda dialect: delete(_PAST).where(among(dialect, _PAST.c.evse, "evses")).returning(_PAST.c.bay)
)
_HOMES = Statement(lambda dialect: select(_EVSES).where(among(dialect, _EVSES.c.evse, "evses"), _EVSES.c.home))
_UNTIE = Statement(lambda dialect: delete(_EVSES).where(among(dialect, _EVSES.c.bay, "bays")).returning(_EVSES.c.evse))
_TIE = Rows(BayEvse)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class BayTie:
    """A bay as its owner describes it: the EVSEs that reach it and the sensors in it, by key."""

    bay: str
    station: str
    name: str
    evses: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()


def tie_evses(tx: Tx, ties: Sequence[BayTie]) -> Concern:
    """The first bay that an EVSE is tied to is the home of its sessions; implicit bays of tied EVSEs end.

    Gives what that changes: these bays, those that ended, and all EVSEs that are tied or were.
    """
    claims: dict[str, list[str]] = {}
    for tie in ties:
        for evse in dict.fromkeys(tie.evses):
            claims.setdefault(evse, []).append(tie.bay)
    ended = _end_implicit(tx, sorted(claims))
    homes = {row.evse: row.bay for row in _HOMES.all(tx.conn, {"evses": sorted(claims)})}
    described = {tie.bay for tie in ties}
    untied = {row.evse for row in _UNTIE.all(tx.conn, {"bays": sorted(described)})}
    rows: list[dict[str, Any]] = []
    for evse, bays in claims.items():
        before = homes.get(evse)
        is_kept = before is not None and (before in bays or before not in described)
        home = before if is_kept else bays[0]
        rows += ({"bay": bay, "evse": evse, "home": bay == home} for bay in bays)
    _TIE.write(tx.conn, rows)
    return Concern(frozenset(described | ended), frozenset(map(evse_subject, claims.keys() | untied)))


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


def _end_implicit(tx: Tx, evses: Sequence[str]) -> set[str]:
    """Implicit bays lose their EVSE, as if it had never been there: an owner corrects what a network said.

    Their rows stay, since stays may refer to them, and boards leave them out. Gives these bays.
    """
    ended = {row.bay for row in _END_IMPLICIT.all(tx.conn, {"evses": evses})}
    ended |= {row.bay for row in _FORGET_PAST.all(tx.conn, {"evses": evses})}
    due.look_again(tx, ended)
    return ended
