"""Why a policy can't be an OCPI tariff: everything that OCPI has no words for, or would price otherwise.

What nobody has thought of is refused too: any field of a policy that this module does not know and that says something.
"""

from collections.abc import Iterator
from dataclasses import MISSING, Field, fields
from datetime import time, timedelta
from typing import Any

from enforcement.clauses import Clause, Kind, Limits
from enforcement.policy import Policy
from enforcement.tariffs.vocabulary import Version
from enforcement.tariffs.writing import exactly, hourly

_MIDNIGHT = time(0)
_SECOND = timedelta(seconds=1)
_MAX_ID = 36
# What this module looks at, or what a tariff has no part in. Any other field that is set is a reason to refuse.
KNOWN_CLAUSE = {
    "kind", "starts", "stops", "grace", "tiers", "unit", "rounding", "limits", "windows", "min_confidence",
    "spares_operator_stop",
}  # fmt: skip
KNOWN_POLICY = {
    "id", "version", "title", "effective_from", "effective_to", "currency", "clauses", "taxes", "evses", "stations",
    "networks", "settle_after",
}  # fmt: skip


def refusals(policy: Policy, version: Version) -> Iterator[str]:
    """Each reason as a sentence for whoever wrote the policy; none: the tariff costs the same."""
    if version is Version.V2_1_1:
        yield "2.1.1 has no price limit, no validity and no VAT: only 2.2.1 and 2.3.0 are written"
    if len(policy.name) > _MAX_ID:
        yield f"the id {policy.name} is longer than {_MAX_ID} characters"
    yield from (f"policy: {name} has no place in a tariff" for name in set_beyond(policy, KNOWN_POLICY))
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
    yield from (f"idle: {name} has no place in a tariff" for name in set_beyond(clause, KNOWN_CLAUSE))
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
    elif exactly(hourly(clause.only_rate)) is None:
        yield "idle: the price of an hour has no exact decimal of 4 places"
    if clause.limits.cap is not None and exactly(clause.limits.cap) is None:
        yield "idle: the cap has no exact decimal of 4 places"
    if any(edge.replace(second=0, microsecond=0) != edge for w in clause.windows for edge in (w.start, w.end)):
        yield "idle: a window begins or ends within a minute"
    if any(w.start == w.end != _MIDNIGHT for w in clause.windows):
        yield "idle: a window of a whole day that does not begin at midnight"


def set_beyond(value: Policy | Clause, known: set[str]) -> Iterator[str]:
    """Fields that this module does not know and that say something."""
    for field in fields(value):
        if field.name not in known and getattr(value, field.name) != _default(field):
            yield field.name


def _default(field: "Field[Any]") -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default
