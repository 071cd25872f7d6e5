"""Hubs: the parties behind one are known from its credentials (2.3.0) or from what it says of its clients (2.2.1, 15).

A client's state is an object of the hub's: many hubs may know one party.
"""

from collections.abc import Collection
from contextlib import suppress
from datetime import datetime

from sqlalchemy import Connection

from ledger import objects
from ledger.database import Tx
from ledger.objects import ObjectFields, Outcome
from ledger.partners import KnownPartner, PartnerError
from ledger.registrations import Party, adopt
from ledger.stated import put_guarded
from ocpi.documents.credentials import read_party
from ocpi.errors import Refused, bad_content, not_found
from ocpi.keys import network_key
from ocpi.reading import enum, identifier, moment, needed
from ocpi.vocabulary import Version
from ocpi.wire import Document, decode, encode

MODULE = "hubclientinfo"
_CONNECTED = "CONNECTED"
# Nothing is heard from parties in these states, however often their hub answers.
_AWAY = frozenset({"OFFLINE", "PLANNED", "SUSPENDED"})


def hub_of(partner: KnownPartner) -> str:
    """The key of a partner's hub. Raises :class:`ocpi.errors.Refused` (404) for a partner that is none."""
    hub = partner.connection.get("hub")
    if not isinstance(hub, str) or len(hub) != 5:
        raise not_found("your credentials do not say that you are a hub")
    return network_key(hub[:2], hub[2:])


def take(tx: Tx, partner: KnownPartner, version: Version, party: tuple[str, str], document: Document) -> Outcome:
    """Take in what a hub says of one of its clients; one that is connected may from now on be spoken for by the hub."""
    hub, party = hub_of(partner), read_party(*party)
    network = network_key(*party)
    for name, wanted in zip(("country_code", "party_id"), party, strict=True):
        value = document.get(name)
        if value is not None and identifier(value, name, 3).casefold() != wanted.casefold():
            raise bad_content(f"{name} is not the one in the URL")
    role, status = needed(enum(document, "role", 10), "role"), needed(enum(document, "status", 20), "status")
    # The standard's own example leaves last_updated out.
    last_updated = moment(document, "last_updated") or tx.now
    fields = ObjectFields(
        module=MODULE,
        network=hub,
        object_id=f"{network}*{role}",
        version=version.number,
        partner=partner.id,
        last_updated=last_updated,
        document=encode({**document, "country_code": party[0], "party_id": party[1]}).decode(),
    )
    outcome = put_guarded(tx, fields)
    if outcome is not Outcome.STALE and status == _CONNECTED and network not in partner.parties:
        try:
            _adopt(tx, partner, party)
        except PartnerError as error:
            raise bad_content(str(error)) from error
    return outcome


def adopt_again(tx: Tx, partner: KnownPartner) -> None:
    """A hub whose registration was renewed still speaks for those clients that it said are connected."""
    if not partner.connection.get("hub"):
        return
    for stored in objects.under(tx.conn, MODULE, hub_of(partner), ""):
        document = decode(stored.document.encode())
        if str(document.get("status")).upper() == _CONNECTED:
            # Meanwhile it may have become another partner's.
            with suppress(PartnerError, Refused):
                _adopt(tx, partner, read_party(document.get("country_code"), document.get("party_id")))


def show(conn: Connection, partner: KnownPartner, party: tuple[str, str]) -> str | None:
    """What a hub said last of a client, in whichever role, as JSON."""
    key = network_key(*party)
    found = objects.under(conn, MODULE, hub_of(partner), f"{key}*")
    return max(found, key=lambda stored: stored.last_updated).document if found else None


def present(conn: Connection, partner: KnownPartner) -> Collection[str]:
    """Those parties of a partner's that an answer of its speaks for: not those that its hub says are away."""
    if not partner.connection.get("hub"):
        return partner.parties
    said: dict[str, tuple[datetime, str]] = {}
    for stored in objects.under(conn, MODULE, hub_of(partner), ""):
        document = decode(stored.document.encode())
        key = network_key(str(document.get("country_code")), str(document.get("party_id")))
        said[key] = max(said.get(key, (stored.last_updated, "")), (stored.last_updated, str(document.get("status"))))
    away = {key for key, (_, status) in said.items() if status.upper() in _AWAY}
    return partner.parties - away


def _adopt(tx: Tx, partner: KnownPartner, party: tuple[str, str]) -> None:
    network = network_key(*party)
    adopt(tx, partner, Party(network, party[0].upper(), party[1].upper(), network.upper()))
