"""The codes on signs: made when a station's signs are made, found when somebody types one."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from enforcement import bay_codes
from ledger.database import Tx, insert, table
from ledger.queries.bay_tiles import is_real
from models import Bay, BayCode, Station

_bay = table(Bay).c
_code = table(BayCode).c


@dataclass(frozen=True, slots=True)
class SignedBay:
    """A bay with the code of its sign."""

    id: str
    name: str
    code: str


class UnknownStationError(LookupError):
    """No station has this key, or it has no bays."""


def ensure(tx: Tx, station: str) -> Sequence[SignedBay]:
    """The bays of a station (by key) with their codes, in the order of their names; bays without one get one.

    Raises :class:`UnknownStationError`.
    """
    bays = tx.conn.execute(select(_bay.id).where(_bay.station == station, is_real())).scalars().all()
    if not bays:
        raise UnknownStationError(f"there is no station {station!r} with bays")
    missing = set(bays) - set(tx.conn.execute(select(_code.bay).where(_code.bay.in_(bays))).scalars())
    for bay in sorted(missing):
        _give(tx, bay)
    query = (
        select(_bay.id, _bay.name, _code.code)
        .join(table(BayCode), _code.bay == _bay.id)
        .where(_bay.id.in_(bays))
        .order_by(func.length(_bay.name), _bay.name, _bay.id)
    )
    return [SignedBay(row.id, row.name, row.code) for row in tx.conn.execute(query)]


def station_of(conn: Connection, key: str) -> str | None:
    """The name of a station, None if it is not known."""
    return conn.execute(select(table(Station).c.name).where(table(Station).c.key == key)).scalar()


def bay_with(conn: Connection, code: str) -> str | None:
    """The bay whose sign has this code."""
    return conn.execute(select(_code.bay).where(_code.code == code)).scalar()


def _give(tx: Tx, bay: str) -> None:
    """A code that nobody has: drawn again in the one case in many millions that somebody does."""
    while True:
        row = {"bay": bay, "code": bay_codes.make(secrets.choice), "created_at": tx.now}
        made = insert(tx.conn, BayCode).values(row).on_conflict_do_nothing().returning(_code.bay)
        if tx.conn.scalar(made) or tx.conn.scalar(select(_code.bay).where(_code.bay == bay)):
            return
