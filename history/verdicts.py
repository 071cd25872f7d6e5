"""From a judged stay to the one line of a result that a session gets."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.conditions import Condition
from enforcement.fee_lines import Treatment
from enforcement.intervals import ZERO
from enforcement.judging import JudgedStay
from enforcement.violations import Violation
from history.rows import HistoryRow

# Why a session has the line that it has. ``beyond_grace`` is the only one with a violation; it is followed by
# the limit that decided (``; cap``), and by each kind with its own time and fee where there are several.
REASONS = {
    "beyond_grace": "It went beyond the grace, in chargeable hours.",
    "ended_in_time": "It ended before any chargeable time.",
    "nothing_to_count": "It was never in a condition that the policy counts.",
    "time_unknown": "Part of it is unknown, the rest was never in a condition that the policy counts.",
    "no_policy": "The policy was not in effect when it began, or does not hold at its station.",
    "no_times": "The history knows no time of it.",
}


_PRICED = (Treatment.BILLED, Treatment.ROUNDED_OFF)


class Verdict(NamedTuple):
    """What the policy made of one session. ``kind`` is empty where nothing was violated; money is in minor units.

    If a session broke the policy in several ways, time and money are those of all together, from the first clock to
    the last end, ``kind`` is the one that costs most (of equals the one that began first), and ``reason`` names each.
    ``broken_at``: when the first went beyond its grace. ``freed``: how much longer the bay would have been free,
    had the driver left then, as far as that time is priced and no charging.
    """

    session_id: str
    reason: str
    kind: str = ""
    start: datetime | None = None
    end: datetime | None = None
    broken_at: datetime | None = None
    billable: timedelta = ZERO
    freed: timedelta = ZERO
    fee_minor: int = 0
    tax_minor: int = 0
    currency: str = ""
    policy: str = ""


def verdict(row: HistoryRow, judged: JudgedStay | None) -> Verdict:
    """The line of a session; there always is one, with fee 0 and a reason where it costs nothing."""
    if judged is None:
        return Verdict(session_id=row.session_id, reason="no_times")
    if judged.policy is None:
        return Verdict(session_id=row.session_id, reason="no_policy")
    broken = [violation for violation in judged.violations if violation.violated_at is not None]
    if not broken:
        return Verdict(
            session_id=row.session_id,
            reason=_harmless(judged),
            currency=judged.policy.currency,
            policy=judged.policy.name,
        )
    broken.sort(key=lambda violation: violation.clock_started_at)
    return Verdict(
        session_id=row.session_id,
        reason=_broken(broken),
        kind=max(broken, key=lambda violation: violation.fee.net_minor).kind.value,
        start=broken[0].clock_started_at,
        end=max(violation.ended_at for violation in broken if violation.ended_at is not None),
        broken_at=min(violation.violated_at for violation in broken if violation.violated_at is not None),
        freed=sum(map(_freed, broken), ZERO),
        billable=sum((violation.fee.billable for violation in broken), ZERO),
        fee_minor=sum(violation.fee.net_minor for violation in broken),
        tax_minor=sum(violation.fee.tax_minor for violation in broken),
        currency=judged.policy.currency,
        policy=judged.policy.name,
    )


def _harmless(judged: JudgedStay) -> str:
    if judged.violations:
        return "ended_in_time"
    unknown = any(stretch.condition is Condition.UNKNOWN for stretch in judged.stretches)
    return "time_unknown" if unknown else "nothing_to_count"


def _freed(violation: Violation) -> timedelta:
    """Priced time beyond the grace in which the vehicle did not charge."""
    since = violation.violated_at
    priced = (
        line
        for line in violation.fee.lines
        if line.treatment in _PRICED and line.condition != Condition.CHARGING and since is not None
        if line.start >= since
    )
    return sum((line.end - line.start for line in priced), ZERO)


def _broken(broken: list[Violation]) -> str:
    parts = [(v.kind, v.fee.billable // timedelta(seconds=1), v.fee.net_minor) for v in broken]
    return broken_reason({violation.fee.limit or "" for violation in broken}, parts)


def broken_reason(limits: Iterable[str], parts: Sequence[tuple[str, int, int]]) -> str:
    """Why there is a violation: the limits that decided, and kind, seconds and fee of each, where there are several."""
    reason = "beyond_grace" + "".join(f"; {limit}" for limit in sorted(limits) if limit)
    if len(parts) > 1:
        reason += "; " + " + ".join(f"{kind} {seconds} s {fee}" for kind, seconds, fee in parts)
    return reason
