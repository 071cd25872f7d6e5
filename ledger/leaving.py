"""Which pushes may leave now: those that are due, to each receiver one at a time, of one chain in order."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, or_, select

from ledger.database import table
from ledger.pushes import COMMAND, WEBHOOK
from models import Push
from models.outbox import Delivery

# It has not left for good.
OPEN = (Delivery.PENDING, Delivery.SENDING)
_pushes = table(Push)
_push = _pushes.c


def is_due(now: datetime) -> ColumnElement[bool]:
    """It waits, and its time has come, or has gone for good: a next try is never later than what it is worth."""
    return and_(_push.state == Delivery.PENDING, _push.next_try_at <= now)


def is_abandoned(now: datetime) -> ColumnElement[bool]:
    """Its sender did not finish it in time."""
    return and_(_push.state == Delivery.SENDING, _push.claimed_until <= now)


def may_leave(now: datetime, but: Collection[int] = ()) -> ColumnElement[bool]:
    """No other one goes before it, and it goes to none of these receivers (webhooks: subscriptions, else partners).

    A command is worth a minute only, so it waits for nothing but its chain.
    """
    return and_(_is_first(), or_(_push.kind == COMMAND, and_(_is_free(now), _is_for_none_of(but))))


def _is_first() -> ColumnElement[bool]:
    """A credit leaves before what is issued after it."""
    before = _pushes.alias()
    same = and_(before.c.partner == _push.partner, before.c.chain == _push.chain, before.c.id < _push.id)
    return ~exists(select(before.c.id).where(same, before.c.state.in_(OPEN)))


def _is_free(now: datetime) -> ColumnElement[bool]:
    """A receiver that answers slowly has one sender, and leaves the others to those who wait behind it."""
    return and_(_is_not_busy("partner", now), _is_not_busy("subscription", now))


def _is_not_busy(receiver: str, now: datetime) -> ColumnElement[bool]:
    other = _pushes.alias()
    is_held = and_(other.c.state == Delivery.SENDING, other.c.claimed_until > now, other.c[receiver].is_not(None))
    own = _push[receiver]
    return or_(own.is_(None), own.not_in(select(other.c[receiver]).where(is_held)))


def _is_for_none_of(receivers: Collection[int]) -> ColumnElement[bool]:
    own: Any = case((_push.kind == WEBHOOK, _push.subscription), else_=_push.partner)
    return or_(own.is_(None), own.not_in(sorted(receivers)))
