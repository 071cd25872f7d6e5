"""Whether what is sent to a subscription arrives; one to which nothing arrives is switched off.

Its row is taken before its webhooks' rows, as by whoever ends it. What was sent to another address than it has by now
says nothing of it.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, and_, select, update

from ledger import pushes
from ledger.database import Tx, registry_changed, table
from models import Subscription

# A subscription to which nothing arrived for so long is switched off.
GIVEN_UP_AFTER = timedelta(days=3)
# Once something arrives where nothing did for so long, all that waits goes at once. Not after less: a receiver that
# takes all but one would be sent that one all the time.
AWAY = timedelta(minutes=10)

_SUBSCRIPTIONS = table(Subscription)
_subscription = _SUBSCRIPTIONS.c


def arrived(tx: Tx, subscription: int | None, url: str) -> None:
    """A webhook arrived: its receiver is well."""
    own = _is_at(subscription, url), _subscription.failing_since.is_not(None)
    since = tx.conn.scalar(select(_subscription.failing_since).where(*own).with_for_update())
    if subscription is not None and since is not None:
        tx.conn.execute(update(_SUBSCRIPTIONS).where(*own).values(failing_since=None))
        if tx.now - since >= AWAY:
            pushes.wake(tx, subscription)


def failed(tx: Tx, subscription: int | None, url: str, *, is_gone: bool = False) -> bool:
    """A webhook did not arrive. Returns True where the subscription is switched off: at once if it ``is_gone``."""
    own = _is_at(subscription, url), _subscription.disabled_at.is_(None)
    row = tx.conn.execute(select(_subscription.failing_since).where(*own).with_for_update()).one_or_none()
    if row is None:
        return False
    since = row.failing_since or tx.now
    is_over = is_gone or tx.now - since >= GIVEN_UP_AFTER
    values = {"failing_since": since, "disabled_at": tx.now if is_over else None}
    tx.conn.execute(update(_SUBSCRIPTIONS).where(*own).values(values))
    if is_over:
        registry_changed(tx)
    return is_over


def _is_at(subscription: int | None, url: str) -> ColumnElement[bool]:
    return and_(_subscription.id == subscription, _subscription.url == url)
