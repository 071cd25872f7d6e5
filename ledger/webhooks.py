"""What is told by webhook: events are written with the decision that they tell of, and read again as they leave.

Payloads are frozen then and hold no personal data; what a partner's alert says of its token is added as it leaves.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import select

from enforcement.violations import NOT_YET, State
from ledger import acts, pushes, subscriptions
from ledger.database import Tx, table
from ledger.subscriptions import Subscriber
from ledger.vault import log_access
from models import Subscription, TokenAlert

OPENED, CHANGED, ENDED, SETTLED = (f"violation.{name}" for name in ("opened", "changed", "ended", "settled"))
TOKEN_ALERT = "token.alert"  # noqa: S105 - an event
EVENTS = (OPENED, CHANGED, ENDED, SETTLED, TOKEN_ALERT)
# Nobody subscribes to it: it is sent when a person asks for it.
TEST = "webhook.test"
VERSION = 1
_TRIED_FOR = timedelta(days=3)
_UNTOLD = NOT_YET | {None}
_PLACE = ("kind", "state", "reason", "bay", "station", "network", "policy")
_MOMENTS = ("clock_started_at", "grace_ends_at", "violated_at", "ended_at")
_FIELDS = (*_PLACE, *_MOMENTS, "billable_s", "fee_minor", "tax_minor", "currency", "synthetic")

_subscription = table(Subscription).c


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """A webhook on its way. ``id`` is the same at each try: the receiver knows it again by that.

    ``secrets``: it is signed with each of them, the newest first.
    """

    id: str
    url: str
    body: bytes
    secrets: tuple[str, ...] = field(repr=False)


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
    if was in _UNTOLD and state in _UNTOLD:
        return
    if was in _UNTOLD:
        yield OPENED
    if state is State.ENDED and was is not state:
        yield ENDED
    elif state is State.SETTLED and was is not state:
        yield SETTLED
    elif was not in _UNTOLD and (was is not state or _differs(before, row)):
        yield CHANGED


def _differs(before: Any, row: Mapping[str, Any]) -> bool:
    sums = () if row["state"] is State.RUNNING else ("fee_minor", "tax_minor")
    names = ("violated_at", "ended_at", "reason", *sums)
    return any(getattr(before, name) != row[name] for name in names)


def alert(tx: Tx, key: str, token: str | None, row: Mapping[str, Any]) -> None:
    """Tell the partner whose token this is, so that it tells its driver. ``row``: the step, the place, the moments.

    ``key``: what makes it the same alert when it is decided again.
    """
    listening = alerted(tx)
    if not listening or token is None:
        return
    alerts = table(TokenAlert).c
    client = tx.conn.scalar(select(alerts.client).where(alerts.token == token))
    for each in listening:
        if each.client == client and each.wants(TOKEN_ALERT, row):
            body = {"type": TOKEN_ALERT, "version": VERSION, "timestamp": tx.now, "data": dict(row)}
            _enqueue(tx, each, TOKEN_ALERT, key, {**body, "token": token}, once=True)


def alerted(tx: Tx) -> list[Subscriber]:
    """Who is told of partners' own tokens."""
    return [each for each in _listening(tx) if TOKEN_ALERT in each.events and each.client is not None]


def dispatch(tx: Tx, push: pushes.ClaimedPush) -> Dispatch | None:
    """A claimed webhook with what it takes to send it; None where its subscription was switched off or removed.

    Raises ``cryptography.fernet.InvalidToken`` where no key opens what it is signed with, or what it tells.
    """
    row = tx.conn.execute(select(table(Subscription)).where(_subscription.id == push.subscription)).one_or_none()
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
    signing = subscriptions.secrets_of(tx, row)
    return Dispatch(id=f"msg_{push.subject}", url=row.url, body=msgspec.json.encode(document), secrets=signing)


def send_test(tx: Tx, to: Subscriber, by: str) -> None:
    """Send a subscription an event that says nothing, to see whether it arrives."""
    data = {"name": to.name, "words": "A person asked for this event to see whether it arrives."}
    _enqueue(tx, to, TEST, to.name, {"type": TEST, "version": VERSION, "timestamp": tx.now, "data": data})
    acts.note(tx, by, "test_sent", subscriptions.about(to.name))


def send_again(tx: Tx, to: Subscriber, push: int, by: str) -> bool:
    """Let a webhook leave once more, under the id that it had. False where it is on its way, or not theirs."""
    if not pushes.again(tx, push, to.id, tx.now + _TRIED_FOR):
        return False
    acts.note(tx, by, "sent_again", subscriptions.about(to.name))
    return True


def _listening(tx: Tx) -> list[Subscriber]:
    if tx.memory.subscriptions is None:
        tx.memory.subscriptions = subscriptions.subscriptions(tx.conn)
    found: list[Subscriber] = tx.memory.subscriptions
    return found


def _payload(event: str, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    data = {"id": row["public_id"], **{name: row[name] for name in _FIELDS}}
    return {"type": event, "version": VERSION, "timestamp": now, "data": data}


def _enqueue(
    tx: Tx, to: Subscriber, event: str, about: str, document: Mapping[str, Any], *, once: bool = False
) -> None:
    body = msgspec.json.encode(document).decode()
    # What is told in one moment is told once; what differs by then is another event.
    moment = "" if once else f":{tx.now.isoformat()}:{body}"
    identity = f"webhook:{to.id}:{uuid5(NAMESPACE_URL, f'{event}:{about}{moment}')}"
    push = pushes.OutgoingPush(
        identity=identity,
        kind=pushes.WEBHOOK,
        subject=str(uuid5(NAMESPACE_URL, identity)),
        chain=identity,
        partner=None,
        subscription=to.id,
        not_after=tx.now + _TRIED_FOR,
        document=body,
    )
    pushes.enqueue(tx, push)
