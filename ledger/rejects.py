"""Input that nobody could understand: stored with its reason, once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from ledger.database import Tx, insert
from models import Reject

_KEPT_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Rejected:
    """What came from ``source`` at ``place`` (a topic, a path, a file's line), and why it was refused.

    ``is_private``: it may hold a number plate; its payload is kept encrypted.
    """

    source: str
    place: str
    reason: str
    payload: bytes
    is_private: bool = False


def reject(tx: Tx, rejected: Sequence[Rejected]) -> None:
    """Store rejects. The same payload at the same place in the same second is the same reject (a redelivery)."""
    rows = [_row(tx, item) for item in rejected]
    if rows:
        tx.conn.execute(insert(tx.conn, Reject).on_conflict_do_nothing(index_elements=["identity"]), rows)


def _row(tx: Tx, item: Rejected) -> dict[str, object]:
    second = tx.now.replace(microsecond=0).isoformat()
    identity = hashlib.sha256("\x1f".join((item.source, item.place, second)).encode() + item.payload).hexdigest()
    text = item.payload[:_KEPT_BYTES].decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    if item.is_private:
        text = f"encrypted: {tx.vault.encrypt(text)}"
    return {
        "identity": identity,
        "source": item.source[:60],
        "place": _plain(item.place)[:255],
        "reason": _plain(item.reason)[:300],
        "payload": text,
        "seen_at": tx.now,
    }


def _plain(text: str) -> str:
    """PostgreSQL stores no NUL and no lone surrogate in a text."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode()
