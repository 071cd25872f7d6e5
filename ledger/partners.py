"""The platforms that connect to us by OCPI as they stand, and how we behave towards each.

A token that we accept is kept as SHA-256, the one that we send is encrypted. How they come and go:
:mod:`ledger.registrations`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, bindparam, select, update

from ledger.database import Tx, registry_changed, table
from ledger.statements import Statement
from ledger.vault import Vault
from models import Partner

INVITED, REGISTERED, CLOSED = "invited", "registered", "closed"
NONE, OTHERS, ALL = "none", "others", "all"


class PartnerError(ValueError):
    """A change to a partner that can't be; the message says why."""


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


def by_token(conn: Connection, *candidates: str) -> tuple[KnownPartner, str] | None:
    """The partner that one of these tokens belongs to, and that token; None for a closed one too.

    Looked up by hash, so the time it takes says nothing about any token.
    """
    for statement in (_BY_TOKEN, _BY_NEXT_TOKEN):
        for candidate in candidates:
            row = statement.first(conn, {"of_token": digest(candidate)})
            if row is not None:
                return _partner(row), candidate
    return None


def change_settings(tx: Tx, partner: KnownPartner, settings: PartnerSettings) -> None:
    """Behave differently towards a partner from now on."""
    change(tx, partner, settings=written(settings))


def change(tx: Tx, partner: KnownPartner, **values: Any) -> None:
    """Change columns of a partner's row."""
    tx.conn.execute(update(_PARTNERS).where(_PARTNERS.c.id == partner.id).values(**values))
    registry_changed(tx)


def want_statuses(tx: Tx, name: str, whose: str) -> None:
    """Say of whose EVSEs a partner is told. Raises :class:`PartnerError` where there is none of that name."""
    row = tx.conn.execute(
        select(_PARTNERS).where(_PARTNERS.c.name == name).with_for_update(key_share=True)
    ).one_or_none()
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


def written(settings: PartnerSettings) -> str:
    """Settings as their row has them."""
    return json.dumps({"roles": settings.roles, "literal": settings.literal, "statuses": settings.statuses})


def digest(token: str) -> str:
    """How a token that we accept is kept."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
