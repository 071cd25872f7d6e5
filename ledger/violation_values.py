"""What a decided violation is as a row, and each of its steps: the one place where its values are mapped."""

import uuid
from typing import Any

from enforcement.conditions import Stretch
from enforcement.judging import JudgedStay
from enforcement.violations import EXEMPTIONS, State, Violation
from ledger.database import Tx
from ledger.explanations import explain
from ledger.judged import Judged

# States that a person, or an effect, has given: the core's own does not undo them.
_KEPT = frozenset({State.WAIVED, State.DISPUTED, State.REFERRED})


def values_of(tx: Tx, item: Judged, judged: JudgedStay, violation: Violation, before: Any) -> dict[str, Any]:
    """The row of a violation as decided now. ``before``: its row as it stands, None where there is none."""
    setting = item.context.setting
    fee = violation.fee
    return {
        "public_id": str(uuid.uuid4()) if before is None else before.public_id,
        "key": violation.key,
        "bay": violation.bay,
        "station": setting.station,
        "network": "*".join(setting.station.split("*")[:2]),
        "kind": violation.kind,
        "state": _state(violation, before),
        "reason": violation.reason,
        "policy": violation.policy,
        "session": violation.session,
        "token": violation.token,
        "plate": None if judged.stay.plate is None else judged.stay.plate.plate,
        "clock_started_at": violation.clock_started_at,
        "grace_ends_at": violation.grace_ends_at,
        "violated_at": violation.violated_at,
        "ended_at": violation.ended_at,
        "billable_s": int(fee.billable.total_seconds()),
        "fee_minor": fee.net_minor,
        "tax_minor": fee.tax_minor,
        "currency": fee.currency,
        "explanation": explain(_told(judged, violation), fee, violation.clause, tx.now),
        "synthetic": item.context.synthetic,
        "updated_at": tx.now,
    }


def _told(judged: JudgedStay, violation: Violation) -> list[Stretch]:
    """The timeline up to the violation's end: what came later in the stay is not a reason for it."""
    return [s for s in judged.stretches if violation.ended_at is None or s.start < violation.ended_at]


def _state(violation: Violation, before: Any) -> State:
    if before is None:
        return violation.state
    is_kept = before.state in _KEPT and before.reason not in EXEMPTIONS
    if is_kept and violation.state is not State.CLEARED:
        return State(before.state)
    if before.state is State.WARNED and violation.state is State.WATCHED:
        return State.WARNED
    return violation.state


def step_of(tx: Tx, violation: Violation, state: State) -> dict[str, Any]:
    """A step is stamped when it became true, which may be long before it was noticed."""
    became_true = {
        State.WATCHED: violation.clock_started_at,
        State.RUNNING: violation.violated_at,
        State.ENDED: violation.ended_at,
        State.CLEARED: violation.ended_at,
    }
    at = became_true.get(state) or tx.now
    return {"violation": violation.key, "state": state, "reason": violation.reason, "at": at, "decided_at": tx.now}
