"""Messages in a sender's hands: taken out of the outbox by one alone."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, update

from ledger.database import Ledger, Tx, table
from ledger.outbox import text_of
from ledger.pace import may_leave
from ledger.reachability import UnreachableError, phone_of
from models import Message
from models.outbox import Delivery

# Longer than a sender waits for its provider, so that a lease that ran out means that its sender is gone.
LEASE = timedelta(minutes=2)
# So many messages to drivers who can't be reached are passed over at once.
_PASSED_OVER = 20

_message = table(Message).c


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedMessage:
    """A message in the hands of one sender. ``attempt`` counts from 1 and tells this claim from an earlier one."""

    id: int
    driver: int
    phone: str = field(repr=False)
    text: str
    attempt: int
    not_after: datetime


def claim(
    ledger: Ledger, now: datetime, limit: int, reader: str = "sender", per_second: int = 0
) -> list[ClaimedMessage]:
    """Take up to ``limit`` messages that are due, oldest first; the caller has :data:`LEASE` to send them.

    Before that, messages whose moment has passed expire and abandoned ones become unknown. ``reader`` is who the
    access log names as having read the numbers. A message to a driver who can't be reached any more fails here.
    An idle outbox costs one read. ``per_second``: how many may leave, over all senders; 0: any number.
    """
    with ledger.read() as conn:
        if not conn.scalar(select(exists().where(or_(_is_due(now), _is_abandoned(now))))):
            return []
    with ledger.write(now) as tx:
        _close(tx, and_(_is_due(now), _message.not_after <= now), Delivery.EXPIRED, "its moment had passed")
        _close(tx, _is_abandoned(now), Delivery.UNKNOWN, "the sender stopped while it was sending")
        return _take_all(tx, limit, reader, per_second)


def _take_all(tx: Tx, limit: int, reader: str, per_second: int) -> list[ClaimedMessage]:
    """Up to ``limit``. One that can't leave costs those behind it nothing: they have its place."""
    taken: list[ClaimedMessage] = []
    has_place = False
    for row in _due_rows(tx, limit + _PASSED_OVER):
        if len(taken) == limit or not (has_place or may_leave(tx, row.channel, per_second)):
            break
        one = _take(tx, row, reader)
        has_place = one is None
        taken += [] if one is None else [one]
    return taken


def _is_due(now: datetime) -> ColumnElement[bool]:
    """What waits: its time has come, or has gone for good."""
    return and_(_message.state == Delivery.PENDING, or_(_message.next_try_at <= now, _message.not_after <= now))


def _is_abandoned(now: datetime) -> ColumnElement[bool]:
    return and_(_message.state == Delivery.SENDING, _message.claimed_until <= now)


def _close(tx: Tx, which: ColumnElement[bool], state: Delivery, reason: str) -> None:
    mine = _skip_locked(tx, select(_message.id).where(which))
    values = {"state": state, "reason": reason, "next_try_at": tx.now}
    tx.conn.execute(update(table(Message)).where(_message.id.in_(mine)).values(values))


def _due_rows(tx: Tx, limit: int) -> list[Any]:
    query = select(table(Message)).where(_is_due(tx.now)).order_by(_message.next_try_at, _message.id).limit(limit)
    return list(tx.conn.execute(_skip_locked(tx, query)))


def _skip_locked(tx: Tx, query: Select[Any]) -> Select[Any]:
    """Leave what another sender has in hand; SQLite's writers come one at a time as it is."""
    return query.with_for_update(skip_locked=True) if tx.conn.dialect.name == "postgresql" else query


def _take(tx: Tx, row: Any, reader: str) -> ClaimedMessage | None:
    """Mark a message as ours; None if it can't be read, or its driver can't be reached."""
    try:
        text = text_of(tx.vault, row)
        phone = phone_of(tx, row.driver, reader, f"message:{row.id}")
    except InvalidToken:
        _close(tx, _message.id == row.id, Delivery.FAILED, "no key of the vault opens the message")
        return None
    except UnreachableError as error:
        _close(tx, _message.id == row.id, Delivery.FAILED, str(error))
        return None
    taken = {"state": Delivery.SENDING, "attempts": row.attempts + 1, "claimed_until": tx.now + LEASE}
    tx.conn.execute(update(table(Message)).where(_message.id == row.id).values(taken))
    return ClaimedMessage(
        id=row.id,
        driver=row.driver,
        phone=phone,
        text=text,
        attempt=row.attempts + 1,
        not_after=row.not_after,
    )
