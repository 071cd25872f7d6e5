"""Whether a driver may be sent anything, and where to: opt-outs, numbers that take no SMS, and each read of a number.

An opt-out is the number's: it outlives the driver who is erased, and holds for a number that nobody is known by.
"""

from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select, update

from ledger.database import Tx, insert, table
from ledger.phones import phone_hash
from ledger.vault import log_access
from models import Driver, Suppression

_driver, _suppression = table(Driver).c, table(Suppression).c


class UnreachableError(LookupError):
    """A driver to whom nothing can be sent. The text says why, without saying who."""


def phone_of(tx: Tx, driver_id: int, reader: str, purpose: str) -> str:
    """The number of a driver, and a line in the access log that says who read it and what for.

    Raises UnreachableError if nothing may or can be sent there.
    """
    row = tx.conn.execute(
        select(_driver.phone, _driver.opted_out_at, _driver.unusable_at).where(_driver.id == driver_id)
    ).one_or_none()
    if row is None or not row.phone:
        raise UnreachableError("the driver was removed")
    if row.opted_out_at is not None:
        raise UnreachableError("the driver opted out")
    if row.unusable_at is not None:
        raise UnreachableError("the number takes no SMS")
    log_access(tx.conn, tx.now, reader, "phone", f"driver:{driver_id}", purpose)
    try:
        return tx.vault.decrypt(row.phone)
    except InvalidToken:
        raise UnreachableError("no key of the vault opens the driver's number") from None


def opt_out(tx: Tx, driver_id: int) -> None:
    """Send nothing more to a driver; what still waits for them fails when it is claimed. Twice is once.

    Their number stays suppressed if they are erased, until they say START.
    """
    hashed = tx.conn.scalar(select(_driver.phone_hash).where(_driver.id == driver_id, _driver.phone != ""))
    if hashed is not None:
        _suppress(tx, hashed)
    wanted = _driver.id == driver_id, _driver.opted_out_at.is_(None)
    tx.conn.execute(update(table(Driver)).where(*wanted).values(opted_out_at=tx.now))


def opt_in(tx: Tx, driver_id: int) -> None:
    """Take an opt-out back. A number that texts can be texted."""
    hashed = select(_driver.phone_hash).where(_driver.id == driver_id).scalar_subquery()
    tx.conn.execute(delete(table(Suppression)).where(_suppression.phone_hash == hashed))
    values = {"opted_out_at": None, "unusable_at": None}
    tx.conn.execute(update(table(Driver)).where(_driver.id == driver_id).values(values))


def suppress(tx: Tx, phone: str) -> None:
    """Send nothing to a number that nobody is known by."""
    _suppress(tx, phone_hash(tx.vault, phone))


def unsuppress(tx: Tx, phone: str) -> None:
    """Take that back."""
    tx.conn.execute(delete(table(Suppression)).where(_suppression.phone_hash == phone_hash(tx.vault, phone)))


def suppressed_since(tx: Tx, phone: str) -> datetime | None:
    """Since when nothing is sent to a number, known or not; None where it may be sent to."""
    query = select(_suppression.since).where(_suppression.phone_hash == phone_hash(tx.vault, phone))
    found: datetime | None = tx.conn.scalar(query)
    return found


def mark_unusable(tx: Tx, driver_id: int) -> None:
    """A driver's number takes no SMS: nothing more is tried, until a text comes from it."""
    wanted = _driver.id == driver_id, _driver.unusable_at.is_(None)
    tx.conn.execute(update(table(Driver)).where(*wanted).values(unusable_at=tx.now))


def _suppress(tx: Tx, hashed: str) -> None:
    statement = insert(tx.conn, Suppression).values(phone_hash=hashed, since=tx.now)
    tx.conn.execute(statement.on_conflict_do_nothing(index_elements=["phone_hash"]))
