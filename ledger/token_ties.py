"""Which driver a token is of, by its pseudonym (``ledger.vault.token_key``): who is told of it, and whose day it is.

What a driver pays on a day may be capped over all of their tokens. So bays where a token was seen are judged again when
its tie changes, scans apart: one scan at a bay lets its driver be told, and counts for nothing else.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, select, update

from enforcement import reaching
from ledger import changed_circumstances
from ledger.database import Tx, table, upsert
from ledger.statements import Statement, among
from models import Driver, DriverToken
from models.drivers import TieSource

_driver, _token = table(Driver).c, table(DriverToken).c
_BY_TOKENS = Statement(
    lambda dialect: (
        select(_token.token, _driver.id, _driver.language, _token.scanned)
        .join(table(DriverToken), _token.driver == _driver.id)
        .where(among(dialect, _token.token, "tokens"), _driver.opted_out_at.is_(None))
    )
)


@dataclass(frozen=True, slots=True)
class DriverRef:
    """What a decision may know of a driver. ``is_scanned``: one scan at a bay is all that ties the token to them."""

    id: int
    language: str
    is_scanned: bool = False


def driver_for_token(conn: Connection, token_key: str) -> DriverRef | None:
    """Who is told about a token. None if nobody is, or they opted out."""
    return drivers_for_tokens(conn, [token_key]).get(token_key)


def drivers_for_tokens(conn: Connection, token_keys: Iterable[str]) -> dict[str, DriverRef]:
    """Who is told about each of these tokens, where somebody is."""
    rows = _BY_TOKENS.all(conn, {"tokens": list(token_keys)})
    return {row.token: DriverRef(row.id, row.language, row.scanned) for row in rows}


def tie_tokens(tx: Tx, driver_id: int, token_keys: Iterable[str], source: TieSource) -> None:
    """These tokens are this driver's, whoever's they were. ``source``: who says so."""
    keys = sorted(set(token_keys))
    tie = {"driver": driver_id, "scanned": False, "source": source}
    upsert(tx.conn, DriverToken, ["token"], [{"token": key, **tie} for key in keys])
    changed_circumstances.tokens_changed(tx, keys)


def untie_token(tx: Tx, token_key: str) -> None:
    """A token is nobody's any more."""
    tx.conn.execute(delete(table(DriverToken)).where(_token.token == token_key))
    changed_circumstances.tokens_changed(tx, [token_key])


def untie_scans(tx: Tx, driver_id: int) -> None:
    """Forget the tokens that only a scan ties to a driver."""
    tx.conn.execute(delete(table(DriverToken)).where(_token.driver == driver_id, _token.scanned))


def confirm_scanned(tx: Tx, driver_id: int, token_key: str, *, remember: bool) -> None:
    """A driver claimed a stay of a token. With ``remember`` the token becomes theirs, if it may (enforcement.reaching).

    A token that is theirs by an earlier scan at another stay is now confirmed. That of a driver who was erased is free.
    """
    is_known = (_driver.phone != "").label("is_known")
    known = select(_token.driver, _token.scanned, is_known).join_from(table(DriverToken), table(Driver))
    row = tx.conn.execute(known.where(_token.token == token_key)).one_or_none()
    if row is not None and row.driver == driver_id:
        tx.conn.execute(update(table(DriverToken)).where(_token.token == token_key).values(scanned=False))
        changed_circumstances.tokens_changed(tx, [token_key])
        return
    mine = select(func.count()).where(_token.driver == driver_id, _token.scanned)
    holder = row.driver if row is not None and row.is_known else None
    if remember and reaching.may_take_token(holder, driver_id, tx.conn.execute(mine).scalar_one()):
        tie = {"token": token_key, "driver": driver_id, "scanned": True, "source": TieSource.SCAN}
        upsert(tx.conn, DriverToken, ["token"], [tie])
        if row is not None and not row.scanned:
            changed_circumstances.tokens_changed(tx, [token_key])
