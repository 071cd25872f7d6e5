"""The page of a subscription: what was sent to it, and what people did to it."""

from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from ledger.database import table
from ledger.pushes import WEBHOOK
from models import Push
from models.outbox import Delivery

_push = table(Push).c


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One webhook. ``violation``: the public id of the violation that it tells of, if it does."""

    id: int
    event: str
    violation: str | None
    state: Delivery
    attempts: int
    reason: str | None
    created_at: datetime
    next_try_at: datetime
    sent_at: datetime | None


def deliveries(conn: Connection, subscription: int, before: int | None, limit: int) -> list[Sent]:
    """The last webhooks of a subscription, newest first; with ``before``, those that are older than that one."""
    query = select(table(Push)).where(_push.subscription == subscription, _push.kind == WEBHOOK)
    if before is not None:
        query = query.where(_push.id < before)
    found = []
    for row in conn.execute(query.order_by(_push.id.desc()).limit(limit)):
        told = msgspec.json.decode(row.document)
        kept = {name: getattr(row, name) for name in Sent.__dataclass_fields__ if name not in ("event", "violation")}
        found.append(Sent(event=told["type"], violation=told["data"].get("id"), **kept))
    return found
