"""Drivers: who is known, by their number, which is encrypted, and in which language they are told."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, select, update

from ledger.database import Tx, insert, table
from ledger.phones import phone_hash, require_e164
from ledger.reachability import suppressed_since
from ledger.token_ties import DriverRef, tie_tokens, untie_scans
from ledger.vault import Vault
from models import Driver
from models.drivers import TieSource

LANGUAGES = ("en", "fr", "es")
_driver = table(Driver).c


def add_driver(
    tx: Tx, phone: str, language: str, token_keys: Sequence[str], source: TieSource = TieSource.OWNER
) -> int:
    """Tie tokens (their pseudonyms, ``ledger.vault.token_key``) to a number; returns the driver's id.

    A number that is there already keeps its driver and takes the language; a token goes to whoever claimed it last.
    ``source``: who says that the tokens are theirs.
    An opt-out stands: only the driver takes it back (:func:`ledger.reachability.opt_in`). Raises ValueError on a number
    that is not E.164 or a language that is not spoken.
    """
    require_e164(phone)
    if language not in LANGUAGES:
        raise ValueError(f"a driver's language is one of {', '.join(LANGUAGES)}")
    statement = insert(tx.conn, Driver).values(_new(tx, phone, language, is_chosen=True))
    said = {"language": language, "language_is_chosen": True}
    statement = statement.on_conflict_do_update(index_elements=["phone_hash"], set_=said)
    driver_id: int = tx.conn.execute(statement.returning(_driver.id)).scalar_one()
    tie_tokens(tx, driver_id, token_keys, source)
    return driver_id


def known_by(tx: Tx, phone: str, language: str) -> int:
    """The driver with this number, made if there is none; of one that is known nothing is changed.

    Raises ValueError on a number that is not E.164.
    """
    require_e164(phone)
    row = _new(tx, phone, language, is_chosen=False)
    tx.conn.execute(insert(tx.conn, Driver).values(row).on_conflict_do_nothing(index_elements=["phone_hash"]))
    found: int = tx.conn.execute(select(_driver.id).where(_driver.phone_hash == row["phone_hash"])).scalar_one()
    return found


def exists(conn: Connection, driver_id: int) -> bool:
    """Whether there is such a driver, not erased."""
    query = select(_driver.id).where(_driver.id == driver_id, _driver.phone != "")
    return conn.execute(query).first() is not None


def driver_for_phone(conn: Connection, vault: Vault, phone: str) -> DriverRef | None:
    """The driver with this number (E.164), opted out or not, by its keyed hash: nothing is decrypted."""
    query = select(_driver.id, _driver.language).where(_driver.phone_hash == phone_hash(vault, phone))
    row = conn.execute(query).one_or_none()
    return None if row is None else DriverRef(row.id, row.language)


def speaks(tx: Tx, driver_id: int, language: str, *, is_chosen: bool = True) -> None:
    """The driver chose a language, or their browser asked for it: that changes no choice of theirs."""
    which = _driver.id == driver_id if is_chosen else and_(_driver.id == driver_id, ~_driver.language_is_chosen)
    values = {"language": language, "language_is_chosen": is_chosen}
    tx.conn.execute(update(table(Driver)).where(which).values(values))


def remove_driver(tx: Tx, driver_id: int) -> None:
    """Erase what is personal of a driver. The empty row stays, so that messages keep whom they were for apart.

    It also keeps together the pseudonyms of tokens that were theirs: fees that are capped by driver and day were made
    with that, and a rebuild must find them again.
    """
    untie_scans(tx, driver_id)
    erased = {"phone": "", "phone_hash": f"erased:{driver_id}", "opted_out_at": tx.now}
    tx.conn.execute(update(table(Driver)).where(_driver.id == driver_id).values(erased))


def _new(tx: Tx, phone: str, language: str, *, is_chosen: bool) -> dict[str, Any]:
    """The row of a driver who is not known yet."""
    return {
        "phone": tx.vault.encrypt(phone),
        "phone_hash": phone_hash(tx.vault, phone),
        "language": language,
        "language_is_chosen": is_chosen,
        "created_at": tx.now,
        "opted_out_at": suppressed_since(tx, phone),
    }
