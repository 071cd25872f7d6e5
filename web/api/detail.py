"""A violation with all its evidence: how each minute was judged, and every fact that it rests on."""

from datetime import datetime
from typing import Any

from enforcement.accounts import Account
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
from ledger.notices import Notice
from ledger.queries.case import Case, EntryLines
from ledger.queries.evidence import EvidenceOf
from web.api.accounts import account_data
from web.api.summary import local, reason, summary, utc
from web.words import percent, treatment


def detail(case: Case, seen: EvidenceOf, account: Account | None) -> dict[str, Any]:
    """The whole of one violation. The driver appears as a pseudonym only; no phone number is in it."""
    explanation, zone = case.explanation, case.violation.zone
    return {
        **summary(case.violation),
        "session": case.session,
        "driver": case.token,
        "timeline": [_stretch(each, zone) for each in explanation.get("timeline", [])],
        "fee_lines": [_line(each, zone) for each in explanation.get("lines", [])],
        "taxes": [_tax(each) for each in explanation.get("taxes", [])],
        "limit": explanation.get("limit"),
        "account": None if account is None else account_data(account, seen.facts, case.session),
        "notice": None if case.notice is None else _notice(case.notice),
        "steps": [_step(each) for each in case.steps],
        "messages": [_message(each) for each in case.messages],
        "postings": [_entry(each) for each in case.entries],
        "evidence": {
            "from": utc(seen.since),
            "to": utc(seen.until),
            "facts": [fact(each) for each in seen.facts],
            "feeds": [
                {"network": network, "from": utc(lo), "to": utc(hi)}
                for network, spans in sorted(seen.feeds.items())
                for lo, hi in spans
            ],
        },
    }


def _notice(notice: Notice) -> dict[str, Any]:
    return {"id": notice.name, "effective_from": utc(notice.effective_from), "texts": dict(notice.texts)}


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


def _span(each: dict[str, Any], zone: str) -> dict[str, Any]:
    lo, hi = (local(datetime.fromisoformat(each[name]), zone) for name in ("from", "to"))
    return {"from": each["from"], "to": each["to"], "local_from": lo, "local_to": hi, "condition": each["condition"]}


def _stretch(each: dict[str, Any], zone: str) -> dict[str, Any]:
    return {**_span(each, zone), "reason": reason(each["reason"]), "confirmed": each["confirmed"]}


def _line(each: dict[str, Any], zone: str) -> dict[str, Any]:
    words = {"code": each["treatment"], "text": treatment(each["treatment"])}
    return {**_span(each, zone), "reason": reason(each["reason"]), "treatment": words}


def _tax(each: dict[str, Any]) -> dict[str, Any]:
    return {"name": each["name"], "percent": percent(each["rate"]), "amount_minor": each["amount_minor"]}


def _step(each: Any) -> dict[str, Any]:
    at, decided_at = utc(each.at), utc(each.decided_at)
    return {"state": each.state.value, "reason": reason(each.reason), "at": at, "decided_at": decided_at}


def _message(each: Any) -> dict[str, Any]:
    return {
        "step": each.step,
        "channel": each.channel,
        "language": each.language,
        "text": each.text,
        "state": each.state.value,
        "state_reason": each.reason,
        "created_at": utc(each.created_at),
        "not_after": utc(each.not_after),
        "sent_at": utc(each.sent_at),
    }


def _entry(each: EntryLines) -> dict[str, Any]:
    return {
        "number": each.number,
        "reverses": each.reverses,
        "reason": each.reason,
        "posted_at": utc(each.posted_at),
        "lines": [{"account": x.account, "amount_minor": x.amount_minor, "currency": x.currency} for x in each.lines],
    }
