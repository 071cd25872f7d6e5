"""A policy as an OCPI tariff, where OCPI can say exactly that; else every reason why it can't.

Only idle time inside a session can be said: OCPI prices PARKING_TIME (the vehicle no longer asks for power) while the
session lasts, and knows neither bays nor vehicles without a session. The tariff prices parking and nothing else: a
network adds its element to its own tariff. Scope and settlement are not in a tariff: connectors name theirs.
"""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from datetime import datetime, time, timedelta
from fractions import Fraction
from typing import Any

from enforcement.intervals import ratio
from enforcement.policy import Clause, Kind, Limits, Policy
from enforcement.tariffs.vocabulary import Version
from enforcement.tariffs.writing import exactly, instant
from enforcement.tiers import Tier
from enforcement.windows import EVERY_DAY, Window

Party = tuple[str, str]

_DAYS = ("MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY", "SUNDAY")
_MIDNIGHT = time(0)
_SECOND = timedelta(seconds=1)
_MAX_ID = 36
# What this module looks at, or what a tariff has no part in. Any other field that is set is a reason to refuse.
_KNOWN_CLAUSE = {
    "kind", "starts", "stops", "grace", "tiers", "unit", "rounding", "limits", "windows", "min_confidence",
    "spares_operator_stop",
}  # fmt: skip
_KNOWN_POLICY = {
    "id", "version", "title", "effective_from", "effective_to", "currency", "clauses", "taxes", "stations", "networks",
    "settle_after",
}  # fmt: skip


