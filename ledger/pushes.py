"""The outbox of what goes to systems: to partners by OCPI, to subscribers by webhook. Written with its decision.

A push is written once (its identity is unique); how it is taken and sent: :mod:`ledger.claimed_pushes`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update

from ledger.database import Tx, insert, table
from models import Push
from models.outbox import Delivery

CDR, STATUS, COMMAND, WEBHOOK = "cdr", "status", "command", "webhook"

_pushes = table(Push)
_push = _pushes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingPush:
    """A push as its decision writes it; fields as in :class:`models.settlement.Push`."""

    identity: str
    kind: str
    subject: str
    chain: str
    partner: int | None
    not_after: datetime
    document: str = ""
    subscription: int | None = None


def enqueue(tx: Tx, push: OutgoingPush, *, replaces: bool = False) -> bool:
    """Write a push in its decision's transaction. Returns False if that was written before.

    ``replaces``: the last word counts, so one of that identity waits anew, with the new document.
    """
    values = {
        "identity": push.identity,
        "kind": push.kind,
        "subject": push.subject,
        "chain": push.chain,
        "partner": push.partner,
        "subscription": push.subscription,
        "document": push.document,
        "state": Delivery.PENDING,
        "attempts": 0,
        "created_at": tx.now,
        "not_after": push.not_after,
        "next_try_at": tx.now,
    }
    statement = insert(tx.conn, Push).values(values)
    if replaces:
        anew = {name: statement.excluded[name] for name in ("document", "state", "not_after", "next_try_at")}
        # The count goes on, so that whoever has the old one in hand no longer holds this one.
        anew |= {"attempts": _push.attempts + 1, "reason": None, "claimed_until": None}
        statement = statement.on_conflict_do_update(index_elements=["identity"], set_=anew)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=["identity"])
    return tx.conn.scalar(statement.returning(_push.id)) is not None


def wake(tx: Tx, subscription: int) -> None:
    """Let all webhooks that wait for a next try leave now, in their order."""
    waits = _push.subscription == subscription, _push.state == Delivery.PENDING, _push.next_try_at > tx.now
    tx.conn.execute(update(_pushes).where(*waits).values(next_try_at=tx.now))


def again(tx: Tx, number: int, subscription: int, until: datetime) -> bool:
    """Let a webhook wait anew, all its tries before it. False for one that is in a sender's hands, or another's."""
    own = _push.id == number, _push.kind == WEBHOOK, _push.subscription == subscription
    values = {"state": Delivery.PENDING, "attempts": 0, "reason": None, "next_try_at": tx.now, "not_after": until}
    return bool(tx.conn.execute(update(_pushes).where(*own, _push.state != Delivery.SENDING).values(values)).rowcount)
