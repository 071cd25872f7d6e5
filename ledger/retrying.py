"""A person sends again what did not leave: dead letters, and, at their word, those that may have left."""

from datetime import timedelta

from sqlalchemy import select

from ledger.database import Tx, insert, table
from models import Message
from models.outbox import Delivery

# How long a message that a person sends again is worth delivering.
WORTH = timedelta(minutes=30)
DEAD = frozenset({Delivery.FAILED, Delivery.EXPIRED})
# What a person may send again at all; of the last nobody knows whether it left.
RETRIABLE = DEAD | {Delivery.UNKNOWN}

_message = table(Message).c


class RetryError(ValueError):
    """A message that can't be sent again; the text says why."""


def retry(tx: Tx, message_id: int, *, may_come_twice: bool = False) -> bool:
    """Write a message once more, as a new one that says the same; the old one stays as what became of it.

    Returns False if that was done before. Raises :class:`RetryError`: for one that is not dead; one that is unknown,
    without the person's word that it may come twice; a code, which has run out.
    """
    row = tx.conn.execute(select(table(Message)).where(_message.id == message_id)).mappings().one_or_none()
    if row is None or row["state"] not in RETRIABLE:
        raise RetryError("it is not a message that did not leave")
    if row["sealed"]:
        raise RetryError("a code that ran out is asked for anew, by the driver")
    if row["state"] is Delivery.UNKNOWN and not may_come_twice:
        raise RetryError("it may have left: confirm that it may come twice")
    kept = {name: row[name] for name in ("channel", "violation", "driver", "step", "language", "text", "sealed")}
    times = {"created_at": tx.now, "next_try_at": tx.now, "not_after": tx.now + WORTH}
    again = {"identity": f"{row['identity'][:180]}/again/{message_id}", "state": Delivery.PENDING, "attempts": 0}
    statement = insert(tx.conn, Message).values({**kept, **times, **again})
    statement = statement.on_conflict_do_nothing(index_elements=["identity"])
    return tx.conn.scalar(statement.returning(_message.id)) is not None
