"""A policy as an OCPI tariff, where OCPI can say exactly that; else every reason why it can't.

Only idle time inside a session can be said: OCPI prices PARKING_TIME (the vehicle no longer asks for power) while the
session lasts, and knows neither bays nor vehicles without a session. The tariff prices parking and nothing else: a
network adds its element to its own tariff. Scope and settlement are not in a tariff: connectors name theirs.
"""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any

from enforcement.clauses import Clause, Kind
from enforcement.policy import Policy
from enforcement.tariffs.refusals import refusals
from enforcement.tariffs.vocabulary import DAYS, Version
from enforcement.tariffs.writing import exactly, hourly, instant
from enforcement.windows import EVERY_DAY, Window

Party = tuple[str, str]

_MIDNIGHT = time(0)
_SECOND = timedelta(seconds=1)


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
    reasons, clause = list(refusals(policy, version)), policy.clause(Kind.IDLE)
    if reasons or clause is None:
        raise CannotSay(reasons)
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


def _elements(policy: Policy, clause: Clause) -> list[dict[str, Any]]:
    step = clause.unit // _SECOND if clause.rounding == "up" else 1
    price = hourly(clause.tiers[0])
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
        out["day_of_week"] = [DAYS[day] for day in sorted(weekdays)]
    return out
