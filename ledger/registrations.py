"""How platforms come and go: invited with a token, registered by the handshake, closed by either side.

A network belongs to one partner at a time: what one partner says of it, no other can touch.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select, update

from ledger.database import Tx, registry_changed, table
from ledger.parties import Party, make_known, must_be_free
from ledger.partners import (
    CLOSED,
    INVITED,
    REGISTERED,
    KnownPartner,
    PartnerError,
    PartnerSettings,
    change,
    digest,
    written,
)
from ledger.stated import begin_anew
from models import Partner

__all__ = [
    "Party", "Registration", "adopt", "close", "complete", "invite", "offer", "register", "withdraw_offer",
]  # fmt: skip

_PARTNERS = table(Partner)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What the handshake found out. ``connection``: version, token style and endpoints, as JSON-able values."""

    token: str = field(repr=False)
    versions_url: str
    connection: Mapping[str, Any]
    parties: Sequence[Party]


def invite(tx: Tx, name: str, *, synthetic: bool = False, settings: PartnerSettings | None = None) -> str:
    """Make a partner known and return its token A, to be given to it on a safe way. It is never shown again.

    A partner that was only invited, or closed, can be invited anew: its token before is worthless then. Raises
    :class:`PartnerError` for one that is registered, or for a name that will not do.
    """
    if not 1 <= len(name) <= 100 or not name.isprintable():
        raise PartnerError("a partner's name has 1 to 100 printable characters")
    token = _new_token()
    known = tx.conn.execute(
        select(_PARTNERS).where(_PARTNERS.c.name == name).with_for_update(key_share=True)
    ).one_or_none()
    values = {"status": INVITED, "our_token_hash": digest(token), "their_token": None, "synthetic": synthetic}
    if settings is not None:
        values["settings"] = written(settings)
    if known is None:
        empty = {"endpoints": "{}", "parties": "[]", "settings": "{}"}
        tx.conn.execute(_PARTNERS.insert().values({"name": name, "created_at": tx.now, **empty, **values}))
    elif known.status == REGISTERED:
        raise PartnerError("this partner is registered; close it first")
    else:
        tx.conn.execute(update(_PARTNERS).where(_PARTNERS.c.id == known.id).values(**values))
        registry_changed(tx)
    return token


def register(tx: Tx, partner: KnownPartner, registration: Registration) -> str:
    """Complete or renew a registration, make its networks known, and return the new token (C) that we accept.

    Raises :class:`PartnerError` if the partner changed since it was read, or a party is another partner's.
    """
    token = _new_token()
    _register(tx, partner, registration, digest(token))
    return token


def complete(tx: Tx, partner: KnownPartner, registration: Registration) -> None:
    """The same where we asked the peer: it uses the token that we sent it from now on."""
    rows = _PARTNERS.c
    offered = tx.conn.execute(select(rows.next_token_hash).where(rows.id == partner.id)).scalar()
    _register(tx, partner, registration, offered or partner.token_hash)


def offer(tx: Tx, partner: KnownPartner) -> str:
    """A new token for a registered partner, good beside the old one until it is known which of the two it uses."""
    token = _new_token()
    change(tx, partner, next_token_hash=digest(token))
    return token


def withdraw_offer(tx: Tx, partner: KnownPartner) -> None:
    """The partner did not take the token that was offered."""
    change(tx, partner, next_token_hash=None)


def adopt(tx: Tx, partner: KnownPartner, party: Party) -> None:
    """A hub speaks for one more party from now on. Raises :class:`PartnerError` if it is another partner's."""
    rows = tx.conn.execute(select(_PARTNERS).order_by(_PARTNERS.c.id).with_for_update(key_share=True)).all()
    must_be_free(rows, partner, {party.network})
    current = next(row for row in rows if row.id == partner.id)
    make_known(tx, [party], synthetic=partner.synthetic)
    change(tx, partner, parties=json.dumps(sorted({*json.loads(current.parties), party.network})))


def _register(tx: Tx, partner: KnownPartner, registration: Registration, token_hash: str) -> None:
    # All rows in one order: two partners can't claim one party at the same moment.
    rows = tx.conn.execute(select(_PARTNERS).order_by(_PARTNERS.c.id).with_for_update(key_share=True)).all()
    current = next((row for row in rows if row.id == partner.id), None)
    if current is None or (current.our_token_hash, current.status) != (partner.token_hash, partner.status):
        raise PartnerError("the credentials were changed by another request")
    claimed = {party.network for party in registration.parties}
    must_be_free(rows, partner, claimed)
    make_known(tx, registration.parties, synthetic=partner.synthetic)
    begin_anew(tx, claimed)
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
    change(tx, partner, **values)


def close(tx: Tx, partner: KnownPartner) -> None:
    """End a connection: neither token is good any more. What the partner said stays."""
    worthless = digest(_new_token())
    change(tx, partner, status=CLOSED, their_token=None, our_token_hash=worthless, next_token_hash=None)


def _new_token() -> str:
    return secrets.token_urlsafe(36)
