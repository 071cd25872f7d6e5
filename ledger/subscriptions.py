"""Subscriptions of owners' and partners' systems: begun, changed and ended. Each change is in the record of acts."""

import secrets
from base64 import b64encode
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select, update

from ledger import acts, subscribers
from ledger.database import Tx, registry_changed, table
from models import Push, Subscription

# A secret that was changed signs beside the new one for so long, so that its receiver can change it in peace.
OLD_SECRET_FOR = timedelta(hours=24)
_OLD_SECRETS = 3

_SUBSCRIPTIONS = table(Subscription)
_subscription = _SUBSCRIPTIONS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a new subscription asks for. ``url`` was checked by whoever takes the wish."""

    name: str
    url: str
    events: Sequence[str]
    network: str | None = None
    station: str | None = None
    client: int | None = None


def subscribe(tx: Tx, wish: Wish, by: str) -> str:
    """Add a subscription, or put it anew under its name. Returns its secret, which is not shown again."""
    secret = _new_secret()
    values = {
        "url": wish.url,
        "secret": tx.vault.encrypt(secret),
        "old_secret": None,
        "old_until": None,
        "events": " ".join(sorted(set(wish.events))),
        "network": wish.network,
        "station": wish.station,
        "client": wish.client,
        "created_at": tx.now,
        "failing_since": None,
        "disabled_at": None,
    }
    is_known = bool(
        tx.conn.execute(update(_SUBSCRIPTIONS).where(_subscription.name == wish.name).values(values)).rowcount
    )
    if not is_known:
        tx.conn.execute(_SUBSCRIPTIONS.insert().values(name=wish.name, **values))
    _changed(tx, wish.name, "put_anew" if is_known else "added", by)
    return secret


def rotate(tx: Tx, name: str, by: str) -> str | None:
    """Give a subscription another secret, which is not shown again; the old ones sign beside it for a day.

    None if there is none of that name. Which of several old ones its receiver has by now, nobody knows.
    """
    row = tx.conn.execute(select(_SUBSCRIPTIONS).where(_subscription.name == name).with_for_update()).one_or_none()
    if row is None:
        return None
    secret, until = _new_secret(), tx.now + OLD_SECRET_FOR
    old = None
    with suppress(InvalidToken):  # no key opens them any more: another one is what mends that
        old = tx.vault.encrypt(" ".join(subscribers.secrets_of(tx, row)[:_OLD_SECRETS]))
    _set(tx, name, secret=tx.vault.encrypt(secret), old_secret=old, old_until=until)
    _changed(tx, name, "secret_changed", by)
    return secret


def pause(tx: Tx, name: str, by: str) -> bool:
    """Tell it nothing until it is switched on again. False if there is none of that name."""
    return _set(tx, name, failing_since=None, disabled_at=tx.now) and _changed(tx, name, "paused", by)


def enable(tx: Tx, name: str, by: str) -> bool:
    """Switch a subscription on again. False if there is none of that name."""
    return _set(tx, name, failing_since=None, disabled_at=None) and _changed(tx, name, "enabled", by)


def unsubscribe(tx: Tx, name: str, by: str) -> bool:
    """End a subscription; what waits for it is gone. False if there is none of that name."""
    own = select(_subscription.id).where(_subscription.name == name)
    found = tx.conn.scalar(own.with_for_update())  # nothing more is written to it from here on
    if found is None:
        return False
    tx.conn.execute(delete(table(Push)).where(table(Push).c.subscription == found))
    tx.conn.execute(delete(_SUBSCRIPTIONS).where(_subscription.id == found))
    return _changed(tx, name, "removed", by)


def _new_secret() -> str:
    return "whsec_" + b64encode(secrets.token_bytes(32)).decode()


def _set(tx: Tx, name: str, **values: Any) -> bool:
    return bool(tx.conn.execute(update(_SUBSCRIPTIONS).where(_subscription.name == name).values(values)).rowcount)


def _changed(tx: Tx, name: str, what: str, by: str) -> bool:
    acts.note(tx, by, what, about(name))
    registry_changed(tx)
    return True


def about(name: str) -> str:
    """How acts name a subscription."""
    return f"webhook:{name}"
