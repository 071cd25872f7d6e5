"""Locations out: stations of networks with what sensors and sessions together say of their EVSEs (mod_locations).

They are offered under our own party, since only there may we write, so ids of all networks live beside each other:
each begins with its network's, and one that would be too long ends in a digest. The ``evse_id`` names the charger
everywhere. Who wants them is a partner's setting; a network is never told of its own unless it asked for that.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ledger import shown_stations
from ledger.shown_stations import Shown
from ocpi.calls import Answer, Call, OurParty
from ocpi.errors import UNKNOWN_LOCATION
from ocpi.keys import STAR
from ocpi.modules.evses import find
from ocpi.modules.taking import unknown
from ocpi.senders.paging import asked
from ocpi.senders.places import evses_of, write_evse, write_location
from ocpi.wire import Document

MODULE = "locations"
_MAX_ID = 36


def list_locations(call: Call) -> Answer:
    """GET: the stations, in the order in which they became known."""
    wanted = asked(call.query)
    with call.door.ledger.read() as conn:
        found = [each for each in shown_stations.shown(conn, call.partner) if _is_within(each[2], wanted)]
        page = shown_stations.load(conn, found[wanted.offset : wanted.offset + wanted.limit])
    documents = [write_shown(each, call.version.number, call.door.us) for each in page]
    return Answer(documents, headers=wanted.headers(call.url, len(found)))


def show_location(call: Call) -> Answer:
    """GET of one location, or of an EVSE or a connector in it."""
    ids = call.path
    with call.door.ledger.read() as conn:
        seen = [each for each in shown_stations.shown(conn, call.partner) if _id_of(each[1]) == ids[0].casefold()]
        found = shown_stations.load(conn, seen)
    document: Document | None = write_shown(found[0], call.version.number, call.door.us) if found else None
    if len(ids) > 1 and document is not None:
        document = find(document, "evses", "uid", ids[1])
    if len(ids) > 2 and document is not None:
        document = find(document, "connectors", "id", ids[2])
    if document is None:
        raise unknown("location, EVSE or connector", UNKNOWN_LOCATION)
    return Answer(document)


def _id_of(station: str) -> str:
    """The id under which we offer a station, casefolded, by its key."""
    country, party, location = station.split("*", 2)
    return our_id(f"{country}*{party}", location.replace(STAR, "*")).casefold()


def write_shown(shown: Shown, version: str, us: OurParty) -> Document:
    """A station's Location object."""
    evses = [document for item in evses_of(shown.document) if (document := _evse(shown, item, version)) is not None]
    party = (us.country_code, us.party_id)
    location_id = our_id(shown.network, shown.location_id)
    return write_location(shown.document, version, party, location_id, evses, shown.last_updated)


def our_id(network: str, their_id: str) -> str:
    """The id under which we offer a network's location or EVSE: at most 36 characters, the same every time."""
    prefix = network.replace("*", "").upper()
    whole = f"{prefix}-{their_id}"
    if len(whole) <= _MAX_ID:
        return whole
    return f"{prefix}-{hashlib.sha256(their_id.casefold().encode()).hexdigest()[:24]}"


def _evse(shown: Shown, item: Mapping[str, Any], version: str) -> Document | None:
    uid = str(item.get("uid"))
    status, at = shown.statuses.get(uid.casefold(), (str(item.get("status")), shown.last_updated))
    return write_evse(item, version, our_id(shown.network, uid), status, at)


def _is_within(at: datetime, wanted: Any) -> bool:
    return (wanted.since is None or at >= wanted.since) and (wanted.until is None or at < wanted.until)
