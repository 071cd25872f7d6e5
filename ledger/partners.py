"""The platforms that connect to us by OCPI: invited with a token, registered by the handshake, closed by either side.

A token that we accept is kept as SHA-256, the one that we send is encrypted. A network belongs to one partner at a
time: what one partner says of it, no other can touch.
"""

import hashlib
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, bindparam, select, update

from ledger.database import Tx, registry_changed, table
from ledger.registry import upsert_network
from ledger.statements import Statement
from ledger.vault import Vault
from models import Network, Partner

INVITED, REGISTERED, CLOSED = "invited", "registered", "closed"
NONE, OTHERS, ALL = "none", "others", "all"


class PartnerError(ValueError):
    """A change to a partner that can't be; the message says why."""


@dataclass(frozen=True, slots=True)
class Party:
    """One OCPI party behind a connection; ``network`` is its key."""

    network: str
    country_code: str
    party_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the handshake found out. ``connection``: version, token style and endpoints, as JSON-able values."""

    token: str = field(repr=False)
    versions_url: str
    connection: Mapping[str, Any]
    parties: Sequence[Party]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSettings:
    """How we behave towards one partner.

    ``roles``: in which OCPI roles we appear to it (none: OTHER). ``literal``: whether the token that we send is written
    as it is, or in Base64; None: as its version says, and the other way if it does not know it so. ``statuses``: of
    whose EVSEs it is told what they are: of none, of other networks' (``others``), or of ``all``, its own too.
    """

    roles: tuple[str, ...] = ()
    literal: bool | None = None
    statuses: str = NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPartner:
    """A partner as it stands. ``token_hash`` is that of the token we accept, ``their_token`` is still encrypted."""

    id: int
    name: str
    status: str
    synthetic: bool
    parties: frozenset[str]
    versions_url: str | None
    connection: Mapping[str, Any]
    registered_at: datetime | None
    settings: PartnerSettings = PartnerSettings()
    token_hash: str = field(repr=False)
    their_token: str | None = field(repr=False)

    @property
    def is_registered(self) -> bool:
        """Whether the handshake is done and the connection stands."""
        return self.status == REGISTERED


_PARTNERS = table(Partner)
_BY_TOKEN = Statement(
    lambda _: select(_PARTNERS).where(_PARTNERS.c.our_token_hash == bindparam("of_token"), _PARTNERS.c.status != CLOSED)
)
_BY_NEXT_TOKEN = Statement(
    lambda _: select(_PARTNERS).where(
        _PARTNERS.c.next_token_hash == bindparam("of_token"), _PARTNERS.c.status != CLOSED
    )
)


def invite(tx: Tx, name: str, *, synthetic: bool = False, settings: PartnerSettings | None = None) -> str:
    """Make a partner known and return its token A, to be given to it on a safe way. It is never shown again.

    A partner that was only invited, or closed, can be invited anew: its token before is worthless then. Raises
    :class:`PartnerError` for one that is registered, or for a name that will not do.
    """
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise PartnerError("a partner's name has 1 to 100 printable characters")
    token = _new_token()
    known = tx.conn.execute(select(_PARTNERS).where(_PARTNERS.c.name == name).with_for_update()).one_or_none()
    values = {"status": INVITED, "our_token_hash": _digest(token), "their_token": None, "synthetic": synthetic}
    if settings is not None:
        values["settings"] = _written(settings)
    if known is None:
        empty = {"endpoints": "{}", "parties": "[]", "settings": "{}"}
        tx.conn.execute(_PARTNERS.insert().values({"name": name, "created_at": tx.now, **empty, **values}))
    elif known.status == REGISTERED:
        raise PartnerError("this partner is registered; close it first")
    else:
        tx.conn.execute(update(_PARTNERS).where(_PARTNERS.c.id == known.id).values(**values))
    return token


def by_token(conn: Connection, *candidates: str) -> tuple[KnownPartner, str] | None:
    """The partner that one of these tokens belongs to, and that token; None for a closed one too.

    Looked up by hash, so the time it takes says nothing about any token.
    """
    for statement in (_BY_TOKEN, _BY_NEXT_TOKEN):
        for candidate in candidates:
            row = statement.first(conn, {"of_token": _digest(candidate)})
            if row is not None:
                return _partner(row), candidate
    return None


def register(tx: Tx, partner: KnownPartner, registration: Registration) -> str:
    """Complete or renew a registration, make its networks known, and return the new token (C) that we accept.

    Raises :class:`PartnerError` if the partner changed since it was read, or a party is another partner's.
    """
    token = _new_token()
    _register(tx, partner, registration, _digest(token))
    return token


def complete(tx: Tx, partner: KnownPartner, registration: Registration) -> None:
    """The same where we asked the peer: it uses the token that we sent it from now on."""
    rows = _PARTNERS.c
    offered = tx.conn.execute(select(rows.next_token_hash).where(rows.id == partner.id)).scalar()
    _register(tx, partner, registration, offered or partner.token_hash)


def offer(tx: Tx, partner: KnownPartner) -> str:
    """A new token for a registered partner, good beside the old one until it is known which of the two it uses."""
    token = _new_token()
    _set(tx, partner, next_token_hash=_digest(token))
    return token


def withdraw_offer(tx: Tx, partner: KnownPartner) -> None:
    """The partner did not take the token that was offered."""
    _set(tx, partner, next_token_hash=None)


def adopt(tx: Tx, partner: KnownPartner, party: Party) -> None:
    """A hub speaks for one more party from now on. Raises :class:`PartnerError` if it is another partner's."""
    rows = tx.conn.execute(select(_PARTNERS).order_by(_PARTNERS.c.id).with_for_update()).all()
    _must_be_free(rows, partner, {party.network})
    current = next(row for row in rows if row.id == partner.id)
    _make_known(tx, [party], synthetic=partner.synthetic)
    _set(tx, partner, parties=json.dumps(sorted({*json.loads(current.parties), party.network})))


