"""A violation with all its evidence: how each minute was judged, and every fact that it rests on."""

from datetime import datetime
from typing import Any

from enforcement.accounts import Account
from ledger.notices import Notice
from ledger.queries.case import Case, EntryLines
from ledger.queries.evidence import EvidenceOf
from web.api.accounts import account_data
from web.api.facts import fact
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
