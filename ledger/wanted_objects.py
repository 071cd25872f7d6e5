"""Which objects a partner must be asked for: parts of them came, and they are not known."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select, update

from ledger.database import Tx, insert, table
from ledger.partners import KnownPartner
from models import OcpiWanted

_FIRST_PAUSE = timedelta(seconds=20)
# So often is an object asked for that its network does not give; then only its next word makes it known.
_TRIES = 8
# What a partner must be asked for is never so much that all others wait for it.
_AT_ONCE = 100

_WANTED = table(OcpiWanted)


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object that its network must be asked for; ``since``: when what we heard of it was true."""

    id: int
    module: str
    network: str
    object_id: str
    since: datetime
    tries: int


def want(tx: Tx, partner: int, module: str, network: str, object_id: str, since: datetime) -> None:
    """Note that an object must be asked for; once, however often parts of it come."""
    row = {"partner": partner, "module": module, "network": network, "object_id": object_id}
    statement = insert(tx.conn, OcpiWanted).values({**row, "since": since, "next_at": tx.now, "tries": 0})
    tx.conn.execute(statement.on_conflict_do_nothing())


def wanted(conn: Connection, partner: KnownPartner, now: datetime) -> list[Wanted]:
    """What this partner must be asked for by now."""
    rows = conn.execute(
        select(_WANTED)
        .where(_WANTED.c.partner == partner.id, _WANTED.c.next_at <= now)
        .order_by(_WANTED.c.next_at, _WANTED.c.id)
        .limit(_AT_ONCE)
    )
    return [Wanted(row.id, row.module, row.network, row.object_id, row.since, row.tries) for row in rows]


def has(tx: Tx, item: Wanted) -> None:
    """It was given."""
    tx.conn.execute(delete(_WANTED).where(_WANTED.c.id == item.id))


def has_not(tx: Tx, item: Wanted) -> None:
    """It was not given: ask again later, and after some tries no more."""
    if item.tries + 1 >= _TRIES:
        has(tx, item)
        return
    next_at = tx.now + _FIRST_PAUSE * 2**item.tries
    tx.conn.execute(update(_WANTED).where(_WANTED.c.id == item.id).values(tries=item.tries + 1, next_at=next_at))
