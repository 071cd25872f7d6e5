"""Summaries as JSON, for programs: everything that the text shows, whole."""

import json
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from history.report import changed_drivers
from history.summary import Summary, Tally

_SECOND = timedelta(seconds=1)


def as_json(summaries: Sequence[Summary]) -> str:
    """One object for each policy; with a second one, what it would change. Money in minor units, lengths in seconds."""
    document: dict[str, Any] = {
        "sessions": summaries[0].sessions,
        "refused": [
            {"line": row.line, "session_id": row.session_id, "reason": row.reason} for row in summaries[0].refused
        ],
        "ignored_columns": list(summaries[0].ignored_columns),
        "policies": [_policy(summary) for summary in summaries],
    }
    if len(summaries) > 1:
        document["change"] = _change(*summaries)
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _policy(summary: Summary) -> dict[str, Any]:
    stations = sorted(summary.stations.items(), key=lambda item: (-item[1].violations, item[0]))
    return {
        "policy": summary.policy.name,
        "title": summary.policy.title,
        "currency": summary.policy.currency,
        **_tally(summary.whole),
        "drivers": {"seen": len(summary.drivers_seen), "with_violation": len(summary.drivers)},
        "reasons": dict(sorted(summary.reasons.items())),
        "sessions_read_in_utc": summary.without_zone,
        "by_kind": [{"kind": kind, **_tally(tally)} for kind, tally in sorted(summary.kinds.items())],
        "by_station": [{"network": n, "station": name, **_tally(tally)} for (n, name), tally in stations],
        "by_local_hour": [{"hour": hour, **_tally(tally)} for hour, tally in sorted(summary.hours.items())],
    }


def _tally(tally: Tally) -> dict[str, int]:
    return {
        "violations": tally.violations,
        "billable_s": tally.billable // _SECOND,
        "fee_minor": tally.fee_minor,
        "tax_minor": tally.tax_minor,
        "freed_at_most_s": tally.freed // _SECOND,
    }


def _change(one: Summary, other: Summary) -> dict[str, Any] | None:
    """Of sessions and drivers, under the second policy; None where amounts are of two currencies."""
    if one.policy.currency != other.policy.currency:
        return None
    cheaper, dearer = changed_drivers(one, other)
    return {
        "sessions": {"cheaper": other.cheaper, "dearer": other.dearer},
        "drivers": {"cheaper": cheaper, "dearer": dearer},
    }
