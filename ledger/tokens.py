"""Drivers' tokens: what settlement needs of each, encrypted, under the keyed hash that everything else knows it by."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, bindparam, select

from ledger import objects
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.statements import Statement
from ledger.vault import Vault
from models import Token

_REMEMBERED = 20_000
Row = Mapping[str, object]
_TOKENS = table(Token)
_FIND = Statement(lambda _: select(_TOKENS.c.document).where(_TOKENS.c.key == bindparam("of_key")))
_KEEP = Rows(Token, ["key"], "created_at")


@dataclass(frozen=True, slots=True)
class KeptToken:
    """What settlement needs of a driver's token: its keyed hash, and its JSON, which is to be encrypted.

    ``contract``: the keyed hash of the id of the contract behind it (:func:`ledger.vault.contract_key`).
    """

    key: str
    document: str
    contract: str | None = None


def keep_token(tx: Tx, key: str, document: str, contract: str | None = None) -> None:
    """Keep what settlement needs of a driver's token, encrypted, under its keyed hash. The last word counts."""
    found = _FIND.first(tx.conn, {"of_key": key})
    write_token(tx, to_keep(tx, KeptToken(key, document, contract), None if found is None else found.document))


def is_remembered(tx: Tx, token: KeptToken) -> bool:
    """Whether the ciphertext that this process remembers of a token holds just this."""
    return tx.memory.tokens.get(token.key, ("", b""))[1] == _digest(token)


def to_keep(tx: Tx, token: KeptToken, found: str | None) -> Row | None:
    """The row that keeps a token, where what was ``found`` of it, its ciphertext, is not the same already."""
    digest = _digest(token)
    if found is not None and tx.memory.tokens.get(token.key) == (found, digest):
        return None
    is_new = found is None or _decrypted(tx.vault, found) != token.document
    sealed = tx.vault.encrypt(token.document) if is_new else found
    if len(tx.memory.tokens) >= _REMEMBERED:
        tx.memory.tokens.clear()
    tx.memory.tokens[token.key] = sealed or "", digest
    row = {"key": token.key, "document": sealed, "contract": token.contract, "created_at": tx.now}
    return row if is_new else None


def write_token(tx: Tx, row: Row | None) -> None:
    """Write what :func:`to_keep` gave."""
    if row is not None:
        _KEEP.write(tx.conn, [row])


def open_token(conn: Connection, vault: Vault, key: str) -> str | None:
    """A token's JSON, or None if it is not known, erased, or encrypted with a key that is gone.

    Only to return it to the network that sent it.
    """
    found = _FIND.first(conn, {"of_key": key})
    return None if found is None else _decrypted(vault, found.document)


def is_barred(conn: Connection, key: str, party: str) -> bool:
    """Whether the party that gave out a token says that it is not valid. ``party``: its key."""
    stored = objects.get(conn, "tokens", party, key)
    return stored is not None and json.loads(stored.document).get("valid") is False


def _digest(token: KeptToken) -> bytes:
    return hashlib.sha256(token.document.encode()).digest()


def _decrypted(vault: Vault, sealed: str) -> str | None:
    try:
        return vault.decrypt(sealed)
    except InvalidToken:
        return None
