"""Drivers' tokens: what settlement needs of each, encrypted, under the keyed hash that everything else knows it by."""

import hashlib

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, bindparam, select

from ledger.database import Tx, table
from ledger.statements import Rows, Statement
from ledger.vault import Vault
from models import Token

_REMEMBERED = 20_000
_TOKENS = table(Token)
_FIND = Statement(lambda _: select(_TOKENS.c.document).where(_TOKENS.c.key == bindparam("of_key")))
_KEEP = Rows(Token, ["key"], "created_at")


def keep_token(tx: Tx, key: str, document: str, contract: str | None = None) -> None:
    """Keep what settlement needs of a driver's token, encrypted, under its keyed hash. The last word counts.

    ``contract``: the keyed hash of the id of the contract behind it (:func:`ledger.vault.contract_key`).
    """
    digest = hashlib.sha256(document.encode()).digest()
    found = _FIND.first(tx.conn, {"of_key": key})
    if found is not None and tx.memory.tokens.get(key) == (found.document, digest):
        return
    if found is None or _decrypted(tx.vault, found.document) != document:
        sealed = tx.vault.encrypt(document)
        row = {"key": key, "document": sealed, "contract": contract, "created_at": tx.now}
        _KEEP.write(tx.conn, [row])
    else:
        sealed = found.document
    if len(tx.memory.tokens) >= _REMEMBERED:
        tx.memory.tokens.clear()
    tx.memory.tokens[key] = sealed, digest


def open_token(conn: Connection, vault: Vault, key: str) -> str | None:
    """A token's JSON, or None if it is not known, erased, or encrypted with a key that is gone.

    Only to return it to the network that sent it.
    """
    found = _FIND.first(conn, {"of_key": key})
    return None if found is None else _decrypted(vault, found.document)


def _decrypted(vault: Vault, sealed: str) -> str | None:
    try:
        return vault.decrypt(sealed)
    except InvalidToken:
        return None
