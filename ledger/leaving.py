"""Which pushes may leave now: those that are due, of each partner one at a time, of one chain in order."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from ledger.database import table
from ledger.pushes import COMMAND
from models import Push
from models.outbox import Delivery

_OPEN = (Delivery.PENDING, Delivery.SENDING)
_pushes = table(Push)
_push = _pushes.c


def is_due(now: datetime) -> ColumnElement[bool]:
    """It waits, and its time has come or has gone for good."""
    return and_(_push.state == Delivery.PENDING, or_(_push.next_try_at <= now, _push.not_after <= now))


def is_abandoned(now: datetime) -> ColumnElement[bool]:
    """Its sender did not finish it in time."""
    return and_(_push.state == Delivery.SENDING, _push.claimed_until <= now)


def may_leave(now: datetime) -> ColumnElement[bool]:
    """No other one goes before it."""
    return and_(_is_first(), or_(_push.kind == COMMAND, _is_free(now)))


def _is_first() -> ColumnElement[bool]:
    """A credit leaves before what is issued after it."""
    before = _pushes.alias()
    same = and_(before.c.partner == _push.partner, before.c.chain == _push.chain, before.c.id < _push.id)
    return ~exists(select(before.c.id).where(same, before.c.state.in_(_OPEN)))


def _is_free(now: datetime) -> ColumnElement[bool]:
    """A partner that answers slowly has one sender, and leaves the others to those who wait behind it. A command is
    worth a minute only, so it waits for nothing.
    """
    other = _pushes.alias()
    busy = and_(other.c.partner == _push.partner, other.c.state == Delivery.SENDING, other.c.claimed_until > now)
    return ~exists(select(other.c.id).where(busy))
