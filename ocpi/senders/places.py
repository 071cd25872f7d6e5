"""Locations, EVSEs and connectors as we write them, in any version, from what a network of any version said.

Only what drivers and their providers need to find a place is passed on, and only where it is valid: what a network
left out or misspelt is left out, and an EVSE without a connector that can be named is none.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ocpi.vocabulary import EVSE_STATUSES
from ocpi.wire import Document, stamp

OLD = "2.1.1"
NOT_AVAILABLE = "#NA"

_FORMATS = ("SOCKET", "CABLE")
_POWER = {OLD: ("AC_1_PHASE", "AC_3_PHASE", "DC")}
_ALL_POWER = ("AC_1_PHASE", "AC_2_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE", "DC")
_OLD_STANDARD = re.compile(
    r"CHADEMO|DOMESTIC_[A-L]|IEC_60309_2_(single_16|three_(16|32|64))|IEC_62196_(T1|T1_COMBO|T2|T2_COMBO|T3A|T3C)|TESLA_[RS]"
)
_STANDARD = re.compile(r"[A-Za-z0-9_]{1,36}")
_COUNTRY = re.compile(r"[A-Z]{3}")
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
        **_texts(stored, version, ("name", 255)),
        "address": _text(stored.get("address"), 45 if old else 255, version) or "?",
        "city": _text(stored.get("city"), 45, version) or "?",
        **({"postal_code": "-"} if old else {}),
        **_texts(stored, version, ("postal_code", 10), *([] if old else [("state", 20)])),
        "country": _country(stored),
        "coordinates": _coordinates(stored.get("coordinates")) or _NOWHERE,
        "evses": evses,
        **_texts(stored, version, ("time_zone", 255)),
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
    connectors = [found for item in _listed(stored, "connectors") if (found := write_connector(item, version, at))]
    if not connectors:
        return None
    document: Document = {
        "uid": uid,
        **_texts(stored, OLD, ("evse_id", 48)),  # a CiString: ASCII in any version
        "status": status if status in EVSE_STATUSES else "UNKNOWN",
        "connectors": connectors,
        **_texts(stored, version, ("physical_reference", 16), ("floor_level", 4)),
        "last_updated": stamp(at),
    }
    for name, known in (("capabilities", _CAPABILITIES), ("parking_restrictions", _RESTRICTIONS)):
        words = stored.get(name)
        said = [value for value in words if value in known] if isinstance(words, list) else []
        document |= {name: said} if said else {}
    place = _coordinates(stored.get("coordinates"))
    return document if place is None else {**document, "coordinates": place}


def write_connector(stored: Mapping[str, Any], version: str, at: datetime) -> Document | None:
    """A Connector object, or None where what it needs is not known. 2.1.1 has other names and fewer standards."""
    old = version == OLD
    said = (stored.get(name) for name in ("standard", "format", "power_type"))
    standard, form, power = (value if isinstance(value, str) else "" for value in said)
    volts = _whole(stored.get("max_voltage", stored.get("voltage")))
    amperes = _whole(stored.get("max_amperage", stored.get("amperage")))
    if not (_OLD_STANDARD if old else _STANDARD).fullmatch(standard) or form not in _FORMATS:
        return None
    if power not in _ALL_POWER or volts is None or amperes is None or not stored.get("id"):
        return None
    if old and power not in _POWER[OLD]:
        power = "AC_1_PHASE"
    names = ("voltage", "amperage") if old else ("max_voltage", "max_amperage")
    return {
        "id": str(stored["id"])[:36],
        "standard": standard,
        "format": form,
        "power_type": power,
        names[0]: volts,
        names[1]: amperes,
        "last_updated": stamp(at),
    }


def write_cdr_location(
    stored: Mapping[str, Any], session: Mapping[str, Any], version: str, at: datetime
) -> Document | None:
    """A CdrLocation (mod_cdrs, 2.2.1 and later); None where no connector can be named."""
    evse = next(iter(_listed(stored, "evses")), {})
    connectors = _listed(evse, "connectors")
    wanted = str(session.get("connector_id") or "").casefold()
    chosen = next((c for c in connectors if str(c.get("id")).casefold() == wanted), next(iter(connectors), {}))
    connector = write_connector(chosen, version, at)
    if connector is None:
        return None
    return {
        "id": str(stored.get("id") or NOT_AVAILABLE)[:36],
        **_texts(stored, version, ("name", 255)),
        "address": _text(stored.get("address"), 45, version) or "?",
        "city": _text(stored.get("city"), 45, version) or "?",
        **_texts(stored, version, ("postal_code", 10), ("state", 20)),
        "country": _country(stored),
        "coordinates": _coordinates(stored.get("coordinates")) or _NOWHERE,
        "evse_uid": str(evse.get("uid") or session.get("evse_uid") or NOT_AVAILABLE)[:36],
        "evse_id": _text(evse.get("evse_id"), 48, OLD) or NOT_AVAILABLE,
        "connector_id": connector["id"],
        "connector_standard": connector["standard"],
        "connector_format": connector["format"],
        "connector_power_type": connector["power_type"],
    }


# A place that its network did not tell: 0,0 is how networks say that.
_NOWHERE = {"latitude": "0.000000", "longitude": "0.000000"}


def text_of(value: Any, limit: int, version: str) -> str:
    """Text cut to a length; 2.1.1 knows printable ASCII only, so letters lose their accents."""
    return _text(value, limit, version) or ""


def _listed(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    value = document.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _texts(stored: Mapping[str, Any], version: str, *wanted: tuple[str, int]) -> Document:
    found = {name: _text(stored.get(name), limit, version) for name, limit in wanted}
    return {name: text for name, text in found.items() if text}


def _text(value: Any, limit: int, version: str) -> str | None:
    if not isinstance(value, (str, int, Decimal)) or isinstance(value, bool):
        return None
    said = str(value)
    if version == OLD:
        said = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode()
    return "".join(char if char.isprintable() else " " for char in said).strip()[:limit].strip() or None


def _country(stored: Mapping[str, Any]) -> str:
    country = str(stored.get("country") or "").strip().upper()
    return country if _COUNTRY.fullmatch(country) else "XXX"


def _zone(stored: Mapping[str, Any]) -> str:
    return _text(stored.get("time_zone"), 255, OLD) or "UTC"


def _coordinates(value: Any) -> Document | None:
    if not isinstance(value, dict):
        return None
    try:
        latitude, longitude = (Decimal(str(value.get(name))) for name in ("latitude", "longitude"))
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            return None
    except InvalidOperation:
        return None
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


def _whole(value: Any) -> int | None:
    try:
        number = Decimal(str(value))
        return int(number) if 0 <= number < 1_000_000 else None
    except (InvalidOperation, ValueError):
        return None


def evses_of(stored: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """The EVSEs of a stored location."""
    return _listed(stored, "evses")
