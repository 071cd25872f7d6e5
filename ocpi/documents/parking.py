"""Where EVSEs may be parked at, and what signs say there (OCPI 2.3.0, 8.4; ParkingRestriction in all versions)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ocpi.errors import Refused
from ocpi.reading import identifier, number, text
from ocpi.wire import Document

# More than any real sign says; a year is more than any sign allows.
_MAX_RESTRICTIONS, _MAX_PLACES, _MAX_MINUTES = 8, 2_000, 366 * 24 * 60


@dataclass(frozen=True, slots=True)
class ParkingNews:
    """What was said of a parking place; ``time_limit_min``: the longest stay in minutes."""

    id: str
    name: str
    time_limit_min: int | None


def restrictions(document: Document) -> str | None:
    """What an EVSE's ``parking_restrictions`` say, separated by spaces; an open enumeration, so any word is kept."""
    found = document.get("parking_restrictions")
    words = [word.strip().upper() for word in found if isinstance(word, str)] if isinstance(found, list) else []
    kept = sorted({word for word in words if word.isidentifier() and len(word) <= 20})[:_MAX_RESTRICTIONS]
    return " ".join(kept) or None


def parking_places(document: Document) -> list[ParkingNews]:
    """The ``parking_places`` of a Location, each once. One that can't be read is left out: it costs nobody anything."""
    found: dict[str, ParkingNews] = {}
    for item in _objects(document.get("parking_places")):
        try:
            own = identifier(item.get("id"), "id")
            name = text(item, "physical_reference", 12) or own
            found[own.casefold()] = ParkingNews(own, name, _minutes(item))
        except Refused:
            continue
    return list(found.values())


def parking_of(evse: Document) -> list[str]:
    """The ids of the places that an EVSE reaches (EVSEParking), casefolded."""
    return [
        item["parking_id"].strip().casefold()
        for item in _objects(evse.get("parking"))
        if isinstance(item.get("parking_id"), str)
    ]


def _minutes(item: Document) -> int | None:
    limit = number(item, "time_limit")
    return int(limit) if limit is not None and 1 <= limit <= _MAX_MINUTES else None


def _objects(found: Any) -> Iterator[Document]:
    if isinstance(found, list):
        yield from (item for item in found[:_MAX_PLACES] if isinstance(item, dict))
