"""The OCPI parties behind a connection. A network belongs to one partner at a time."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from ledger.database import Tx, table
from ledger.partners import REGISTERED, KnownPartner, PartnerError
from ledger.registry import upsert_network
from models import Network


@dataclass(frozen=True, slots=True)
class Party:
    """One OCPI party behind a connection; ``network`` is its key."""

    network: str
    country_code: str
    party_id: str
    name: str


def must_be_free(rows: Iterable[Any], partner: KnownPartner, claimed: set[str]) -> None:
    """Raises :class:`PartnerError` where one of them is another registered partner's; ``rows``: all partners."""
    for row in rows:
        if row.id != partner.id and row.status == REGISTERED and claimed & set(json.loads(row.parties)):
            raise PartnerError("a party in roles is connected through another partner")


def make_known(tx: Tx, parties: Iterable[Party], *, synthetic: bool) -> None:
    """Make their networks known. Those of a demo never become real ones, nor real ones a demo's (PartnerError)."""
    networks = table(Network)
    by_key = {party.network: party for party in parties}
    query = select(networks.c.key, networks.c.synthetic).where(networks.c.key.in_(sorted(by_key)))
    if any(bool(row.synthetic) != synthetic for row in tx.conn.execute(query)):
        raise PartnerError("a party in roles is known already, and only one of the two is synthetic")
    for key, party in sorted(by_key.items()):
        upsert_network(tx, key, party.country_code, party.party_id, party.name, synthetic=synthetic)
