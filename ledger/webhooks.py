"""Who is told of violations by webhook, and of what: events are written with the decision that they tell of.

Payloads are frozen then and hold no personal data; what a partner's alert says of its token is added as it leaves.
"""

import secrets
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import Connection, delete, select, update

from enforcement.violations import State
from ledger import pushes
from ledger.database import Tx, registry_changed, table
from ledger.vault import log_access
from models import Push, Subscription, TokenAlert

OPENED, CHANGED, ENDED, SETTLED = (f"violation.{name}" for name in ("opened", "changed", "ended", "settled"))
TOKEN_ALERT = "token.alert"  # noqa: S105 - an event
EVENTS = (OPENED, CHANGED, ENDED, SETTLED, TOKEN_ALERT)
VERSION = 1
# A subscription to which nothing arrived for so long is switched off.
GIVEN_UP_AFTER = timedelta(days=3)
_TRIED_FOR = timedelta(days=3)
_NOT_YET = frozenset({None, State.WATCHED, State.WARNED, State.CLEARED})
_PLACE = ("kind", "state", "reason", "bay", "station", "network", "policy")
_MOMENTS = ("clock_started_at", "grace_ends_at", "violated_at", "ended_at")
_FIELDS = (*_PLACE, *_MOMENTS, "billable_s", "fee_minor", "tax_minor", "currency", "synthetic")

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
    failing_since: datetime | None
    disabled_at: datetime | None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A webhook on its way. ``id`` is the same at each try: the receiver knows it again by that."""

    id: str
    url: str
    body: bytes
    secret: str = field(repr=False)


def subscribe(tx: Tx, wish: Wish) -> str:
    """Add a subscription, or put it anew under its name. Returns its secret, which is not shown again."""
    secret = "whsec_" + b64encode(secrets.token_bytes(32)).decode()
    values = {
        "url": wish.url,
        "secret": tx.vault.encrypt(secret),
        "events": " ".join(sorted(set(wish.events))),
        "network": wish.network,
        "station": wish.station,
        "client": wish.client,
        "created_at": tx.now,
        "failing_since": None,
        "disabled_at": None,
    }
    own = _subscription.name == wish.name
    if not tx.conn.execute(update(_SUBSCRIPTIONS).where(own).values(values)).rowcount:
        tx.conn.execute(_SUBSCRIPTIONS.insert().values(name=wish.name, **values))
    registry_changed(tx)
    return secret


def unsubscribe(tx: Tx, name: str) -> bool:
    """End a subscription; what waits for it is gone. False if there is none of that name."""
    found = tx.conn.scalar(select(_subscription.id).where(_subscription.name == name))
    if found is None:
        return False
    tx.conn.execute(delete(table(Push)).where(table(Push).c.subscription == found))
    tx.conn.execute(delete(_SUBSCRIPTIONS).where(_subscription.id == found))
    registry_changed(tx)
    return True


def enable(tx: Tx, name: str) -> bool:
    """Switch a subscription on again. False if there is none of that name."""
    values = {"failing_since": None, "disabled_at": None}
    found = tx.conn.execute(update(_SUBSCRIPTIONS).where(_subscription.name == name).values(values)).rowcount
    registry_changed(tx)
    return bool(found)


def subscriptions(conn: Connection) -> list[Subscriber]:
    """All of them, by name."""
    return [
        Subscriber(
            id=row.id,
            name=row.name,
            url=row.url,
            events=frozenset(row.events.split()),
            network=row.network,
            station=row.station,
            client=row.client,
            failing_since=row.failing_since,
            disabled_at=row.disabled_at,
        )
        for row in conn.execute(select(_SUBSCRIPTIONS).order_by(_subscription.name))
    ]


def tell(tx: Tx, changes: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
    """Write the events of these violations: pairs of the row that stood (None: none) and the one that stands."""
    listening = _listening(tx)
    if not listening:
        return
    for before, row in changes:
        for event in events_of(before, row):
            for each in listening:
                if each.wants(event, row):
                    _enqueue(tx, each, event, row["public_id"], _payload(event, row, tx.now))


def events_of(before: Any, row: Mapping[str, Any]) -> Iterator[str]:
    """What happened to a violation. That a running fee grows is no event."""
    was, state = None if before is None else before.state, row["state"]
    if was in _NOT_YET and state in _NOT_YET:
        return
    if was in _NOT_YET:
        yield OPENED
    if state is State.ENDED and was is not state:
        yield ENDED
    elif state is State.SETTLED and was is not state:
        yield SETTLED
    elif was not in _NOT_YET and (was is not state or _differs(before, row)):
        yield CHANGED


def _differs(before: Any, row: Mapping[str, Any]) -> bool:
    sums = () if row["state"] is State.RUNNING else ("fee_minor", "tax_minor")
    names = ("violated_at", "ended_at", "reason", *sums)
    return any(getattr(before, name) != row[name] for name in names)


def alert(tx: Tx, key: str, token: str | None, row: Mapping[str, Any]) -> None:
    """Tell the partner whose token this is, so that it tells its driver. ``row``: the step, the place, the moments.

    ``key``: what makes it the same alert when it is decided again.
    """
    listening = [each for each in _listening(tx) if TOKEN_ALERT in each.events and each.client is not None]
    if not listening or token is None:
        return
    alerts = table(TokenAlert).c
    client = tx.conn.scalar(select(alerts.client).where(alerts.token == token))
    for each in listening:
        if each.client == client and each.wants(TOKEN_ALERT, row):
            body = {"type": TOKEN_ALERT, "version": VERSION, "timestamp": tx.now, "data": dict(row)}
            _enqueue(tx, each, TOKEN_ALERT, key, {**body, "token": token}, once=True)


def dispatch(tx: Tx, push: pushes.ClaimedPush) -> Dispatch | None:
    """A claimed webhook with what it takes to send it; None where its subscription was switched off or removed."""
    row = tx.conn.execute(select(_SUBSCRIPTIONS).where(_subscription.id == push.subscription)).one_or_none()
    if row is None or row.disabled_at is not None:
        return None
    document: dict[str, Any] = msgspec.json.decode(push.document)
    token = document.pop("token", None)
    if token is not None:
        alerts = table(TokenAlert).c
        sealed = tx.conn.execute(select(alerts.uid, alerts.party).where(alerts.token == token)).one_or_none()
        if sealed is None:
            return None
        document["data"] |= {"token_uid": tx.vault.decrypt(sealed.uid), "party": sealed.party}
        log_access(tx.conn, tx.now, "sender", "token", f"token:{token[:12]}", f"webhook:{row.name}")
    return Dispatch(
        id=f"msg_{push.subject}", url=row.url, body=msgspec.json.encode(document), secret=tx.vault.decrypt(row.secret)
    )


def arrived(tx: Tx, subscription: int | None) -> None:
    """A webhook arrived: its receiver is well."""
    own = _subscription.id == subscription, _subscription.failing_since.is_not(None)
    tx.conn.execute(update(_SUBSCRIPTIONS).where(*own).values(failing_since=None))


def failed(tx: Tx, subscription: int | None, *, is_gone: bool = False) -> bool:
    """A webhook did not arrive. Returns True where the subscription is switched off: at once if it ``is_gone``."""
    own = _subscription.id == subscription
    since = tx.conn.scalar(select(_subscription.failing_since).where(own)) or tx.now
    is_over = is_gone or tx.now - since >= GIVEN_UP_AFTER
    values = {"failing_since": since, "disabled_at": tx.now if is_over else None}
    tx.conn.execute(update(_SUBSCRIPTIONS).where(own).values(values))
    if is_over:
        registry_changed(tx)
    return is_over


def _listening(tx: Tx) -> list[Subscriber]:
    if tx.memory.subscriptions is None:
        tx.memory.subscriptions = subscriptions(tx.conn)
    found: list[Subscriber] = tx.memory.subscriptions
    return found


def _payload(event: str, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    data = {"id": row["public_id"], **{name: row[name] for name in _FIELDS}}
    return {"type": event, "version": VERSION, "timestamp": now, "data": data}


def _enqueue(
    tx: Tx, to: Subscriber, event: str, about: str, document: Mapping[str, Any], *, once: bool = False
) -> None:
    moment = "" if once else f":{tx.now.isoformat()}"
    identity = f"webhook:{to.id}:{uuid5(NAMESPACE_URL, f'{event}:{about}{moment}')}"
    push = pushes.OutgoingPush(
        identity=identity,
        kind=pushes.WEBHOOK,
        subject=str(uuid5(NAMESPACE_URL, identity)),
        chain=identity,
        partner=None,
        subscription=to.id,
        not_after=tx.now + _TRIED_FOR,
        document=msgspec.json.encode(document).decode(),
    )
    pushes.enqueue(tx, push)
