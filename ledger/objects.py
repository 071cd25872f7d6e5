"""OCPI objects as their networks last stated them (:mod:`ledger.stated`).

What guards an object is its ``last_updated``, but never beyond the moment it reached us: a peer whose clock ran ahead
once would otherwise lock its own object until that time.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, select

from ledger.database import Tx, table
from ledger.statements import Statement
from models import OcpiObject


class Outcome(StrEnum):
    """What became of an object that was put."""

    CREATED = "created"
    UPDATED = "updated"
    SAME = "same"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFields:
    """An object to store. ``document``: its JSON in the names of ``version``, personal data taken out.

    ``module``: locations, sessions, …
    """

    module: str
    network: str
    object_id: str
    version: str
    partner: int
    last_updated: datetime
    document: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it stands; ``version`` is that of OCPI in whose names it is."""

    id: int
    last_updated: datetime
    document: str
    version: str


OBJECTS = table(OcpiObject)
OBJECT = (
    (OBJECTS.c.module == bindparam("of_module"))
    & (OBJECTS.c.network == bindparam("of_network"))
    & (OBJECTS.c.object_id == bindparam("of_id"))
)
_FIND = Statement(
    lambda _: select(OBJECTS.c.id, OBJECTS.c.last_updated, OBJECTS.c.document, OBJECTS.c.version).where(OBJECT)
)
_FIND_AND_LOCK = Statement(
    lambda _: (
        select(OBJECTS.c.id, OBJECTS.c.last_updated, OBJECTS.c.document, OBJECTS.c.version)
        .where(OBJECT)
        .with_for_update()
    )
)


def get(conn: Connection, module: str, network: str, object_id: str, *, lock: bool = False) -> Stored | None:
    """One object, or None. ``lock``: nobody else may change it until the transaction ends (to read, then replace)."""
    row = (_FIND_AND_LOCK if lock else _FIND).first(conn, identity_of(module, network, object_id))
    return None if row is None else Stored(row.id, row.last_updated, row.document, row.version)


def under(conn: Connection, module: str, network: str, prefix: str) -> list[Stored]:
    """All objects of a network's module whose ids begin so."""
    mine = (OBJECTS.c.module == module) & (OBJECTS.c.network == network)
    query = select(OBJECTS.c.id, OBJECTS.c.last_updated, OBJECTS.c.document, OBJECTS.c.version).where(mine)
    rows = conn.execute(query.where(OBJECTS.c.object_id.startswith(prefix.casefold(), autoescape=True)))
    return [Stored(row.id, row.last_updated, row.document, row.version) for row in rows]


def row_of(tx: Tx, fields: ObjectFields) -> dict[str, Any]:
    """The row of an object that reaches us now."""
    return {
        "module": fields.module,
        "network": fields.network,
        "object_id": fields.object_id.casefold(),
        "version": fields.version,
        "partner": fields.partner,
        "last_updated": guard(fields.last_updated, tx.now),
        "created_at": tx.now,
        "document": fields.document,
    }


def guard(last_updated: datetime, now: datetime) -> datetime:
    """How long an object is guarded by its ``last_updated``: never beyond the moment it reached us."""
    return min(last_updated, now)


def identity_of(module: str, network: str, object_id: str) -> dict[str, Any]:
    """What statements that ask for one object are given."""
    return {"of_module": module, "of_network": network, "of_id": object_id.casefold()}
