"""What is told by webhook: events are written with the decision that they tell of. Payloads are frozen then."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import msgspec
from sqlalchemy import select

from ledger import acts, pushes, subscribers, subscriptions
from ledger.database import Tx, table
from ledger.subscribers import Subscriber
from ledger.webhook_events import TEST, TOKEN_ALERT, VERSION, events_of, payload
from models import TokenAlert

_TRIED_FOR = timedelta(days=3)


def tell(tx: Tx, changes: Sequence[tuple[Any, Mapping[str, Any]]]) -> None:
    """Write the events of these violations: pairs of the row that stood (None: none) and the one that stands."""
    listening = _listening(tx)
    if not listening:
        return
    for before, row in changes:
        for event in events_of(before, row):
            for each in listening:
                if each.wants(event, row):
                    _enqueue(tx, each, event, row["public_id"], payload(event, row, tx.now))


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
        tx.memory.subscriptions = subscribers.subscriptions(tx.conn)
    found: list[Subscriber] = tx.memory.subscriptions
    return found


def _enqueue(
    tx: Tx, to: Subscriber, event: str, about: str, document: Mapping[str, Any], *, once: bool = False
) -> None:
    body = msgspec.json.encode(document).decode()
    # What is told in one moment is told once; what differs by then is another event.
    moment = "" if once else f":{tx.now.isoformat()}:{body}"
    identity = f"webhook:{to.id}:{uuid5(NAMESPACE_URL, f'{event}:{about}{moment}')}"
    if not subscribers.is_there(tx, to.id):
        return
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
