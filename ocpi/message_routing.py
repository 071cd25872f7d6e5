"""From whom a request is and to whom it goes (OCPI 2.2.1, 4.2): behind one connection may be many parties.

Requests to functional modules say it in headers ("SHALL", 4.2.1); 2.1.1 has none.
"""

from dataclasses import replace

from ledger.partners import KnownPartner
from ocpi.client import PeerClient
from ocpi.vocabulary import OLD


def to_party(client: PeerClient, version: str, ours: tuple[str, str], party: str) -> PeerClient:
    """The client, speaking to one party, by its key, in the name of ours."""
    return _saying(client, version, ours, _named(party))


def to_partner(client: PeerClient, ours: tuple[str, str], partner: KnownPartner) -> PeerClient:
    """The client, speaking to the hub that a partner is, or to the one party that it has.

    A platform of many parties that is no hub is spoken to as a whole, without a receiver.
    """
    hub = partner.connection.get("hub")
    receiver = (hub[:2], hub[2:]) if hub else None
    if receiver is None and len(partner.parties) == 1:
        receiver = _named(min(partner.parties))
    return _saying(client, str(partner.connection.get("version")), ours, receiver)


def _saying(client: PeerClient, version: str, ours: tuple[str, str], theirs: tuple[str, str] | None) -> PeerClient:
    if version == OLD:
        return client
    headers = {"OCPI-from-country-code": ours[0], "OCPI-from-party-id": ours[1]}
    if theirs is not None:
        headers |= {"OCPI-to-country-code": theirs[0], "OCPI-to-party-id": theirs[1]}
    return replace(client, headers=(*client.headers, *headers.items()))


def _named(party: str) -> tuple[str, str]:
    country, party_id = party.upper().split("*", 1)
    return country, party_id