class CannotSay(ValueError):  # noqa: N818 - a refusal, not a fault
    """A policy that OCPI has no words for; ``reasons`` names all that it can't say."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


def to_ocpi(
    policy: Policy, version: Version | str, party: Party, last_updated: datetime | None = None
) -> dict[str, Any]:
    """A Tariff object of 2.2.1 or 2.3.0 (mod_tariffs, Tariff) that costs what the policy costs, to the second.

    ``party``: country code and party id of its owner. ``last_updated``: when it was published; without it, when it
    takes effect. Numbers are Decimal: encode them as JSON numbers. Raises :class:`CannotSay`.
    """
    version = Version(version)
    reasons = list(_reasons(policy, version))
    if reasons:
        raise CannotSay(reasons)
    clause = policy.clause(Kind.IDLE)
    if clause is None:
        raise CannotSay(["there is no idle clause"])
    tariff: dict[str, Any] = {
        "country_code": party[0].upper(),
        "party_id": party[1].upper(),
        "id": policy.name,
        "currency": policy.currency,
        "elements": _elements(policy, clause),
        "start_date_time": instant(policy.effective_from),
        "last_updated": instant(last_updated or policy.effective_from),
    }
    if clause.limits.cap is not None:
        key = "before_taxes" if version is Version.V2_3_0 else "excl_vat"
        tariff["max_price"] = {key: exactly(clause.limits.cap)}
    if policy.effective_to is not None:
        tariff["end_date_time"] = instant(policy.effective_to)
    if version is Version.V2_3_0:
        tariff["tax_included"] = "NO" if policy.taxes else "N/A"
    return tariff


def _reasons(policy: Policy, version: Version) -> Iterator[str]:
    if version is Version.V2_1_1:
        yield "2.1.1 has no price limit, no validity and no VAT: only 2.2.1 and 2.3.0 are written"
    if len(policy.name) > _MAX_ID:
        yield f"the id {policy.name} is longer than {_MAX_ID} characters"
    yield from (f"policy: {name} has no place in a tariff" for name in _set_beyond(policy, _KNOWN_POLICY))
    if len(policy.taxes) > 1 and version is Version.V2_2_1:
        yield "2.2.1 has one VAT percentage for a price, and this policy has several taxes apart"
    if any(exactly(tax.rate * 100) is None for tax in policy.taxes[:1]):
        yield "the tax rate has no exact decimal of 4 places"
    for clause in policy.clauses:
        if clause.kind is not Kind.IDLE:
            yield f"{clause.kind}: a tariff prices time inside a session only"
        else:
            yield from _idle_reasons(clause)
    if policy.clause(Kind.IDLE) is None:
        yield "there is no idle clause"


def _idle_reasons(clause: Clause) -> Iterator[str]:
    yield from (f"idle: {name} has no place in a tariff" for name in _set_beyond(clause, _KNOWN_CLAUSE))
    if clause.grace:
        yield "idle: a grace after charging ends can't be said, since durations count from the session's start"
    if clause.stops != "unplug":
        yield f"idle: a tariff stops when the cable is released, not when the bay is {clause.stops}"
    if clause.min_confidence != "reported":
        yield "idle: PARKING_TIME is what the network reports; ends that are only inferred can't be billed by it"
    if clause.starts != "charging_end":
        yield f"idle: OCPI knows no clock that starts at {clause.starts}"
    if clause.rounding == "down" and clause.unit != _SECOND:
        yield f"idle: time is rounded down to {clause.unit}, and step_size rounds up: only a unit of 1s is the same"
    if clause.rounding == "up" and clause.unit % _SECOND:
        yield "idle: step_size counts whole seconds"
    yield from _price_reasons(clause)


def _price_reasons(clause: Clause) -> Iterator[str]:
    if clause.limits != Limits(cap=clause.limits.cap):
        yield "idle: a minimum, or a cap by day or driver, has no place in a tariff"
    if clause.only_rate is None:
        yield "idle: tiers run on fee time, which durations in a tariff do not"
    elif exactly(_per_hour(clause.only_rate)) is None:
        yield "idle: the price of an hour has no exact decimal of 4 places"
    if clause.limits.cap is not None and exactly(clause.limits.cap) is None:
        yield "idle: the cap has no exact decimal of 4 places"
    if any(edge.replace(second=0, microsecond=0) != edge for w in clause.windows for edge in (w.start, w.end)):
        yield "idle: a window begins or ends within a minute"
    if any(w.start == w.end != _MIDNIGHT for w in clause.windows):
        yield "idle: a window of a whole day that does not begin at midnight"


def _set_beyond(value: Policy | Clause, known: set[str]) -> Iterator[str]:
    """Fields that this module does not know and that say something."""
    for field in fields(value):
        if field.name not in known and getattr(value, field.name) != _default(field):
            yield field.name


def _default(field: "Field[Any]") -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _elements(policy: Policy, clause: Clause) -> list[dict[str, Any]]:
    step = clause.unit // _SECOND if clause.rounding == "up" else 1
    price = _per_hour(clause.tiers[0])
    component: dict[str, Any] = {"type": "PARKING_TIME", "price": exactly(price), "step_size": step}
    if len(policy.taxes) == 1:
        component["vat"] = exactly(policy.taxes[0].rate * 100)
    limits = [limit for window in clause.windows for limit in _restrictions(window)] or [{}]
    return [{"price_components": [dict(component)], **({"restrictions": limit} if limit else {})} for limit in limits]


def _restrictions(window: Window) -> Iterator[dict[str, Any]]:
    """A window belongs to the day on which it starts, an OCPI weekday to the calendar: over midnight it is two."""
    wraps = window.end <= window.start and window.end != _MIDNIGHT
    if not wraps or window.weekdays == EVERY_DAY:
        yield _restriction(window.start, window.end, window.weekdays)
    else:
        yield _restriction(window.start, _MIDNIGHT, window.weekdays)
        yield _restriction(_MIDNIGHT, window.end, frozenset((day + 1) % 7 for day in window.weekdays))


def _restriction(start: time, end: time, weekdays: frozenset[int]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    if (start, end) != (_MIDNIGHT, _MIDNIGHT):
        out |= {"start_time": start.isoformat("minutes"), "end_time": end.isoformat("minutes")}
    if weekdays != EVERY_DAY:
        out["day_of_week"] = [_DAYS[day] for day in sorted(weekdays)]
    return out


def _per_hour(tier: Tier) -> Fraction:
    return tier.rate * ratio(timedelta(hours=1), tier.per)
