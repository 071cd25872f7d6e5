"""Pushes in a sender's hands: taken by one alone, and then finished or put back.

As in :mod:`ledger.claimed_messages` a push is claimed by compare-and-set with a lease, and each try counts from then
on, whatever becomes of it. What becomes of one whose sender died depends on what it is: a CDR, a status or a webhook is
taken up again, since the receiver knows them by their identity, as after any try that failed: it may be what the sender
dies of. A command may have been carried out, so it is *unknown* and never sent again. Nobody is pushed at for ever
(OCPI 2.2.1, 4.1.3): a party that was away fetches what it missed.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, text, update

from ledger.database import Ledger, Tx, table
from ledger.leaving import is_abandoned, is_due, may_leave
from ledger.pushes import CDR, COMMAND, STATUS, WEBHOOK
from models import Push
from models.outbox import Delivery

OCPI = (CDR, STATUS, COMMAND)
# Longer than all requests of one push may take together.
LEASE = timedelta(minutes=3)
MAX_ATTEMPTS = 6
_FIRST_BACK_OFF, _LAST_BACK_OFF = timedelta(seconds=5), timedelta(minutes=2)
# A webhook is the only way by which its receiver learns of anything: it is tried for as long as it is worth it.
_WEBHOOK_LAST_BACK_OFF = timedelta(hours=4)
_STOPPED = "the sender stopped while it was sending"
# Of PostgreSQL's, any number that nothing else in the same database would choose.
_ADVISORY_LOCK = 7_230_421_997

_pushes = table(Push)
_push = _pushes.c


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimedPush:
    """A push in the hands of one sender. ``attempt`` counts from 1: from the second on, it may have arrived already."""

    id: int
    kind: str
    subject: str
    partner: int | None
    document: str
    attempt: int
    created_at: datetime
    not_after: datetime
    subscription: int | None = None


def claim(ledger: Ledger, now: datetime, kinds: Sequence[str] = OCPI, but: Collection[int] = ()) -> ClaimedPush | None:
    """Take the push of these kinds that may leave and is due longest; the caller has :data:`LEASE` to send it.

    ``but``: none to these receivers, commands apart. An idle outbox costs one read.
    """
    own = and_(_push.kind.in_(kinds), is_due(now), may_leave(now, but))
    with ledger.read() as conn:
        if not conn.scalar(select(exists().where(or_(own, and_(_push.kind.in_(kinds), is_abandoned(now)))))):
            return None
    with ledger.write(now) as tx:
        _one_at_a_time(tx)
        _take_back(tx)
        _close(tx, and_(is_due(now), _push.not_after <= now), Delivery.EXPIRED, "its moment had passed")
        query = select(_pushes).where(own).order_by(_push.next_try_at, _push.id).limit(1)
        if tx.conn.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        row = tx.conn.execute(query).one_or_none()
        if row is None:
            return None
        taken = {"state": Delivery.SENDING, "attempts": row.attempts + 1, "claimed_until": now + LEASE}
        tx.conn.execute(update(_pushes).where(_push.id == row.id).values(taken))
    return _claimed(row, row.attempts + 1)


def _one_at_a_time(tx: Tx) -> None:
    """Two claims at once would not see each other, and take two pushes to one receiver. SQLite has one writer."""
    if tx.conn.dialect.name == "postgresql":
        tx.conn.execute(text(f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"))


def finish(tx: Tx, claimed: ClaimedPush, state: Delivery, reason: str | None = None) -> bool:
    """Write down what became of a push. False, and no effect, once the claim is lost."""
    values: dict[str, Any] = {"state": state, "reason": reason and reason[:200], "claimed_until": None}
    if state in (Delivery.SENT, Delivery.DELIVERED):
        values["sent_at"] = tx.now
    return bool(tx.conn.execute(update(_pushes).where(_is_held(claimed)).values(values)).rowcount)


def put_back(tx: Tx, claimed: ClaimedPush, reason: str) -> None:
    """Let a push wait for another try, a few times; then it expires: its party must fetch what it missed.

    A webhook can't be fetched: it waits for as long as it is worth it.
    """
    _wait_or_expire(tx, claimed, reason, tx.now)


def _wait_or_expire(tx: Tx, claimed: ClaimedPush, reason: str, since: datetime) -> None:
    if claimed.kind == WEBHOOK and _next_try(claimed, since) >= claimed.not_after:
        finish(tx, claimed, Delivery.EXPIRED, f"given up: {reason}")
    elif claimed.kind != WEBHOOK and claimed.attempt >= MAX_ATTEMPTS:
        finish(tx, claimed, Delivery.EXPIRED, f"given up, it can be fetched: {reason}")
    else:
        _wait(tx, claimed, reason, since)


def _next_try(claimed: ClaimedPush, since: datetime) -> datetime:
    longest = _WEBHOOK_LAST_BACK_OFF if claimed.kind == WEBHOOK else _LAST_BACK_OFF
    return since + min(_FIRST_BACK_OFF * (1 << min(claimed.attempt - 1, 20)), longest)


def _wait(tx: Tx, claimed: ClaimedPush, reason: str, since: datetime) -> None:
    later = min(_next_try(claimed, since), claimed.not_after)
    values = {"state": Delivery.PENDING, "reason": reason[:200], "next_try_at": later, "claimed_until": None}
    tx.conn.execute(update(_pushes).where(_is_held(claimed)).values(values))


def _is_held(claimed: ClaimedPush) -> ColumnElement[bool]:
    return and_(_push.id == claimed.id, _push.state == Delivery.SENDING, _push.attempts == claimed.attempt)


def _take_back(tx: Tx) -> None:
    """What a dead sender held; it waited for its lease already. Of a status the next one counts: it is tried twice."""
    abandoned = select(_pushes).where(is_abandoned(tx.now)).order_by(_push.id)
    if tx.conn.dialect.name == "postgresql":
        abandoned = abandoned.with_for_update(skip_locked=True)
    for row in tx.conn.execute(abandoned).all():
        held, since = _claimed(row, row.attempts), row.claimed_until - LEASE
        if row.kind == COMMAND:
            finish(tx, held, Delivery.UNKNOWN, _STOPPED)
        elif row.kind != STATUS:
            _wait_or_expire(tx, held, _STOPPED, since)
        elif row.reason == _STOPPED:
            finish(tx, held, Delivery.FAILED, _STOPPED)
        else:
            _wait(tx, held, _STOPPED, since)


def _claimed(row: Any, attempt: int) -> ClaimedPush:
    return ClaimedPush(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        partner=row.partner,
        document=row.document,
        attempt=attempt,
        created_at=row.created_at,
        not_after=row.not_after,
        subscription=row.subscription,
    )


def _close(tx: Tx, which: ColumnElement[bool], state: Delivery, reason: str) -> None:
    tx.conn.execute(update(_pushes).where(which).values({"state": state, "reason": reason, "claimed_until": None}))
