"""A violation in the API's words: amounts as integers in minor units, times in UTC and in the station's own."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import url_for

from enforcement.money import exponent
from ledger.queries.violations import ViolationSummary
from web.words import reason as reason_words

_MOMENTS = ("clock_started_at", "grace_ends_at", "violated_at", "ended_at")


def summary(violation: ViolationSummary) -> dict[str, Any]:
    """What a list shows of a violation."""
    moments = {name: getattr(violation, name) for name in _MOMENTS}
    return {
        "id": violation.public_id,
        "url": url_for("api.violation", public_id=violation.public_id),
        "synthetic": violation.synthetic,
        "kind": violation.kind.value,
        "state": violation.state.value,
        "reason": reason(violation.reason),
        "station": _station(violation),
        "bay": {"id": violation.bay, "name": violation.bay_name},
        "network": violation.network,
        "policy": _policy(violation.policy),
        "plate": "unknown" if violation.plate is None else "read",
        **{name: utc(at) for name, at in moments.items()},
        "updated_at": utc(violation.updated_at),
        "local": {name: local(at, violation.zone) for name, at in moments.items()},
        "billable_seconds": violation.billable_s,
        "amount": {
            "currency": violation.currency,
            "exponent": exponent(violation.currency),
            "net_minor": violation.fee_minor,
            "tax_minor": violation.tax_minor,
            "total_minor": violation.total_minor,
            "provisional": violation.ended_at is None,
        },
    }


def reason(code: str) -> dict[str, str]:
    """A reason's code with its words."""
    return {"code": code, "text": reason_words(code)}


def utc(at: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return None if at is None else at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def local(at: datetime | None, zone: str) -> str | None:
    """RFC 3339 with the station's offset at that moment."""
    return None if at is None else at.astimezone(ZoneInfo(zone)).isoformat()


def _station(violation: ViolationSummary) -> dict[str, Any]:
    place = None
    if violation.latitude is not None and violation.longitude is not None:
        place = {"latitude": violation.latitude, "longitude": violation.longitude}
    return {
        "key": violation.station,
        "name": violation.station_name,
        "address": violation.station_address,
        "coordinates": place,
        "time_zone": violation.zone,
    }


def _policy(name: str) -> dict[str, Any]:
    policy, _, version = name.rpartition("@")
    return {"id": policy, "version": int(version), "url": url_for("api.policy", policy=policy, version=version)}
