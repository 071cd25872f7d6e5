"""Drivers' tokens in, as eMSPs tell a CPO of them (OCPI 2.2.1, 12). All of one is personal: it is stored encrypted.

It is found by its keyed hash, as in sessions, so that a driver who never charged here can start a session, too.
"""

from collections.abc import Mapping
from datetime import datetime

from ledger.database import Tx
from ledger.objects import Outcome, guard
from ledger.stated import put_guarded, replace
from ledger.tokens import keep_token
from ledger.vault import Vault, token_key
from ocpi.errors import UNKNOWN_TOKEN, bad_content
from ocpi.modules.taking import Origin, Taken, dated, fields_of, to_change, unknown
from ocpi.privacy import SEALED, open_sealed
from ocpi.reading import enum, identifier, moment, needed
from ocpi.wire import Document, decode, encode

MODULE = "tokens"


def key_of(vault: Vault, origin: Origin, uid: str) -> str:
    """What a token is known by."""
    return token_key(vault, origin.country_code, origin.party_id, uid)


def take(tx: Tx, origin: Origin, uid: str, document: Document) -> Taken:
    """Take in a whole token."""
    said = {name: value for name, value in document.items() if value is not None}
    last_updated = _check(origin, uid, said)
    stored = _sealed(tx, said)
    outcome = put_guarded(tx, fields_of(origin, MODULE, key_of(tx.vault, origin, uid), stored, last_updated))
    if outcome is not Outcome.STALE:
        _keep(tx, origin, uid, said)
    return Taken(outcome, last_updated)


def take_part(tx: Tx, origin: Origin, uid: str, document: Document) -> Taken:
    """Take in some fields of a token, such as that it is no longer valid."""
    part = dated(origin, document, tx.now)
    stored = to_change(tx, origin, MODULE, key_of(tx.vault, origin, uid))
    if stored is None:
        raise unknown("token", UNKNOWN_TOKEN)
    needed(moment(part, "last_updated"), "last_updated")
    changed = {name: value for name, value in part.items() if value is not None}
    whole = {**open_sealed(tx.vault, decode(stored.document.encode())), **changed}
    last_updated = _check(origin, uid, whole)
    if stored.last_updated > guard(last_updated, tx.now):
        return Taken(Outcome.STALE, last_updated)
    fields = fields_of(origin, MODULE, key_of(tx.vault, origin, uid), _sealed(tx, whole), last_updated)
    replace(tx, stored, fields)
    _keep(tx, origin, uid, whole)
    return Taken(Outcome.UPDATED, last_updated)


def _check(origin: Origin, uid: str, document: Document) -> datetime:
    expected = {"country_code": origin.country_code, "party_id": origin.party_id, "uid": uid}
    for name, wanted in expected.items():
        value = document.get(name)
        if value is not None and identifier(value, name, 36).casefold() != wanted.casefold():
            raise bad_content(f"{name} is not the one in the URL")
    enum(document, "type", 20)
    return needed(moment(document, "last_updated"), "last_updated")


def _sealed(tx: Tx, document: Document) -> Document:
    """What is stored of a token. That it is not valid says nothing of whose it is, and is asked for by its key."""
    sealed: Document = {SEALED: tx.vault.encrypt(encode(document).decode())}
    return {**sealed, "valid": False} if document.get("valid") is False else sealed


def _keep(tx: Tx, origin: Origin, uid: str, document: Mapping[str, object]) -> None:
    """What a session's cdr_token would hold of it; 2.1.1 has its contract as ``auth_id``."""
    contract = document.get("contract_id") or document.get("auth_id") or uid
    token = {
        "country_code": origin.country_code,
        "party_id": origin.party_id,
        "uid": uid,
        "type": str(document.get("type") or "OTHER"),
        "contract_id": str(contract),
    }
    keep_token(tx, key_of(tx.vault, origin, uid), encode(token).decode())
