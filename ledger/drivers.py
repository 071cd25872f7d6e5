"""Drivers: who can be reached, by the pseudonym of a token. Numbers are encrypted, and each read of one is logged."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, and_, delete, func, select, update

from enforcement import reaching
from ledger import circumstances
from ledger.database import Tx, insert, table, upsert
from ledger.statements import Statement, among
from ledger.vault import Vault, log_access
from models import Driver, DriverToken, Suppression
from models.drivers import TieSource

LANGUAGES = ("en", "fr", "es")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_driver = table(Driver).c
_token = table(DriverToken).c
_BY_TOKENS = Statement(
    lambda dialect: (
        select(_token.token, _driver.id, _driver.language, _token.scanned)
        .join(table(DriverToken), _token.driver == _driver.id)
        .where(among(dialect, _token.token, "tokens"), _driver.opted_out_at.is_(None))
    )
)


class UnreachableError(LookupError):
    """A driver to whom nothing can be sent. The text says why, without saying who."""


@dataclass(frozen=True, slots=True)
class DriverRef:
    """What a decision may know of a driver. ``is_scanned``: one scan at a bay is all that ties the token to them."""

    id: int
    language: str
    is_scanned: bool = False


def add_driver(
    tx: Tx, phone: str, language: str, token_keys: Sequence[str], source: TieSource = TieSource.OWNER
) -> int:
    """Tie tokens (their pseudonyms, ``ledger.vault.token_key``) to a number; returns the driver's id.

    A number that is there already keeps its driver and takes the language; a token goes to whoever claimed it last.
    ``source``: who says that the tokens are theirs.
    An opt-out stands: only the driver takes it back (:func:`opt_in`). Raises ValueError on a number that is not E.164
    or a language that is not spoken.
    """
    _require_e164(phone)
    if language not in LANGUAGES:
        raise ValueError(f"a driver's language is one of {', '.join(LANGUAGES)}")
    row = {
        "phone": tx.vault.encrypt(phone),
        "phone_hash": _phone_hash(tx.vault, phone),
        "language": language,
        "language_is_chosen": True,
        "created_at": tx.now,
        "opted_out_at": suppressed_since(tx, phone),
    }
    statement = insert(tx.conn, Driver).values(row)
    said = {"language": language, "language_is_chosen": True}
    statement = statement.on_conflict_do_update(index_elements=["phone_hash"], set_=said)
    driver_id: int = tx.conn.execute(statement.returning(_driver.id)).scalar_one()
    tie = {"driver": driver_id, "scanned": False, "source": source}
    rows = [{"token": key, **tie} for key in sorted(set(token_keys))]
    upsert(tx.conn, DriverToken, ["token"], rows)
    circumstances.tokens_changed(tx, token_keys)
    return driver_id


def known_by(tx: Tx, phone: str, language: str) -> int:
    """The driver with this number, made if there is none; of one that is known nothing is changed.

    Raises ValueError on a number that is not E.164.
    """
    _require_e164(phone)
    row = {
        "phone": tx.vault.encrypt(phone),
        "phone_hash": _phone_hash(tx.vault, phone),
        "language": language,
        "language_is_chosen": False,
        "created_at": tx.now,
        "opted_out_at": suppressed_since(tx, phone),
    }
    tx.conn.execute(insert(tx.conn, Driver).values(row).on_conflict_do_nothing(index_elements=["phone_hash"]))
    found: int = tx.conn.execute(select(_driver.id).where(_driver.phone_hash == row["phone_hash"])).scalar_one()
    return found


def exists(conn: Connection, driver_id: int) -> bool:
    """Whether there is such a driver, not erased."""
    query = select(_driver.id).where(_driver.id == driver_id, _driver.phone != "")
    return conn.execute(query).first() is not None


def speaks(tx: Tx, driver_id: int, language: str, *, is_chosen: bool = True) -> None:
    """The driver chose a language, or their browser asked for it: that changes no choice of theirs."""
    which = _driver.id == driver_id if is_chosen else and_(_driver.id == driver_id, ~_driver.language_is_chosen)
    values = {"language": language, "language_is_chosen": is_chosen}
    tx.conn.execute(update(table(Driver)).where(which).values(values))


def confirm_scanned(tx: Tx, driver_id: int, token_key: str, *, remember: bool) -> None:
    """A driver claimed a stay of a token. With ``remember`` the token becomes theirs, if it may (enforcement.reaching).

    A token that is theirs by an earlier scan at another stay is now confirmed.
    """
    row = tx.conn.execute(select(table(DriverToken)).where(_token.token == token_key)).one_or_none()
    if row is not None and row.driver == driver_id:
        tx.conn.execute(update(table(DriverToken)).where(_token.token == token_key).values(scanned=False))
        circumstances.tokens_changed(tx, [token_key])
        return
    mine = select(func.count()).where(_token.driver == driver_id, _token.scanned)
    holder = row.driver if row is not None and exists(tx.conn, row.driver) else None
    if remember and reaching.may_take_token(holder, driver_id, tx.conn.execute(mine).scalar_one()):
        tie = {"token": token_key, "driver": driver_id, "scanned": True, "source": TieSource.SCAN}
        upsert(tx.conn, DriverToken, ["token"], [tie])


def driver_for_token(conn: Connection, token_key: str) -> DriverRef | None:
    """Who is told about a token. None if nobody is, or they opted out."""
    return drivers_for_tokens(conn, [token_key]).get(token_key)


def drivers_for_tokens(conn: Connection, token_keys: Iterable[str]) -> dict[str, DriverRef]:
    """Who is told about each of these tokens, where somebody is."""
    rows = _BY_TOKENS.all(conn, {"tokens": list(token_keys)})
    return {row.token: DriverRef(row.id, row.language, row.scanned) for row in rows}


def driver_for_phone(conn: Connection, vault: Vault, phone: str) -> DriverRef | None:
    """The driver with this number (E.164), opted out or not, by its keyed hash: nothing is decrypted."""
    query = select(_driver.id, _driver.language).where(_driver.phone_hash == _phone_hash(vault, phone))
    row = conn.execute(query).one_or_none()
    return None if row is None else DriverRef(row.id, row.language)


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
    _suppress(tx, tx.conn.scalar(select(_driver.phone_hash).where(_driver.id == driver_id, _driver.phone != "")))
    wanted = _driver.id == driver_id, _driver.opted_out_at.is_(None)
    tx.conn.execute(update(table(Driver)).where(*wanted).values(opted_out_at=tx.now))


def opt_in(tx: Tx, driver_id: int) -> None:
    """Take an opt-out back. A number that texts can be texted."""
    hashed = select(_driver.phone_hash).where(_driver.id == driver_id).scalar_subquery()
    tx.conn.execute(delete(table(Suppression)).where(table(Suppression).c.phone_hash == hashed))
    values = {"opted_out_at": None, "unusable_at": None}
    tx.conn.execute(update(table(Driver)).where(_driver.id == driver_id).values(values))


def suppress(tx: Tx, phone: str) -> None:
    """Send nothing to a number that nobody is known by."""
    _suppress(tx, _phone_hash(tx.vault, phone))


def unsuppress(tx: Tx, phone: str) -> None:
    """Take that back."""
    suppressions = table(Suppression)
    tx.conn.execute(delete(suppressions).where(suppressions.c.phone_hash == _phone_hash(tx.vault, phone)))


def suppressed_since(tx: Tx, phone: str) -> datetime | None:
    """Since when nothing is sent to a number, known or not; None where it may be sent to."""
    suppressions = table(Suppression)
    query = select(suppressions.c.since).where(suppressions.c.phone_hash == _phone_hash(tx.vault, phone))
    found: datetime | None = tx.conn.scalar(query)
    return found


def mark_unusable(tx: Tx, driver_id: int) -> None:
    """A driver's number takes no SMS: nothing more is tried, until a text comes from it."""
    wanted = _driver.id == driver_id, _driver.unusable_at.is_(None)
    tx.conn.execute(update(table(Driver)).where(*wanted).values(unusable_at=tx.now))


