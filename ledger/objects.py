"""OCPI objects as their networks last stated them. An older word never replaces a newer one.

What guards an object is its ``last_updated``, but never beyond the moment it reached us: a peer whose clock ran ahead
once would otherwise lock its own object until that time.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, bindparam, delete, select, update

from ledger.database import Tx, table
from ledger.statements import Rows, Statement
from ledger.vault import Vault
from models import OcpiObject, Token


class Outcome(StrEnum):
    """What became of an object that was put."""

    CREATED = "created"
    UPDATED = "updated"
    SAME = "same"
    STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectFields:
    """An object to store. ``document``: its JSON in the names of ``version``, personal data taken out.

    ``module``: locations, sessions, …
    """

    module: str
    network: str
    object_id: str
    version: str
    partner: int
    last_updated: datetime
    document: str


@dataclass(frozen=True, slots=True)
class Stored:
    """An object as it stands; ``version`` is that of OCPI in whose names it is."""

    id: int
    last_updated: datetime
    document: str
    version: str


_REMEMBERED_TOKENS = 20_000

_OBJECTS = table(OcpiObject)
_TOKENS = table(Token)
_IS_IT = (
    (_OBJECTS.c.module == bindparam("of_module"))
    & (_OBJECTS.c.network == bindparam("of_network"))
    & (_OBJECTS.c.object_id == bindparam("of_id"))
)
_FIND = Statement(
    lambda _: select(_OBJECTS.c.id, _OBJECTS.c.last_updated, _OBJECTS.c.document, _OBJECTS.c.version).where(_IS_IT)
)
_FIND_AND_LOCK = Statement(
    lambda _: (
        select(_OBJECTS.c.id, _OBJECTS.c.last_updated, _OBJECTS.c.document, _OBJECTS.c.version)
        .where(_IS_IT)
        .with_for_update()
    )
)
_VALUES: dict[str, Any] = {
    name: bindparam(f"new_{name}") for name in ("document", "last_updated", "partner", "version")
}
_UPDATE_OLDER = Statement(
    lambda _: update(_OBJECTS).where(_IS_IT & (_OBJECTS.c.last_updated < bindparam("new_last_updated"))).values(_VALUES)
)
_UPDATE = Statement(lambda _: update(_OBJECTS).where(_OBJECTS.c.id == bindparam("of_row")).values(_VALUES))
_INSERT = Rows(OcpiObject, ["module", "network", "object_id"], update=False)
_FIND_TOKEN = Statement(lambda _: select(_TOKENS.c.document).where(_TOKENS.c.key == bindparam("of_key")))
_KEEP_TOKEN = Rows(Token, ["key"], "created_at")


def get(conn: Connection, module: str, network: str, object_id: str, *, lock: bool = False) -> Stored | None:
    """One object, or None. ``lock``: nobody else may change it until the transaction ends (to read, then replace)."""
    row = (_FIND_AND_LOCK if lock else _FIND).first(conn, _identity(module, network, object_id))
    return None if row is None else Stored(row.id, row.last_updated, row.document, row.version)


def under(conn: Connection, module: str, network: str, prefix: str) -> list[Stored]:
    """All objects of a network's module whose ids begin so."""
    mine = (_OBJECTS.c.module == module) & (_OBJECTS.c.network == network)
    query = select(_OBJECTS.c.id, _OBJECTS.c.last_updated, _OBJECTS.c.document, _OBJECTS.c.version).where(mine)
    rows = conn.execute(query.where(_OBJECTS.c.object_id.startswith(prefix.casefold(), autoescape=True)))
    return [Stored(row.id, row.last_updated, row.document, row.version) for row in rows]


