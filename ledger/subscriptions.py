"""Who is told by webhook: subscriptions of owners' and partners' systems. Each change is in the record of acts."""

import secrets
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from ledger import acts
from ledger.database import Tx, registry_changed, table
from models import Push, Subscription

# A secret that was changed signs beside the new one for so long, so that its receiver can change it in peace.
OLD_SECRET_FOR = timedelta(hours=24)

_SUBSCRIPTIONS = table(Subscription)
_subscription = _SUBSCRIPTIONS.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A subscription as it stands; fields as in :class:`models.webhooks.Subscription`."""

    id: int
    name: str
    url: str
    events: frozenset[str]
    network: str | None
    station: str | None
    client: int | None
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    old_until: datetime | None = None

    @property
    def is_paused(self) -> bool:
        """Whether a person switched it off; otherwise it was because nothing arrived."""
        return self.disabled_at is not None and self.failing_since is None

    def wants(self, event: str, row: Mapping[str, Any]) -> bool:
        """Whether it is told of an event at a place."""
        here = self.network in (None, row["network"]) and self.station in (None, row["station"])
        return self.disabled_at is None and event in self.events and here


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a new subscription asks for. ``url`` was checked by whoever takes the wish."""

    name: str
    url: str
    events: Sequence[str]
    network: str | None = None
    station: str | None = None
    client: int | None = None


def subscriptions(conn: Connection) -> list[Subscriber]:
    """All of them, by name."""
    return [_read(row) for row in conn.execute(select(_SUBSCRIPTIONS).order_by(_subscription.name))]


def find(conn: Connection, number: int) -> Subscriber | None:
    """One by its id."""
    row = conn.execute(select(_SUBSCRIPTIONS).where(_subscription.id == number)).one_or_none()
    return None if row is None else _read(row)


def named(conn: Connection, name: str) -> Subscriber | None:
    """One by its name."""
    row = conn.execute(select(_SUBSCRIPTIONS).where(_subscription.name == name)).one_or_none()
    return None if row is None else _read(row)


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
    """Give a subscription another secret, which is not shown again; the old one signs beside it for a day.

    None if there is none of that name.
    """
    old = tx.conn.scalar(select(_subscription.secret).where(_subscription.name == name))
    if old is None:
        return None
    secret = _new_secret()
    until = tx.now + OLD_SECRET_FOR
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
    found = tx.conn.scalar(select(_subscription.id).where(_subscription.name == name))
    if found is None:
        return False
    tx.conn.execute(delete(table(Push)).where(table(Push).c.subscription == found))
    tx.conn.execute(delete(_SUBSCRIPTIONS).where(_subscription.id == found))
    return _changed(tx, name, "removed", by)


def secrets_of(tx: Tx, row: Any) -> tuple[str, ...]:
    """What a subscription's row signs with, the newest first."""
    is_old_good = row.old_secret is not None and tx.now < row.old_until
    return tuple(tx.vault.decrypt(each) for each in (row.secret, *([row.old_secret] if is_old_good else [])))


def _read(row: Any) -> Subscriber:
    kept = {name: getattr(row, name) for name in Subscriber.__dataclass_fields__ if name != "events"}
    return Subscriber(events=frozenset(row.events.split()), **kept)


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
