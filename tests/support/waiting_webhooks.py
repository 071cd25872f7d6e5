"""Webhooks that wait to be sent, without anything that they tell of."""

from datetime import timedelta

from ledger.database import Tx
from ledger.pushes import WEBHOOK, OutgoingPush, enqueue


def put_webhook(tx: Tx, subscription: int, own: str) -> None:
    """One with an identity, subject and chain of its ``own``, worth sending for three days."""
    push = OutgoingPush(
        identity=own,
        kind=WEBHOOK,
        subject=own,
        chain=own,
        partner=None,
        subscription=subscription,
        not_after=tx.now + timedelta(days=3),
    )
    enqueue(tx, push)