def change_settings(tx: Tx, partner: KnownPartner, settings: PartnerSettings) -> None:
    """Behave differently towards a partner from now on."""
    _set(tx, partner, settings=_written(settings))
    registry_changed(tx)


def _register(tx: Tx, partner: KnownPartner, registration: Registration, token_hash: str) -> None:
    # All rows in one order: two partners can't claim one party at the same moment.
    rows = tx.conn.execute(select(_PARTNERS).order_by(_PARTNERS.c.id).with_for_update()).all()
    current = next((row for row in rows if row.id == partner.id), None)
    if current is None or (current.our_token_hash, current.status) != (partner.token_hash, partner.status):
        raise PartnerError("the credentials were changed by another request")
    claimed = {party.network for party in registration.parties}
    _must_be_free(rows, partner, claimed)
    _make_known(tx, registration.parties, synthetic=partner.synthetic)
    values = {
        "status": REGISTERED,
        "our_token_hash": token_hash,
        "next_token_hash": None,
        "their_token": tx.vault.encrypt(registration.token),
        "their_versions_url": registration.versions_url,
        "endpoints": json.dumps(registration.connection),
        "parties": json.dumps(sorted(claimed)),
        "registered_at": tx.now,
    }
    _set(tx, partner, **values)
    registry_changed(tx)


def close(tx: Tx, partner: KnownPartner) -> None:
    """End a connection: neither token is good any more. What the partner said stays."""
    worthless = _digest(_new_token())
    _set(tx, partner, status=CLOSED, their_token=None, our_token_hash=worthless, next_token_hash=None)
    registry_changed(tx)


def _set(tx: Tx, partner: KnownPartner, **values: Any) -> None:
    tx.conn.execute(update(_PARTNERS).where(_PARTNERS.c.id == partner.id).values(**values))
    registry_changed(tx)


def want_statuses(tx: Tx, name: str, whose: str) -> None:
    """Say of whose EVSEs a partner is told. Raises :class:`PartnerError` where there is none of that name."""
    row = tx.conn.execute(select(_PARTNERS).where(_PARTNERS.c.name == name).with_for_update()).one_or_none()
    if row is None:
        raise PartnerError(f"there is no partner {name!r}")
    changed = json.dumps({**json.loads(row.settings), "statuses": whose})
    tx.conn.execute(update(_PARTNERS).where(_PARTNERS.c.id == row.id).values(settings=changed))
    registry_changed(tx)


def known(conn: Connection) -> list[KnownPartner]:
    """All partners, by name."""
    return [_partner(row) for row in conn.execute(select(_PARTNERS).order_by(_PARTNERS.c.name))]


def token_to_send(vault: Vault, partner: KnownPartner) -> str:
    """The token that a registered partner gave us. Raises :class:`PartnerError` without one."""
    if partner.their_token is None:
        raise PartnerError("this partner is not registered")
    try:
        return vault.decrypt(partner.their_token)
    except InvalidToken as error:
        raise PartnerError("its token was encrypted with a key that is gone; it must register anew") from error


def _must_be_free(rows: Iterable[Any], partner: KnownPartner, claimed: set[str]) -> None:
    for row in rows:
        if row.id != partner.id and row.status == REGISTERED and claimed & set(json.loads(row.parties)):
            raise PartnerError("a party in roles is connected through another partner")


def _make_known(tx: Tx, parties: Iterable[Party], *, synthetic: bool) -> None:
    """Networks of a demo never become real ones, nor real ones a demo's."""
    networks = table(Network)
    by_key = {party.network: party for party in parties}
    query = select(networks.c.key, networks.c.synthetic).where(networks.c.key.in_(sorted(by_key)))
    if any(bool(row.synthetic) != synthetic for row in tx.conn.execute(query)):
        raise PartnerError("a party in roles is known already, and only one of the two is synthetic")
    for key, party in sorted(by_key.items()):
        upsert_network(tx, key, party.country_code, party.party_id, party.name, synthetic=synthetic)


@lru_cache(maxsize=1_000)  # read with every request, and changed once a year
def _partner(row: Any) -> KnownPartner:
    return KnownPartner(
        id=row.id,
        name=row.name,
        status=row.status,
        synthetic=bool(row.synthetic),
        parties=frozenset(json.loads(row.parties)),
        versions_url=row.their_versions_url,
        connection=json.loads(row.endpoints) or {},
        registered_at=row.registered_at,
        settings=_settings(row.settings),
        token_hash=row.our_token_hash,
        their_token=row.their_token,
    )


def _settings(text: str) -> PartnerSettings:
    stated = json.loads(text)
    return PartnerSettings(
        roles=tuple(stated.get("roles", ())),
        literal=stated.get("literal"),
        statuses=stated.get("statuses", NONE),
    )


def _written(settings: PartnerSettings) -> str:
    return json.dumps({"roles": settings.roles, "literal": settings.literal, "statuses": settings.statuses})


def _new_token() -> str:
    return secrets.token_urlsafe(36)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