def put_guarded(tx: Tx, fields: ObjectFields, may_follow: Callable[[str], bool] = lambda _: True) -> Outcome:
    """Store an object, unless a later word on it is known. One statement in the usual case, an update in order.

    ``may_follow`` is asked with the stored document where both were last updated at the same moment, and decides.
    """
    identity = _identity(fields.module, fields.network, fields.object_id)
    values = _values(tx, fields)
    if _UPDATE_OLDER.run(tx.conn, identity | values):
        return Outcome.UPDATED
    stored = get(tx.conn, fields.module, fields.network, fields.object_id, lock=True)
    if stored is None:
        if _insert(tx, fields):
            return Outcome.CREATED
        # Somebody else made it since we looked, and has committed by now.
        stored = get(tx.conn, fields.module, fields.network, fields.object_id, lock=True)
    if stored is None or stored.last_updated > values["new_last_updated"]:
        return Outcome.STALE
    if stored.document == fields.document:
        return Outcome.SAME
    if stored.last_updated == values["new_last_updated"] and not may_follow(stored.document):
        return Outcome.STALE
    replace(tx, stored, fields)
    return Outcome.UPDATED


def replace(tx: Tx, stored: Stored, fields: ObjectFields) -> None:
    """Write over an object that was read with ``lock``."""
    _UPDATE.run(tx.conn, {"of_row": stored.id, **_values(tx, fields)})


def remove(tx: Tx, module: str, network: str, object_id: str) -> bool:
    """Remove an object; False if there was none."""
    return bool(tx.conn.execute(delete(_OBJECTS).where(_IS_IT), _identity(module, network, object_id)).rowcount)


def keep_token(tx: Tx, key: str, document: str, contract: str | None = None) -> None:
    """Keep what settlement needs of a driver's token, encrypted, under its keyed hash. The last word counts.

    ``contract``: the keyed hash of the id of the contract behind it (:func:`ledger.vault.contract_key`).
    """
    digest = hashlib.sha256(document.encode()).digest()
    found = _FIND_TOKEN.first(tx.conn, {"of_key": key})
    if found is not None and tx.memory.tokens.get(key) == (found.document, digest):
        return
    if found is None or _decrypted(tx.vault, found.document) != document:
        sealed = tx.vault.encrypt(document)
        row = {"key": key, "document": sealed, "contract": contract, "created_at": tx.now}
        _KEEP_TOKEN.write(tx.conn, [row])
    else:
        sealed = found.document
    if len(tx.memory.tokens) >= _REMEMBERED_TOKENS:
        tx.memory.tokens.clear()
    tx.memory.tokens[key] = sealed, digest


def open_token(conn: Connection, vault: Vault, key: str) -> str | None:
    """A token's JSON, or None if it is not known, erased, or encrypted with a key that is gone.

    Only to return it to the network that sent it.
    """
    found = _FIND_TOKEN.first(conn, {"of_key": key})
    return None if found is None else _decrypted(vault, found.document)


def _decrypted(vault: Vault, sealed: str) -> str | None:
    try:
        return vault.decrypt(sealed)
    except InvalidToken:
        return None


def guard(last_updated: datetime, now: datetime) -> datetime:
    """How long an object is guarded by its ``last_updated``: never beyond the moment it reached us."""
    return min(last_updated, now)


def _identity(module: str, network: str, object_id: str) -> dict[str, Any]:
    return {"of_module": module, "of_network": network, "of_id": object_id.casefold()}


def _values(tx: Tx, fields: ObjectFields) -> dict[str, Any]:
    return {
        "new_document": fields.document,
        "new_last_updated": guard(fields.last_updated, tx.now),
        "new_partner": fields.partner,
        "new_version": fields.version,
    }


def _insert(tx: Tx, fields: ObjectFields) -> bool:
    row = {
        "module": fields.module,
        "network": fields.network,
        "object_id": fields.object_id.casefold(),
        "version": fields.version,
        "partner": fields.partner,
        "last_updated": guard(fields.last_updated, tx.now),
        "created_at": tx.now,
        "document": fields.document,
    }
    return bool(_INSERT.new(tx.conn, [row]))
