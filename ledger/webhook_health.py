"""Whether what is sent to a subscription arrives; one to which nothing arrives is switched off."""

from datetime import timedelta

from sqlalchemy import select, update

from ledger.database import Tx, registry_changed, table
from models import Subscription

# A subscription to which nothing arrived for so long is switched off.
GIVEN_UP_AFTER = timedelta(days=3)

_SUBSCRIPTIONS = table(Subscription)
_subscription = _SUBSCRIPTIONS.c


def arrived(tx: Tx, subscription: int | None) -> None:
    """A webhook arrived: its receiver is well."""
    own = _subscription.id == subscription, _subscription.failing_since.is_not(None)
    tx.conn.execute(update(_SUBSCRIPTIONS).where(*own).values(failing_since=None))


def failed(tx: Tx, subscription: int | None, *, is_gone: bool = False) -> bool:
    """A webhook did not arrive. Returns True where the subscription is switched off: at once if it ``is_gone``."""
    own = _subscription.id == subscription, _subscription.disabled_at.is_(None)
    since = tx.conn.scalar(select(_subscription.failing_since).where(*own)) or tx.now
    is_over = is_gone or tx.now - since >= GIVEN_UP_AFTER
    values = {"failing_since": since, "disabled_at": tx.now if is_over else None}
    tx.conn.execute(update(_SUBSCRIPTIONS).where(*own).values(values))
    if is_over:
        registry_changed(tx)
    return is_over
