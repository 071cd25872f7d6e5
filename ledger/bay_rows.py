"""The rows of bays: those that EVSEs have of their own, and any that are made known, or changed."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from ledger import due, registry_changes
from ledger.batches import Rows
from ledger.database import Tx, table, upsert
from models import Bay, BayState, Evse

_FOLD = Rows(BayState, ["bay"])


def own_bays(tx: Tx, evses: Sequence[str]) -> list[dict[str, object]]:
    """The rows of the implicit bays that EVSEs have of their own."""
    evse = table(Evse).c
    return [
        {
            "id": row.key,
            "station": row.station,
            "name": row.physical_reference or row.evse_id or row.uid,
            "implicit": True,
        }
        for row in tx.conn.execute(select(table(Evse)).where(evse.key.in_(evses)).order_by(evse.key))
    ]


def put_bays(tx: Tx, rows: Sequence[Mapping[str, object]]) -> None:
    """Make bays known, or change them; they are folded anew. Who asks for it changes the registry, too."""
    registry_changes.hold(tx.conn)
    due.hold(tx.conn, (str(row["id"]) for row in rows))
    upsert(tx.conn, Bay, ["id"], [{**row, "known_at": tx.now} for row in rows], "known_at")
    _FOLD.write(tx.conn, [{"bay": row["id"], "stale": True, "due_at": tx.now} for row in rows])
