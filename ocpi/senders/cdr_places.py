"""Where what a CDR bills took place: a CdrLocation, or in 2.1.1 the whole Location with the one EVSE."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ocpi.senders.connectors import write_connector
from ocpi.senders.fields import NOWHERE, coordinates_of, country_of, objects_in, text_of, texts_of
from ocpi.senders.places import write_evse, write_location
from ocpi.vocabulary import OLD
from ocpi.wire import Document

NOT_AVAILABLE = "#NA"


def write_cdr_location(
    stored: Mapping[str, Any], session: Mapping[str, Any], version: str, at: datetime
) -> Document | None:
    """A CdrLocation (mod_cdrs, 2.2.1 and later); None where no connector can be named."""
    evse = next(iter(objects_in(stored, "evses")), {})
    connectors = objects_in(evse, "connectors")
    wanted = str(session.get("connector_id") or "").casefold()
    chosen = next((c for c in connectors if str(c.get("id")).casefold() == wanted), next(iter(connectors), {}))
    connector = write_connector(chosen, version, at)
    if connector is None:
        return None
    return {
        "id": str(stored.get("id") or NOT_AVAILABLE)[:36],
        **texts_of(stored, version, ("name", 255)),
        "address": text_of(stored.get("address"), 45, version) or "?",
        "city": text_of(stored.get("city"), 45, version) or "?",
        **texts_of(stored, version, ("postal_code", 10), ("state", 20)),
        "country": country_of(stored),
        "coordinates": coordinates_of(stored.get("coordinates")) or NOWHERE,
        "evse_uid": str(evse.get("uid") or session.get("evse_uid") or NOT_AVAILABLE)[:36],
        "evse_id": text_of(evse.get("evse_id"), 48, OLD) or NOT_AVAILABLE,
        "connector_id": connector["id"],
        "connector_standard": connector["standard"],
        "connector_format": connector["format"],
        "connector_power_type": connector["power_type"],
    }


def write_old_location(stored: Mapping[str, Any], at: datetime) -> Document:
    """A Location of 2.1.1 (mod_cdrs 3.1), which names no party; what is stored has the one EVSE that was used."""
    found = (
        write_evse(item, OLD, str(item.get("uid"))[:39], str(item.get("status")), at)
        for item in objects_in(stored, "evses")
    )
    evses = [evse for evse in found if evse is not None]
    return write_location(stored, OLD, ("", ""), str(stored.get("id") or NOT_AVAILABLE)[:39], evses, at)
