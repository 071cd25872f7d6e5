"""Who may come in: people by name and password, programs by bearer token."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, select
from werkzeug.security import check_password_hash, generate_password_hash

from ledger.database import Tx, insert, table
from models import ApiClient, Login

READING = frozenset({"violations:read", "evidence:read"})
# A client that writes contacts speaks for one party, and for that party's tokens only.
CONTACTS = "contacts:write"
WEBHOOKS = "webhooks:write"
SIGNS = "signs:write"
# A city's program reads number plates, each with a reason.
PLATES = "plates:read"
SCOPES = READING | {CONTACTS, WEBHOOKS, SIGNS, PLATES}
# An officer sees what an owner sees, attests signs, and reads plates, which an owner may not; all else is for owners.
OWNER, OFFICER = "owner", "officer"
ROLES = (OWNER, OFFICER)
_PARTY = re.compile(r"[A-Za-z]{2}\*[A-Za-z0-9]{1,3}")
_SHORTEST_PASSWORD = 10
# scrypt takes time for every byte; longer than this is an attack, not a password.
_LONGEST_PASSWORD = 200


class AccessError(ValueError):
    """A log-in or client that can't be made; the message says why."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in. ``stamp`` changes with the password: what was signed under the old one ends with it."""

    id: int
    name: str
    role: str
    stamp: str


@dataclass(frozen=True, slots=True)
class Client:
    """A program that may call the API, what for, and the party that it speaks for (``country*party``), if any."""

    id: int
    name: str
    scopes: frozenset[str]
    party: str | None = None


def add_login(tx: Tx, name: str, password: str, role: str = OWNER) -> None:
    """Let a person log in, or give one that can already a new password and role.

    Raises :class:`AccessError` for a name, password or role that will not do.
    """
    if role not in ROLES:
        raise AccessError(f"a role is one of {', '.join(ROLES)}")
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise AccessError("a name has 1 to 60 printable characters")
    if not _SHORTEST_PASSWORD <= len(password) <= _LONGEST_PASSWORD:
        raise AccessError(f"a password has {_SHORTEST_PASSWORD} to {_LONGEST_PASSWORD} characters")
    hashed = generate_password_hash(password)
    statement = insert(tx.conn, Login).values(name=name, password=hashed, role=role)
    values = {"password": hashed, "role": role}
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))


def has_login(conn: Connection, name: str) -> bool:
    """Whether somebody of this name may log in."""
    return conn.execute(select(table(Login).c.id).where(table(Login).c.name == name)).first() is not None


def check_login(conn: Connection, name: str, password: str) -> Person | None:
    """The person with this name and password, or None. An unknown name takes as long as a wrong password."""
    logins = table(Login)
    is_possible = len(name) <= 60 and name.isprintable() and len(password) <= _LONGEST_PASSWORD
    row = conn.execute(select(logins).where(logins.c.name == name)).one_or_none() if is_possible else None
    hashed = _nobodys_hash() if row is None else row.password
    matches = check_password_hash(hashed, password[:_LONGEST_PASSWORD])
    return _person(row) if matches and row is not None else None


def person(conn: Connection, login: int) -> Person | None:
    """The person of a log-in's id."""
    logins = table(Login)
    return _person(conn.execute(select(logins).where(logins.c.id == login)).one_or_none())


def add_client(tx: Tx, name: str, scopes: Iterable[str], party: str | None = None) -> str:
    """Let a program call the API. Returns its bearer token, which is stored as a hash only and never shown again.

    A client of that name gets a new token, and its old one ends. ``party`` is the OCPI party that it speaks for
    (``country*party``). Raises :class:`AccessError` for an unknown scope, or for contacts without a party.
    """
    wanted = sorted(set(scopes))
    if not wanted or not SCOPES.issuperset(wanted):
        raise AccessError(f"scopes are one or more of {', '.join(sorted(SCOPES))}")
    if not 1 <= len(name) <= 60 or not name.isprintable():
        raise AccessError("a name has 1 to 60 printable characters")
    if (CONTACTS in wanted) != (party is not None) or (party is not None and not _PARTY.fullmatch(party)):
        raise AccessError(f"who writes contacts ({CONTACTS}) speaks for a party, like ca*flo, and nobody else does")
    token = f"bwd_{secrets.token_urlsafe(32)}"
    own = None if party is None else party.casefold()
    values = {"token_hash": _digest(token), "scopes": " ".join(wanted), "party": own}
    statement = insert(tx.conn, ApiClient).values(name=name, created_at=tx.now, **values)
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["name"], set_=values))
    return token


def client_of(conn: Connection, token: str) -> Client | None:
    """The client with this bearer token, or None."""
    clients = table(ApiClient)
    # Looked up by hash, so the time it takes says nothing of any stored token.
    is_it: ColumnElement[bool] = clients.c.token_hash == _digest(token)
    row = conn.execute(select(clients).where(is_it)).one_or_none()
    return None if row is None else Client(row.id, row.name, frozenset(row.scopes.split()), row.party)


def _person(row: Any) -> Person | None:
    if row is None:
        return None
    return Person(row.id, row.name, row.role, _digest(row.password)[:16])


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@cache
def _nobodys_hash() -> str:
    return generate_password_hash(secrets.token_hex())
