"""Personal data is taken out of objects before they are stored, and put back when their sender reads them.

A driver's token goes, encrypted, into its own table under its keyed hash, where it can be erased; the object keeps
the hash as ``$token`` (``$auth`` for 2.1.1's ``auth_id``). What else may name a person is kept encrypted in the object
itself, as ``$sealed``. These markers are never accepted from outside: they would let a sender read what it did not
send.
"""

from sqlalchemy import Connection

from ledger.database import Tx
from ledger.tokens import KeptToken, keep_token, open_token
from ledger.vault import Vault, contract_key, token_key
from ocpi.wire import Document, decode, encode

TOKEN, AUTH, SEALED = "$token", "$auth", "$sealed"
_NAMED = (("cdr_token", TOKEN), ("auth_id", AUTH))
_MARKERS = frozenset((TOKEN, AUTH, SEALED))
# publish_allowed_to lists drivers' tokens; signed meter values (OCMF) name who charged; see OCPI 2.2.1, 8.4.21, 10.4.7.
_PRIVATE = frozenset(("cdr_token", "auth_id", "publish_allowed_to", "signed_data"))


def withdraw(tx: Tx, network: str, document: Document) -> Document:
    """A copy of the document that may be stored, its driver's token kept apart."""
    return _kept(tx, withdrawn(tx.vault, network, document))


def withdrawn(vault: Vault, network: str, document: Document) -> tuple[Document, list[KeptToken]]:
    """A copy of the document that may be stored, and its driver's tokens, which are to be kept apart."""
    if _PRIVATE.isdisjoint(document) and _MARKERS.isdisjoint(document):
        return document, []
    taken = {name: document[name] for name in _PRIVATE & document.keys()}
    stored = {name: value for name, value in document.items() if name not in taken and name not in _MARKERS}
    tokens = []
    for name, marker in _NAMED:
        token = taken.get(name) if marker == TOKEN else _token(taken.get(name))
        key = _key(vault, network, token)
        if key is not None:
            tokens.append(KeptToken(key, encode(token).decode(), _contract(vault, token)))
            stored[marker] = key
            del taken[name]
    if taken:
        stored[SEALED] = vault.encrypt(encode(taken).decode())
    return stored, tokens


def change(tx: Tx, network: str, stored: Document, part: Document) -> Document:
    """A stored document with some of its fields set anew, as a PATCH does."""
    return _kept(tx, changed(tx, network, stored, part))


def changed(tx: Tx, network: str, stored: Document, part: Document) -> tuple[Document, list[KeptToken]]:
    """The same, and the tokens that are to be kept apart."""
    part = {name: value for name, value in part.items() if value is not None and name not in _MARKERS}
    if _PRIVATE.isdisjoint(part):
        return {**stored, **part}, []
    return withdrawn(tx.vault, network, {**_whole(tx.conn, tx.vault, stored), **part})


def _kept(tx: Tx, taken_apart: tuple[Document, list[KeptToken]]) -> Document:
    stored, tokens = taken_apart
    for token in tokens:
        keep_token(tx, token.key, token.document, token.contract)
    return stored


def reveal(conn: Connection, vault: Vault, document: str) -> str:
    """A stored document as its sender sent it; without the token, if that was erased."""
    if not any(f'"{marker}"' in document for marker in _MARKERS):
        return document
    return encode(_whole(conn, vault, decode(document.encode()))).decode()


def open_sealed(vault: Vault, stored: Document) -> Document:
    """What was sealed in a stored object. Raises ``cryptography.fernet.InvalidToken`` if its key is gone."""
    whole: Document = decode(vault.decrypt(stored[SEALED]).encode())
    return whole


def token_key_of(stored: Document) -> str | None:
    """The keyed hash of a stored object's token."""
    key: str | None = stored.get(TOKEN) or stored.get(AUTH)
    return key


def names_token(document: Document) -> bool:
    """Whether a document, as it came, says whose it is."""
    return document.get("cdr_token") is not None or document.get("auth_id") is not None


def redacted(value: object) -> object:
    """What may be shown of an object that was refused."""
    if not isinstance(value, dict):
        return None
    return {name: item for name, item in value.items() if name not in _PRIVATE}


def _whole(conn: Connection, vault: Vault, stored: Document) -> Document:
    whole = dict(stored)
    key, auth, sealed = (whole.pop(marker, None) for marker in (TOKEN, AUTH, SEALED))
    token = None if key is None else open_token(conn, vault, key)
    if token is not None:
        whole["cdr_token"] = decode(token.encode())
    token = None if auth is None else open_token(conn, vault, auth)
    if token is not None:
        whole["auth_id"] = decode(token.encode())["contract_id"]
    if sealed is not None:
        whole.update(decode(vault.decrypt(sealed).encode()))
    return whole


def _token(said: object) -> object:
    """A token as later versions write it: 2.1.1 tells its contract (``auth_id``) alone, so that must name it."""
    return {"uid": said, "contract_id": said} if isinstance(said, str) else None


def _contract(vault: Vault, token: object) -> str | None:
    contract = token.get("contract_id") if isinstance(token, dict) else None
    return contract_key(vault, contract) if isinstance(contract, str) and contract.strip() else None


def _key(vault: Vault, network: str, token: object) -> str | None:
    """The keyed hash of a CdrToken. Some peers leave its party out; then it is taken for the network's own."""
    if not isinstance(token, dict) or not isinstance(token.get("uid"), (str, int)):
        return None
    country, party = network.split("*", 1)
    uid = str(token["uid"]).strip()
    own_country, own_party = token.get("country_code"), token.get("party_id")
    if isinstance(own_country, str) and isinstance(own_party, str) and own_country.strip() and own_party.strip():
        country, party = own_country.strip(), own_party.strip()
    return token_key(vault, country, party, uid) if uid else None
