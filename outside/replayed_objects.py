"""OCPI 2.2.1 objects of a replayed history: what its networks would have pushed."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from history.keys import fit_id
from history.rows import HistoryRow

LABEL = "Replayed history; bay sensors derived"


def location(
    network: str, location_id: str, name: str, zone: str, evses: Iterable[str], at: datetime
) -> dict[str, Any]:
    """A Location (8.3.1). A history knows no address and no coordinates."""
    country, party = network.upper().split("*")
    return {
        "country_code": country,
        "party_id": party,
        "id": location_id,
        "publish": False,
        "name": name,
        "address": "unknown",
        "city": LABEL,
        "country": "XXX",
        "coordinates": {"latitude": "0.000000", "longitude": "0.000000"},
        "time_zone": zone,
        "evses": [_evse(uid, at) for uid in evses],
        "last_updated": stamp(at),
    }


def session(
    row: HistoryRow, network: str, location_id: str, evse: str, started: datetime, at: datetime
) -> dict[str, Any]:
    """A Session (9.3.1) as it stood at a moment of its life."""
    country, party = network.upper().split("*")
    is_over = at == row.unplugged_at
    has_finished = row.charging_ended_at is not None and row.charging_ended_at <= at
    body: dict[str, Any] = {
        "country_code": country,
        "party_id": party,
        "id": fit_id(row.session_id),
        "start_date_time": stamp(started),
        "kwh": float(row.energy_kwh or 0) if has_finished or is_over else 0.0,
        "cdr_token": _token(row, country, party),
        "auth_method": "AUTH_REQUEST",
        "location_id": location_id,
        "evse_uid": evse,
        "connector_id": "1",
        "currency": "XXX",
        "charging_periods": _periods(row, started, at),
        "status": "COMPLETED" if is_over else "ACTIVE",
        "last_updated": stamp(at),
    }
    return {**body, "end_date_time": stamp(at)} if is_over else body


def stamp(moment: datetime) -> str:
    """An OCPI DateTime."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _periods(row: HistoryRow, started: datetime, at: datetime) -> list[dict[str, Any]]:
    periods = []
    if row.charging_ended_at != started:
        periods.append({"start_date_time": stamp(started), "dimensions": [{"type": "ENERGY", "volume": 0}]})
    if row.charging_ended_at is not None and row.charging_ended_at <= at:
        # PARKING_TIME since May 2026: the vehicle is not requesting power.
        parking = [{"type": "PARKING_TIME", "volume": 0}]
        periods.append({"start_date_time": stamp(row.charging_ended_at), "dimensions": parking})
    return periods


def _token(row: HistoryRow, country: str, party: str) -> dict[str, str]:
    """The history's token; where it has none, one that is used once, so that no two stays seem one driver's."""
    uid = fit_id(row.token or f"once-{row.session_id}")
    return {
        "country_code": country,
        "party_id": party,
        "uid": uid,
        "type": "RFID" if row.token else "AD_HOC_USER",
        "contract_id": uid,
    }


def _evse(uid: str, at: datetime) -> dict[str, Any]:
    connector = {
        "id": "1",
        "standard": "IEC_62196_T1",
        "format": "CABLE",
        "power_type": "AC_1_PHASE",
        "max_voltage": 240,
        "max_amperage": 32,
        "last_updated": stamp(at),
    }
    return {"uid": uid, "status": "AVAILABLE", "connectors": [connector], "last_updated": stamp(at)}
