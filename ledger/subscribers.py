"""Who is told by webhook: the subscriptions of owners' and partners' systems as they stand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger.database import Tx, table
from models import Subscription

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


def is_there(tx: Tx, number: int) -> bool:
    """Whether a subscription that is remembered was not ended meanwhile; until this transaction's end it is not."""
    own = select(_subscription.id).where(_subscription.id == number)
    return tx.conn.scalar(own.with_for_update(read=True, key_share=True)) is not None


def secrets_of(tx: Tx, row: Any) -> tuple[str, ...]:
    """What a subscription's row signs with, the newest first. Raises ``cryptography.fernet.InvalidToken``."""
    is_old_good = row.old_secret is not None and tx.now < row.old_until
    old = tx.vault.decrypt(row.old_secret).split() if is_old_good else []
    return tx.vault.decrypt(row.secret), *old


def _read(row: Any) -> Subscriber:
    kept = {name: getattr(row, name) for name in Subscriber.__dataclass_fields__ if name != "events"}
    return Subscriber(events=frozenset(row.events.split()), **kept)
