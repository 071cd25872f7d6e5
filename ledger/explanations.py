"""The reason of a decision as it is stored and shown: timeline, fee lines and taxes, as JSON."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from enforcement.fees import Fee
from enforcement.timeline import Stretch


def explain(stretches: Sequence[Stretch], fee: Fee, now: datetime) -> str:
    """JSON as of ``now``.

    ``timeline`` and ``lines`` (from, to, condition, reason; confirmed or treatment, tier and exact amount), ``taxes``,
    ``limit`` (the bound that decided, or null).
    """
    document = {
        "timeline": [
            {
                "from": instant(s.start),
                "to": instant(min(s.end, now)),
                "condition": s.condition.value,
                "reason": s.reason,
                "confirmed": s.confirmed,
            }
            for s in stretches
            if s.start < now  # the core looks a moment past now, to see what begins at this one
        ],
        "lines": [
            {
                "from": instant(line.start),
                "to": instant(min(line.end, now)),
                "condition": line.condition,
                "reason": line.reason,
                "treatment": line.treatment.value,
                "tier": line.tier,
                "amount": str(line.amount),
            }
            for line in fee.lines
            if line.start < now
        ],
        "taxes": [{"name": t.name, "rate": str(t.rate), "amount_minor": t.amount_minor} for t in fee.taxes],
        "limit": fee.limit,
    }
    return msgspec.json.encode(document).decode()


def instant(moment: datetime) -> str:
    """ISO 8601, UTC, with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
