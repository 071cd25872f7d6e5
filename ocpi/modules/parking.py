"""Parking places in: bays, and which EVSEs reach them, from a whole stored Location (OCPI 2.3.0)."""

from collections.abc import Iterable

from ledger.database import Tx
from ledger.parking import Place, put_places
from ocpi.documents.parking import parking_of, parking_places
from ocpi.keys import STAR, evse_key, station_key
from ocpi.wire import Document


def tells_places(document: Document) -> bool:
    """Whether a stored Location tells of parking places that EVSEs in it reach."""
    return bool(document.get("parking_places")) and any(parking_of(evse) for evse in document.get("evses", []))


def take_places(tx: Tx, network: str, location_id: str, document: Document, *, told_before: bool) -> None:
    """Make the bays of a location's parking places, as far as EVSEs that are known reach them.

    ``told_before``: whether what was stored before told of any (:func:`tells_places`); then what is no longer told
    ends. Most networks never tell of any, and need not be asked for.
    """
    if not told_before and not tells_places(document):
        return
    station = station_key(network, location_id)
    reach = dict(_reach(network, location_id, document.get("evses", [])))
    places = [
        Place(
            # No EVSE's key has this: OCPI identifiers can't hold the character.
            bay=f"{station}*{STAR}{place.id}".casefold(),
            name=place.name,
            evses=tuple(evse for evse, ids in reach.items() if place.id.casefold() in ids),
            time_limit_min=place.time_limit_min,
        )
        for place in parking_places(document)
    ]
    put_places(tx, station, [place for place in places if place.evses], reach)


def _reach(network: str, location_id: str, evses: Iterable[Document]) -> Iterable[tuple[str, list[str]]]:
    for evse in evses:
        uid = evse.get("uid")
        if isinstance(uid, (str, int)) and not isinstance(uid, bool):
            yield evse_key(network, location_id, str(uid).strip()), parking_of(evse)
