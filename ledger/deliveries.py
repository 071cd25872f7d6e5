"""What became of a message: word from its sender, from the provider's call-back, or from looking it up there.

These come twice, late and out of order, so a message's state only ever rises: pending, sending, unknown, sent, and one
of the last three. The one way back is :func:`put_back`, by the sender that holds it and knows that it has not left.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, select, update

from ledger import changed_circumstances
from ledger.claimed_messages import LEASE, ClaimedMessage
from ledger.database import Ledger, Tx, table
from ledger.outbox import text_of
from ledger.reachability import UnreachableError, phone_of
from models import Message
from models.outbox import Delivery

RANK = {
    Delivery.PENDING: 0,
    Delivery.SENDING: 1,
    Delivery.UNKNOWN: 2,
    Delivery.SENT: 3,
    Delivery.DELIVERED: 4,
    Delivery.FAILED: 4,
    Delivery.EXPIRED: 4,
}
FIRST_BACK_OFF = timedelta(seconds=5)
LAST_BACK_OFF = timedelta(minutes=5)
FIRST_LOOK_AFTER = timedelta(minutes=1)
LOOKED_FOR = timedelta(hours=24)

_message = table(Message).c


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is known of a message. ``provider_id`` is the provider's name for it; ``reason`` holds no personal data."""

    state: Delivery
    provider_id: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unresolved:
    """A message of which nobody knows whether it left. ``attempted_at``: when a sender took it."""

    id: int
    phone: str = field(repr=False)
    text: str
    attempted_at: datetime


def report(tx: Tx, message_id: int, outcome: Outcome) -> bool:
    """Write down what became of a message, if that is more than what is known. Returns False if there is none such.

    A word about another provider's message than the one that is known for it changes nothing.
    """
    row = tx.conn.execute(select(_message.provider_id).where(_message.id == message_id)).one_or_none()
    if row is None:
        return False
    if row.provider_id and outcome.provider_id and row.provider_id != outcome.provider_id:
        return True
    one = _message.id == message_id
    if outcome.provider_id:
        named = and_(one, _message.provider_id.is_(None))
        tx.conn.execute(update(table(Message)).where(named).values(provider_id=outcome.provider_id))
    lower = [state for state, rank in RANK.items() if rank < RANK[outcome.state]]
    values: dict[str, Any] = {
        "state": outcome.state,
        "reason": outcome.reason,
        "next_try_at": tx.now + FIRST_LOOK_AFTER,
    }
    if outcome.state in (Delivery.SENT, Delivery.DELIVERED):
        values["sent_at"] = func.coalesce(_message.sent_at, tx.now)
    if outcome.state is Delivery.DELIVERED:
        values["delivered_at"] = tx.now
    risen = tx.conn.execute(update(table(Message)).where(one, _message.state.in_(lower)).values(values)).rowcount
    if risen and outcome.state is Delivery.DELIVERED:
        changed_circumstances.delivered(tx, message_id)
    return True


def driver_of(conn: Connection, message_id: int) -> int:
    """Whom a message is for. Raises ``sqlalchemy.exc.NoResultFound`` if there is no such message."""
    found: int = conn.execute(select(_message.driver).where(_message.id == message_id)).scalar_one()
    return found


def put_back(tx: Tx, claimed: ClaimedMessage, reason: str) -> None:
    """Let a message wait for another try: its sender knows that it has not left. No effect once the claim is lost."""
    held = and_(_message.id == claimed.id, _message.state == Delivery.SENDING, _message.attempts == claimed.attempt)
    later = tx.now + back_off(claimed.attempt)
    values = {"state": Delivery.PENDING, "reason": reason, "next_try_at": later, "claimed_until": None}
    tx.conn.execute(update(table(Message)).where(held).values(values))


def back_off(attempt: int) -> timedelta:
    """How long to wait after so many tries: 5 s, doubled each time, at most 5 minutes."""
    return min(FIRST_BACK_OFF * (1 << min(attempt - 1, 10)), LAST_BACK_OFF)


def unresolved(ledger: Ledger, now: datetime, limit: int = 20, reader: str = "sender") -> list[Unresolved]:
    """Messages to look up at the provider now: first a minute after the try, then at twice their age, for a day."""
    due = and_(
        _message.state == Delivery.UNKNOWN,
        _message.next_try_at <= now,
        _message.claimed_until > now - LOOKED_FOR + LEASE,
    )
    query = select(table(Message)).where(due).limit(limit)
    with ledger.read() as conn:
        if conn.execute(query).first() is None:
            return []
    found: list[Unresolved] = []
    with ledger.write(now) as tx:
        for row in tx.conn.execute(query.order_by(_message.next_try_at)).all():
            attempted_at = row.claimed_until - LEASE
            again = now + max(FIRST_LOOK_AFTER, now - attempted_at)
            tx.conn.execute(update(table(Message)).where(_message.id == row.id).values(next_try_at=again))
            try:
                phone = phone_of(tx, row.driver, reader, f"trace message:{row.id}")
            except UnreachableError:
                continue
            found.append(Unresolved(id=row.id, phone=phone, text=text_of(tx.vault, row), attempted_at=attempted_at))
    return found


def resolve(tx: Tx, message_id: int, candidates: Sequence[Outcome]) -> bool:
    """Take the first of the provider's messages that is no other message of ours. Returns whether there was one."""
    for candidate in candidates:
        holder = tx.conn.scalar(select(_message.id).where(_message.provider_id == candidate.provider_id))
        if holder in (None, message_id):
            return report(tx, message_id, candidate)
    return False
