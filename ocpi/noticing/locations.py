"""What is odd in a location, in the EVSEs in it and in their connectors."""

from collections.abc import Iterator
from datetime import datetime

from ledger.quirks import Noticed
from ocpi.noticing.fields import list_in, number_in, objects_in
from ocpi.noticing.parts import in_last_updated
from ocpi.vocabulary import EVSE_STATUSES, Version
from ocpi.wire import Document

_MAX_WATTS = 1_000_000
# A location without end is looked at to here.
_MOST_EVSES = 200


def in_location(document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a location, or in a part of one."""
    place = f"locations/{document.get('id', '')}"
    yield from in_last_updated(document, place, now)
    where = document.get("coordinates")
    if isinstance(where, dict) and number_in(where, "latitude") == number_in(where, "longitude") == 0:
        yield Noticed("coordinates_zero", place, "coordinates", "0, 0")
    if is_whole and version.names_parties and not document.get("time_zone"):
        yield Noticed("no_time_zone", place, "time_zone")
    for item in list_in(document, "evses")[:_MOST_EVSES]:
        if isinstance(item, dict):
            yield from in_evse(item, f"{place}/{item.get('uid', '')}")


def in_evse(document: Document, place: str) -> Iterator[Noticed]:
    """What is odd in an EVSE, or in a part of one."""
    status = document.get("status")
    if isinstance(status, str) and status not in EVSE_STATUSES:
        yield Noticed("unknown_value", place, "status", status)
    # Some write beside the connectors what belongs to each.
    for item in (document, *objects_in(document, "connectors")):
        yield from in_connector(item, place)


def in_connector(document: Document, place: str) -> Iterator[Noticed]:
    """What is odd in a connector, or in a part of one."""
    if "tariffs" in document or "tariff" in document:
        yield Noticed("tariff_inline", place, "tariffs")
    power = number_in(document, "max_electric_power")
    if power is not None and power > _MAX_WATTS:
        yield Noticed("power_too_large", place, "max_electric_power", power)
