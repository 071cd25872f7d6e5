"""What drivers agreed to: kept in the very words that they saw, with language, version of the page, and time."""

from collections.abc import Mapping
from dataclasses import dataclass

from ledger.database import Tx, table
from models import Consent


@dataclass(frozen=True, slots=True)
class Terms:
    """The words of each consent, by what it is for (stay, token, contact) and language, and where they were shown."""

    texts: Mapping[str, Mapping[str, str]]
    source: str


def record(tx: Tx, driver: int, what: str, token: str | None, language: str, terms: Terms) -> None:
    """Keep a consent that was given now."""
    row = {
        "driver": driver,
        "what": what,
        "token": token,
        "text": terms.texts[what][language],
        "language": language,
        "source": terms.source,
        "given_at": tx.now,
    }
    tx.conn.execute(table(Consent).insert().values(row))
