"""The key that pseudonyms are made with never changes: with another one, no driver would be found again."""

from sqlalchemy import Connection, select, update

from ledger.database import Tx, insert, table
from ledger.vault import Vault
from models import RegistryVersion

_VERSIONS = table(RegistryVersion)


def is_of_this_database(conn: Connection, vault: Vault) -> bool | None:
    """Whether the vault makes the pseudonyms that stand here; None: nobody has said yet (:func:`adopt`)."""
    known = conn.execute(select(_VERSIONS.c.pseudonym_check)).scalar()
    return None if known is None else known == vault.fingerprint()


def adopt(tx: Tx) -> None:
    """From now on pseudonyms here are made with this vault's key. The first to say so is believed."""
    tx.conn.execute(insert(tx.conn, RegistryVersion).values(id=1, version=0).on_conflict_do_nothing())
    unsaid = _VERSIONS.c.pseudonym_check.is_(None)
    tx.conn.execute(update(_VERSIONS).where(unsaid).values(pseudonym_check=tx.vault.fingerprint()))
