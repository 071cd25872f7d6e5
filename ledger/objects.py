"""OCPI objects as their networks last stated them. An older word never replaces a newer one.

What guards an object is its ``last_updated``, but never beyond the moment it reached us: a peer whose clock ran ahead
once would otherwise lock its own object until that time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from ledger.batches import Rows
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


_OBJECTS = table(OcpiObject)
_IS_IT = (
    (_OBJECTS.c.module == bindparam("of_module"))
    & (_OBJECTS.c.network == bindparam("of_network"))
    & (_OBJECTS.c.object_id == bindparam("of_id"))
)
_FIND = Statement(
    lambda _: select(_OBJECTS.c.id, _OBJECTS.c.last_updated, _OBJECTS.c.document, _OBJECTS.c.version).where(_IS_IT)
)
_FIND_AND_LOCK = Statement(
    lambda _: (
        select(_OBJECTS.c.id, _OBJECTS.c.last_updated, _OBJECTS.c.document, _OBJECTS.c.version)
        .where(_IS_IT)
        .with_for_update()
    )
)
_VALUES: dict[str, Any] = {
    name: bindparam(f"new_{name}") for name in ("document", "last_updated", "partner", "version")
}
_UPDATE_OLDER = Statement(
    lambda _: update(_OBJECTS).where(_IS_IT & (_OBJECTS.c.last_updated < bindparam("new_last_updated"))).values(_VALUES)
)
_UPDATE = Statement(lambda _: update(_OBJECTS).where(_OBJECTS.c.id == bindparam("of_row")).values(_VALUES))
_INSERT = Rows(OcpiObject, ["module", "network", "object_id"], update=False)


def get(conn: Connection, module: str, network: str, object_id: str, *, lock: bool = False) -> Stored | None:
    """One object, or None. ``lock``: nobody else may change it until the transaction ends (to read, then replace)."""
    row = (_FIND_AND_LOCK if lock else _FIND).first(conn, identity_of(module, network, object_id))
    return None if row is None else Stored(row.id, row.last_updated, row.document, row.version)


def under(conn: Connection, module: str, network: str, prefix: str) -> list[Stored]:
    """All objects of a network's module whose ids begin so."""
    mine = (_OBJECTS.c.module == module) & (_OBJECTS.c.network == network)
    query = select(_OBJECTS.c.id, _OBJECTS.c.last_updated, _OBJECTS.c.document, _OBJECTS.c.version).where(mine)
    rows = conn.execute(query.where(_OBJECTS.c.object_id.startswith(prefix.casefold(), autoescape=True)))
    return [Stored(row.id, row.last_updated, row.document, row.version) for row in rows]


def put_guarded(tx: Tx, fields: ObjectFields, may_follow: Callable[[str], bool] = lambda _: True) -> Outcome:
    """Store an object, unless a later word on it is known. One statement in the usual case, an update in order.

    ``may_follow`` is asked with the stored document where both were last updated at the same moment, and decides.
    """
    identity = identity_of(fields.module, fields.network, fields.object_id)
    values = _values(tx, fields)
    if _UPDATE_OLDER.run(tx.conn, identity | values):
        return Outcome.UPDATED
    stored = get(tx.conn, fields.module, fields.network, fields.object_id, lock=True)
    if stored is None:
        if create(tx, fields):
            return Outcome.CREATED
        # Somebody else made it since we looked, and has committed by now.
        stored = get(tx.conn, fields.module, fields.network, fields.object_id, lock=True)
    if stored is None or stored.last_updated > values["new_last_updated"]:
        return Outcome.STALE
    if stored.document == fields.document:
        return Outcome.SAME
    if stored.last_updated == values["new_last_updated"] and not may_follow(stored.document):
        return Outcome.STALE
    replace(tx, stored, fields)
    return Outcome.UPDATED


def replace(tx: Tx, stored: Stored, fields: ObjectFields) -> None:
    """Write over an object that was read with ``lock``."""
    _UPDATE.run(tx.conn, {"of_row": stored.id, **_values(tx, fields)})


def create(tx: Tx, fields: ObjectFields) -> bool:
    """Store an object that is not there; False if it is by now."""
    return bool(_INSERT.new(tx.conn, [row_of(tx, fields)]))


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


def remove(tx: Tx, module: str, network: str, object_id: str) -> bool:
    """Remove an object; False if there was none."""
    return bool(tx.conn.execute(delete(_OBJECTS).where(_IS_IT), identity_of(module, network, object_id)).rowcount)


def guard(last_updated: datetime, now: datetime) -> datetime:
    """How long an object is guarded by its ``last_updated``: never beyond the moment it reached us."""
    return min(last_updated, now)


def identity_of(module: str, network: str, object_id: str) -> dict[str, Any]:
    """What statements that ask for one object are given."""
    return {"of_module": module, "of_network": network, "of_id": object_id.casefold()}


def _values(tx: Tx, fields: ObjectFields) -> dict[str, Any]:
    return {
        "new_document": fields.document,
        "new_last_updated": guard(fields.last_updated, tx.now),
        "new_partner": fields.partner,
        "new_version": fields.version,
    }
