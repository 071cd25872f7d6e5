"""Whom a charge record of ours is for, and which records that party can be sent."""

import msgspec
from sqlalchemy import Connection

from ledger import partners, tokens
from ledger.database import Tx
from ledger.partners import KnownPartner

# In this version of OCPI there are no credits, and a CDR can't be changed.
_WITHOUT_CREDITS = "2.1.1"


def addressee(tx: Tx, token: str, network: str, *, is_synthetic: bool) -> tuple[str, KnownPartner | None]:
    """The token's party, where it is connected; else the network, which settles with it; else nobody yet.

    With the partner that it is behind. What is synthetic is for synthetic partners only.
    """
    document = tokens.open_token(tx.conn, tx.vault, token)
    said = {} if document is None else msgspec.json.decode(document)
    party = "*".join(str(said.get(name) or "").strip() for name in ("country_code", "party_id")).casefold()
    for candidate in (party, network):
        partner = partner_of(tx.conn, candidate, is_synthetic=is_synthetic)
        if partner is not None:
            return candidate, partner
    return (network if is_synthetic or len(party) < 2 else party), None


def partner_of(conn: Connection, party: str, *, is_synthetic: bool) -> KnownPartner | None:
    """The connected partner that a party is behind. Partners are few."""
    known = (p for p in partners.known(conn) if p.is_registered and p.synthetic == is_synthetic)
    return next((p for p in known if party in p.parties), None)


def version_of(partner: KnownPartner) -> str:
    """Which version of OCPI a connected partner speaks."""
    return str(partner.connection.get("version"))


def versions_of_parties(conn: Connection) -> dict[str, str]:
    """Which version of OCPI each connected party speaks."""
    known = (partner for partner in partners.known(conn) if partner.is_registered)
    return {party: version_of(partner) for partner in known for party in partner.parties}


def may_have(version: str, number: int) -> bool:
    """Whether a violation's record of this number can be sent: in 2.1.1 only the first one ever is."""
    return number == 1 or version != _WITHOUT_CREDITS


def is_fixed(conn: Connection, party: str, *, is_synthetic: bool) -> bool:
    """Whether what a party was sent can't be corrected."""
    partner = partner_of(conn, party, is_synthetic=is_synthetic)
    return partner is not None and not may_have(version_of(partner), 2)