def _suppress(tx: Tx, phone_hash: str | None) -> None:
    if phone_hash is not None:
        statement = insert(tx.conn, Suppression).values(phone_hash=phone_hash, since=tx.now)
        tx.conn.execute(statement.on_conflict_do_nothing(index_elements=["phone_hash"]))


def remove_driver(tx: Tx, driver_id: int) -> None:
    """Erase what is personal of a driver. The empty row stays, so that messages keep whom they were for apart.

    It also keeps together the pseudonyms of tokens that were theirs: fees that are capped by driver and day were made
    with that, and a rebuild must find them again.
    """
    tx.conn.execute(delete(table(DriverToken)).where(_token.driver == driver_id, _token.scanned))
    erased = {"phone": "", "phone_hash": f"erased:{driver_id}", "opted_out_at": tx.now}
    tx.conn.execute(update(table(Driver)).where(_driver.id == driver_id).values(erased))


def is_e164(phone: str) -> bool:
    """Whether a number is written in E.164."""
    return _E164.fullmatch(phone) is not None


def _require_e164(phone: str) -> None:
    if not is_e164(phone):
        raise ValueError("a phone number is written in E.164: a plus sign, then 7 to 15 digits")


def _phone_hash(vault: Vault, phone: str) -> str:
    return vault.pseudonym("phone", phone)
