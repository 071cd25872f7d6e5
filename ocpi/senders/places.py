"""Locations and EVSEs as we write them, in any version, from what a network of any version said.

Only what drivers and their providers need to find a place is passed on, and only where it is valid: what a network
left out or misspelt is left out, and an EVSE without a connector that can be named is none.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from ocpi.senders.connectors import write_connector
from ocpi.senders.fields import NOWHERE, coordinates_of, country_of, objects_in, text_of, texts_of
from ocpi.vocabulary import EVSE_STATUSES, OLD
from ocpi.wire import Document, stamp

_RESTRICTIONS = ("EV_ONLY", "PLUGGED", "DISABLED", "CUSTOMERS", "MOTORCYCLES")
# What a driver can do there; what we would have to do for a partner (start, unlock, reserve) is not offered by us.
_CAPABILITIES = ("RFID_READER", "CREDIT_CARD_PAYABLE")
_TYPES = {OLD: ("ON_STREET", "PARKING_GARAGE", "UNDERGROUND_GARAGE", "PARKING_LOT")}
_ALL_TYPES = (*_TYPES[OLD], "ALONG_MOTORWAY", "ON_DRIVEWAY")


def write_location(
    stored: Mapping[str, Any],
    version: str,
    party: tuple[str, str],
    location_id: str,
    evses: list[Document],
    at: datetime,
) -> Document:
    """A Location object (mod_locations, Location) under a party and an id of ours, holding these EVSEs."""
    old = version == OLD
    document: Document = {
        "id": location_id,
        **texts_of(stored, version, ("name", 255)),
        "address": text_of(stored.get("address"), 45 if old else 255, version) or "?",
        "city": text_of(stored.get("city"), 45, version) or "?",
        **({"postal_code": "-"} if old else {}),
        **texts_of(stored, version, ("postal_code", 10), *([] if old else [("state", 20)])),
        "country": country_of(stored),
        "coordinates": coordinates_of(stored.get("coordinates")) or NOWHERE,
        "evses": evses,
        **texts_of(stored, version, ("time_zone", 255)),
        "last_updated": stamp(at),
    }
    kind = stored.get("parking_type") or stored.get("type")
    if old:
        return {**document, "type": kind if kind in _TYPES[OLD] else "UNKNOWN"}
    if kind in _ALL_TYPES:
        document["parking_type"] = kind
    names = {"country_code": party[0], "party_id": party[1]}
    return {**names, **document, "publish": stored.get("publish") is not False, "time_zone": _zone(stored)}


def write_evse(stored: Mapping[str, Any], version: str, uid: str, status: str, at: datetime) -> Document | None:
    """An EVSE object, or None where it has no connector that can be named."""
    connectors = [found for item in objects_in(stored, "connectors") if (found := write_connector(item, version, at))]
    if not connectors:
        return None
    document: Document = {
        "uid": uid,
        **texts_of(stored, OLD, ("evse_id", 48)),  # a CiString: ASCII in any version
        "status": status if status in EVSE_STATUSES else "UNKNOWN",
        "connectors": connectors,
        **texts_of(stored, version, ("physical_reference", 16), ("floor_level", 4)),
        "last_updated": stamp(at),
    }
    for name, known in (("capabilities", _CAPABILITIES), ("parking_restrictions", _RESTRICTIONS)):
        words = stored.get(name)
        said = [value for value in words if value in known] if isinstance(words, list) else []
        document |= {name: said} if said else {}
    place = coordinates_of(stored.get("coordinates"))
    return document if place is None else {**document, "coordinates": place}


def evses_of(stored: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The EVSEs of a stored location."""
    return objects_in(stored, "evses")


def _zone(stored: Mapping[str, Any]) -> str:
    return text_of(stored.get("time_zone"), 255, OLD) or "UTC"
