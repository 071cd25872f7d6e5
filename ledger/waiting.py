"""Facts between record and assess: recorded, durable and acknowledged, but not yet in the evidence of their bays.

A door that takes one fact at a time leaves it here, because deciding for five hundred bays at once costs each of them a
tenth of what deciding for one does. Whoever assesses a bay takes away what waits for it, in the same transaction.
"""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Connection, bindparam, delete, select

from enforcement.facts import AnyFact
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.facts import from_line, to_line
from ledger.statements import Statement, among
from models import WaitingFact

_ROWS = table(WaitingFact)
_ADD = Rows(WaitingFact)
_TAKE = Statement(
    lambda dialect: delete(_ROWS).where(among(dialect, _ROWS.c.bay, "bays")).returning(_ROWS.c.bay, _ROWS.c.body)
)
_FIRST = Statement(lambda _: select(_ROWS.c.bay).order_by(_ROWS.c.id).limit(bindparam("most")))


def wait(tx: Tx, facts: Mapping[str, Sequence[AnyFact]]) -> None:
    """Leave facts for whoever assesses these bays."""
    _ADD.write(tx.conn, [{"bay": bay, "body": to_line(fact)} for bay, own in facts.items() for fact in own])


def take(tx: Tx, bays: Iterable[str]) -> dict[str, list[AnyFact]]:
    """What waits for bays whose rows this transaction has locked; it waits no longer."""
    out: dict[str, list[AnyFact]] = {}
    for row in _TAKE.all(tx.conn, {"bays": list(bays)}):
        out.setdefault(row.bay, []).append(from_line(row.body))
    return out


def longest_waiting(tx: Tx, most: int) -> list[str]:
    """Bays for which something waits, from the oldest of ``most`` facts on."""
    return sorted({row.bay for row in _FIRST.all(tx.conn, {"most": most})})


def is_any_waiting(conn: Connection) -> bool:
    """Whether something waits for any bay."""
    return _FIRST.first(conn, {"most": 1}) is not None
