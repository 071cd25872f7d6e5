"""The events of webhooks: their names, what makes one, and what it says. Nothing in them is personal."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from enforcement.violations import NOT_YET, State

OPENED, CHANGED, ENDED, SETTLED = (f"violation.{name}" for name in ("opened", "changed", "ended", "settled"))
TOKEN_ALERT = "token.alert"  # noqa: S105 - an event
EVENTS = (OPENED, CHANGED, ENDED, SETTLED, TOKEN_ALERT)
# Nobody subscribes to it: it is sent when a person asks for it.
TEST = "webhook.test"
VERSION = 1

_UNTOLD = NOT_YET | {None}
_PLACE = ("kind", "state", "reason", "bay", "station", "network", "policy")
_MOMENTS = ("clock_started_at", "grace_ends_at", "violated_at", "ended_at")
_FIELDS = (*_PLACE, *_MOMENTS, "billable_s", "fee_minor", "tax_minor", "currency", "synthetic")


def events_of(before: Any, row: Mapping[str, Any]) -> Iterator[str]:
    """What happened to a violation. That a running fee grows is no event."""
    was, state = None if before is None else before.state, row["state"]
    if was in _UNTOLD and state in _UNTOLD:
        return
    if was in _UNTOLD:
        yield OPENED
    if state is State.ENDED and was is not state:
        yield ENDED
    elif state is State.SETTLED and was is not state:
        yield SETTLED
    elif was not in _UNTOLD and (was is not state or _differs(before, row)):
        yield CHANGED


def _differs(before: Any, row: Mapping[str, Any]) -> bool:
    sums = () if row["state"] is State.RUNNING else ("fee_minor", "tax_minor")
    names = ("violated_at", "ended_at", "reason", *sums)
    return any(getattr(before, name) != row[name] for name in names)


def payload(event: str, row: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """What is sent of a violation's event."""
    data = {"id": row["public_id"], **{name: row[name] for name in _FIELDS}}
    return {"type": event, "version": VERSION, "timestamp": now, "data": data}
