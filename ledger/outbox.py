"""The outbox: messages written with the decision that they tell of, and claimed by one sender each.

A message moves pending -> sending -> sent -> delivered or failed. Three rules keep it from leaving twice, or too late:

- it is written once: its identity is unique, however often the same step is decided;
- it is claimed by compare-and-set, with a lease. A sender that dies holding one may have sent it, so when the lease
  runs out the message is *unknown*, on every channel, and is never sent again: only word from the provider
  (:mod:`ledger.deliveries`) resolves it;
- a message whose moment has passed is *expired* instead of claimed.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, update

from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.vault import Vault
from models import Message
from models.outbox import Delivery

_message = table(Message).c
_ENQUEUE = Rows(Message, ["identity"], update=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingMessage:
    """A message as its decision writes it. ``violation`` is the violation's key, ``driver`` the driver's id.

    A message that is about no violation has None. The text of one that ``is_sealed`` is the vault's ciphertext.
    ``not_before``: quiet hours keep it until then; ``may_come_again``: if it expires in them, it is written anew.
    """

    identity: str
    violation: str | None
    driver: int
    step: str
    language: str
    text: str
    not_after: datetime
    created_at: datetime
    is_sealed: bool = False
    not_before: datetime | None = None
    may_come_again: bool = False


def enqueue(tx: Tx, message: OutgoingMessage) -> bool:
    """Write a message in the transaction of its decision. Returns False if that step has been written before.

    One that expired never left: where it ``may_come_again``, and its step is due again, it waits anew.
    """
    row = asdict(message) | {"channel": "sms", "state": Delivery.PENDING, "attempts": 0}
    row["sealed"] = row.pop("is_sealed")
    row["next_try_at"] = row.pop("not_before") or message.created_at
    is_again = row.pop("may_come_again")
    return bool(_ENQUEUE.new(tx.conn, [row])) or (is_again and _wake(tx, row))


def _wake(tx: Tx, row: dict[str, Any]) -> bool:
    expired = and_(_message.identity == row["identity"], _message.state == Delivery.EXPIRED)
    anew = {name: row[name] for name in ("state", "text", "language", "not_after", "next_try_at")}
    later = update(table(Message)).where(expired, _message.not_after < row["not_after"])
    return bool(tx.conn.execute(later.values({**anew, "reason": None})).rowcount)


def text_of(vault: Vault, row: Any) -> str:
    """What a message's row says, opened where it is sealed. Raises ``InvalidToken`` if no key opens it."""
    return vault.decrypt(row.text) if row.sealed else str(row.text)
