"""Facts as the API shows them, as they were recorded. Drivers and plates are pseudonyms."""

from typing import Any

from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    NetworkHeard,
    OccupancyRead,
    PlateSeen,
    SessionUpdated,
)
from web.api.summary import utc


def fact(of: AnyFact) -> dict[str, Any]:
    """One fact, as it was recorded."""
    common = {
        "subject": of.subject,
        "source": of.source,
        "id": of.source_id,
        "at": utc(of.at),
        "seen_at": utc(of.seen_at),
    }
    match of:
        case OccupancyRead():
            return {"type": "occupancy_read", **common, "network_at": utc(of.network_at), **_reading(of)}
        case DeviceReported():
            return {"type": "device_reported", **common, "quality": list(of.quality)}
        case PlateSeen():
            return {"type": "plate_seen", **common, **_plate(of)}
        case SessionUpdated():
            return {"type": "session_updated", **common, **_session(of)}
        case ChargerStatusSeen():
            return {"type": "charger_status_seen", **common, "status": of.status}
        case NetworkHeard():
            return {"type": "network_heard", **common}
        case NetworkBilled():
            return {"type": "network_billed", **common, **_bill(of)}


def _reading(of: OccupancyRead) -> dict[str, Any]:
    return {"occupied": of.occupied, "edge": of.edge, "quality": list(of.quality)}


def _plate(of: PlateSeen) -> dict[str, Any]:
    return {"plate": of.plate, "jurisdiction": of.jurisdiction, "confidence": of.confidence}


def _session(of: SessionUpdated) -> dict[str, Any]:
    return {
        "session": of.session,
        "driver": of.token,
        "status": of.status,
        "started_at": utc(of.started_at),
        "ended_at": utc(of.ended_at),
        "energy_wh": of.energy_wh,
        "periods": [{"start": utc(each.start), "parking": each.parking} for each in of.periods],
        "periods_complete": of.periods_complete,
    }


def _bill(of: NetworkBilled) -> dict[str, Any]:
    return {
        "record": of.record,
        "session": of.session,
        "takes_back": of.takes_back,
        "currency": of.currency,
        "spans": [
            {"from": utc(each.start), "to": utc(each.end), "amount_minor": each.amount_minor} for each in of.spans
        ],
    }
