"""OCPI objects for tests, complete and as small as the standard allows."""

from datetime import datetime
from typing import Any

from ocpi.wire import stamp
from tests.conftest import NOON


def location(*evses: dict[str, Any], at: datetime = NOON, **fields: Any) -> dict[str, Any]:
    """A Location LOC1 of BE*BEC."""
    return {
        "country_code": "BE",
        "party_id": "BEC",
        "id": "LOC1",
        "publish": True,
        "name": "Gent Zuid",
        "address": "F.Rooseveltlaan 3A",
        "city": "Gent",
        "country": "BEL",
        "coordinates": {"latitude": "51.047599", "longitude": "3.729944"},
        "time_zone": "Europe/Brussels",
        "evses": list(evses),
        "last_updated": stamp(at),
        **fields,
    }


def evse(uid: str = "3256", status: str = "AVAILABLE", at: datetime = NOON, **fields: Any) -> dict[str, Any]:
    """An EVSE with one connector."""
    connector = {
        "id": "1",
        "standard": "IEC_62196_T2",
        "format": "SOCKET",
        "power_type": "AC_3_PHASE",
        "max_voltage": 230,
        "max_amperage": 32,
        "last_updated": stamp(at),
    }
    return {
        "uid": uid,
        "evse_id": f"BE*BEC*E{uid}",
        "status": status,
        "connectors": [connector],
        "last_updated": stamp(at),
        **fields,
    }


def session(session_id: str = "101", at: datetime = NOON, **fields: Any) -> dict[str, Any]:
    """An active Session at EVSE 3256 of LOC1."""
    token = {
        "country_code": "NL",
        "party_id": "TST",
        "uid": "123abc",
        "type": "RFID",
        "contract_id": "NL-TST-C12345678-S",
    }
    return {
        "country_code": "BE",
        "party_id": "BEC",
        "id": session_id,
        "start_date_time": stamp(at),
        "kwh": 0.0,
        "cdr_token": token,
        "auth_method": "WHITELIST",
        "location_id": "LOC1",
        "evse_uid": "3256",
        "connector_id": "1",
        "currency": "EUR",
        "status": "ACTIVE",
        "last_updated": stamp(at),
        **fields,
    }


def period(start: datetime, **volumes: float) -> dict[str, Any]:
    """A ChargingPeriod."""
    return {
        "start_date_time": stamp(start),
        "dimensions": [{"type": name, "volume": volume} for name, volume in volumes.items()],
    }
