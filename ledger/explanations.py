"""The reason of a decision as it is stored and read again: timeline, fee lines and taxes, as JSON."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import msgspec

from enforcement.conditions import Stretch
from enforcement.fee_lines import FeeLine, Treatment
from enforcement.fees import Fee
from enforcement.money import TaxLine


def explain(stretches: Sequence[Stretch], fee: Fee, clause: int, now: datetime) -> str:
    """JSON as of ``now``.

    ``timeline`` and ``lines`` (from, to, condition, reason; confirmed or treatment, tier and exact amount), ``taxes``,
    ``limit`` (the bound that decided, or null), ``limited`` (exact, after the limits), ``clause`` (its index),
    ``by_day`` (what is charged on each local day, exact).
    """
    document = {
        "timeline": [
            {
                "from": s.start.astimezone(UTC),
                "to": min(s.end, now).astimezone(UTC),
                "condition": s.condition.value,
                "reason": s.reason,
                "confirmed": s.confirmed,
            }
            for s in stretches
            if s.start < now  # the core looks a moment past now, to see what begins at this one
        ],
        "lines": [
            {
                "from": line.start.astimezone(UTC),
                "to": min(line.end, now).astimezone(UTC),
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
        "limited": str(fee.limited),
        "clause": clause,
        "by_day": {day.isoformat(): str(amount) for day, amount in fee.by_day.items()},
    }
    return msgspec.json.encode(document).decode()


def read_fee(document: Mapping[str, Any], net_minor: int, currency: str, billable_s: int) -> Fee:
    """The fee again, as it was explained; not what it came to on each day, nor whether the last one was full."""
    lines = tuple(_line(each) for each in document.get("lines", ()))
    exact = sum((line.amount for line in lines), Fraction(0))
    return Fee(
        billable=timedelta(seconds=billable_s),
        net_minor=net_minor,
        taxes=tuple(
            TaxLine(each["name"], Fraction(each["rate"]), each["amount_minor"]) for each in document.get("taxes", ())
        ),
        currency=currency,
        limit=document.get("limit"),
        lines=lines,
        by_day={},
        limited=Fraction(document.get("limited", exact)),
    )


def _line(each: Mapping[str, Any]) -> FeeLine:
    return FeeLine(
        start=datetime.fromisoformat(each["from"]),
        end=datetime.fromisoformat(each["to"]),
        condition=each["condition"],
        reason=each["reason"],
        treatment=Treatment(each["treatment"]),
        tier=each["tier"],
        amount=Fraction(each["amount"]),
    )


def instant(moment: datetime) -> str:
    """ISO 8601, UTC, with Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
