"""Webhooks as they leave: what a partner's alert says of its token, which is personal, is added only then."""

from dataclasses import dataclass, field
from typing import Any

import msgspec
from sqlalchemy import select

from ledger import subscribers
from ledger.claimed_pushes import ClaimedPush
from ledger.database import Tx, table
from ledger.vault import log_access
from models import Subscription, TokenAlert

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


def dispatch(tx: Tx, push: ClaimedPush) -> Dispatch | None:
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
    signing = subscribers.secrets_of(tx, row)
    return Dispatch(id=f"msg_{push.subject}", url=row.url, body=msgspec.json.encode(document), secrets=signing)
