"""What networks state of their objects, and that they remove them. An older word never replaces a newer one.

A removal is a word, too: what was last updated before it, and comes late, does not bring the object back.
"""

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import bindparam, delete, select, update

from ledger.batches import Rows
from ledger.database import Tx, table, upsert
from ledger.objects import OBJECT, OBJECTS, ObjectFields, Outcome, Stored, get, guard, identity_of, row_of
from ledger.statements import Statement
from models import OcpiObject, RemovedObject

_VALUES: dict[str, Any] = {
    name: bindparam(f"new_{name}") for name in ("document", "last_updated", "partner", "version")
}
_UPDATE_OLDER = Statement(
    lambda _: update(OBJECTS).where(OBJECT & (OBJECTS.c.last_updated < bindparam("new_last_updated"))).values(_VALUES)
)
_UPDATE = Statement(lambda _: update(OBJECTS).where(OBJECTS.c.id == bindparam("of_row")).values(_VALUES))
_INSERT = Rows(OcpiObject, ["module", "network", "object_id"], update=False)
_REMOVED = table(RemovedObject)
_REMOVED_AFTER = Statement(
    lambda _: select(_REMOVED.c.removed_at).where(
        _REMOVED.c.module == bindparam("of_module"),
        _REMOVED.c.network == bindparam("of_network"),
        _REMOVED.c.object_id == bindparam("of_id"),
        _REMOVED.c.removed_at > bindparam("at"),
    )
)


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
        if is_removed(tx, fields):
            return Outcome.STALE
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


def remove(tx: Tx, module: str, network: str, object_id: str) -> bool:
    """Remove an object as of now; False if there was none, but then, too, no older word makes it known."""
    identity = identity_of(module, network, object_id)
    key = {"module": module, "network": network, "object_id": identity["of_id"]}
    upsert(tx.conn, RemovedObject, list(key), [{**key, "removed_at": tx.now}])
    return bool(tx.conn.execute(delete(OBJECTS).where(OBJECT), identity).rowcount)


def is_removed(tx: Tx, fields: ObjectFields) -> bool:
    """Whether an object was removed after it was last updated so."""
    at = guard(fields.last_updated, tx.now)
    return (
        _REMOVED_AFTER.first(tx.conn, {**identity_of(fields.module, fields.network, fields.object_id), "at": at})
        is not None
    )


def begin_anew(tx: Tx, networks: Collection[str]) -> None:
    """After a new handshake, what these networks list is there, whatever they removed before."""
    tx.conn.execute(delete(_REMOVED).where(_REMOVED.c.network.in_(networks)))


def _values(tx: Tx, fields: ObjectFields) -> dict[str, Any]:
    return {
        "new_document": fields.document,
        "new_last_updated": guard(fields.last_updated, tx.now),
        "new_partner": fields.partner,
        "new_version": fields.version,
    }
