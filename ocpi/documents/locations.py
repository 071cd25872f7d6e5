"""Locations and EVSEs (OCPI 2.2.1, 8)."""

from functools import cache
from zoneinfo import available_timezones

from ocpi.documents.parking import restrictions
from ocpi.errors import Refused, bad_content
from ocpi.power import power_class
from ocpi.reading import child, children, enum, identifier, moment, needed, number, text
from ocpi.vocabulary import EvseNews, LocationNews
from ocpi.wire import Document

# Far more than any real location has; each is a few rows.
MAX_EVSES = 2_000
_MAX_CONNECTORS = 50


def read_location(document: Document) -> LocationNews:
    """Read a Location. An EVSE in it that can't be read is left out and remarked on, the others are taken.

    ``time_zone`` is required since 2.2.1, but the time zone of a place that lacks it is taken as UTC, with a remark:
    to refuse the location would blind us to its bays.
    """
    remarks: list[str] = []
    zone = text(document, "time_zone", 64)
    if zone not in _zones():
        remarks.append("time_zone is missing or not an IANA time zone: UTC is assumed")
        zone = "UTC"
    address = text(document, "address", 255) or ""
    evses, documents = _evses(document, remarks)
    latitude, longitude = _coordinates(document)
    return LocationNews(
        last_updated=needed(moment(document, "last_updated"), "last_updated"),
        name=text(document, "name", 255) or address or "?",
        zone=zone or "UTC",
        address=address,
        city=text(document, "city", 100) or "",
        state=text(document, "state", 20) or "",
        country=text(document, "country", 3) or "",
        latitude=latitude,
        longitude=longitude,
        evses=evses,
        documents=documents,
        remarks=tuple(remarks),
    )


def read_evse(document: Document) -> EvseNews:
    """Read an EVSE; its uid is required."""
    connectors = children(document, "connectors", _MAX_CONNECTORS)
    return EvseNews(
        uid=identifier(document.get("uid"), "uid"),
        status=enum(document, "status", 20),
        evse_id=text(document, "evse_id", 48),
        physical_reference=text(document, "physical_reference", 16),
        last_updated=moment(document, "last_updated"),
        power_class=power_class(connectors),
        restrictions=restrictions(document),
    )


def _evses(document: Document, remarks: list[str]) -> tuple[tuple[EvseNews, ...], tuple[Document, ...]]:
    found = document.get("evses")
    found = [] if found is None else found
    if not isinstance(found, list):
        raise bad_content("evses must be a list of objects")
    if len(found) > MAX_EVSES:
        raise bad_content(f"evses has more than {MAX_EVSES} items")
    news: dict[str, tuple[EvseNews, Document]] = {}
    for index, item in enumerate(found):
        try:
            if not isinstance(item, dict):
                raise bad_content("not an object")
            evse = read_evse(item)
        except Refused as refused:
            remarks.append(f"evses[{index}] is left out: {refused.message}")
        else:
            news[evse.uid.casefold()] = (evse, item)
    return tuple(evse for evse, _ in news.values()), tuple(item for _, item in news.values())


def _coordinates(document: Document) -> tuple[str | None, str | None]:
    """Coordinates as sent, or none: 0,0 is a known way of not telling them."""
    place = child(document, "coordinates")
    if place is None:
        return None, None
    latitude, longitude = number(place, "latitude"), number(place, "longitude")
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None, None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None, None
    return f"{latitude:.7f}", f"{longitude:.7f}"


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
