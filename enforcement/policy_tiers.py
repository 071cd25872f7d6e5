"""Reading the prices of a clause of a policy document: tiers of time, of occupancy, or one rate for all time."""

from datetime import timedelta
from fractions import Fraction
from itertools import combinations
from typing import Any

from enforcement import readings as read
from enforcement import readings_of_time as times
from enforcement.documents import Table
from enforcement.intervals import ZERO
from enforcement.tiers import Tier

_MINUTE = timedelta(minutes=1)


def read_tiers(t: Table) -> tuple[Tier, ...]:
    """``[[clause.tier]]`` tables, or the short form: one rate for all time."""
    tables = read.some(t, "tier")
    if not tables:
        rate, per = t.take("rate", read.money), t.take("per", times.length)
        return () if rate is None or per is None else (Tier(rate=rate, per=per),)
    for key in ("rate", "per"):
        if t.take(key, lambda value: value, None) is not None:
            t.fault(f"{key} is the short form; with [[clause.tier]] each tier has its own", key)
    placed = [(entry, tier) for entry in tables if (tier := _tier(entry)) is not None]
    for (_, one), (entry, other) in combinations(placed, 2):
        if _overlap(one, other):
            entry.fault("overlaps an earlier tier")
    return tuple(tier for _, tier in placed)


def _tier(t: Table) -> Tier | None:
    before = len(t.faults)
    values: dict[str, Any] = {
        "start": t.take("from", times.duration, ZERO),
        "end": t.take("to", times.duration, None),
        "rate": t.take("rate", read.money, None),
        "per": t.take("per", times.length, None),
        "flat": t.take("flat", read.money, Fraction(0)),
        "step": t.take("step", times.length, None),
        "occupancy_from": t.take("occupancy_from", read.share, Fraction(0)),
        "occupancy_to": t.take("occupancy_to", read.share, None),
    }
    t.close()
    if len(t.faults) > before:
        return None
    if (values["rate"] is None) != (values["per"] is None):
        t.fault("a rate and the per that it is for go together")
    if values["rate"] is None and not values["flat"]:
        t.fault('a tier has a rate, a flat amount, or both; write rate = "0" for a free one')
    if values["end"] is not None and values["end"] <= values["start"]:
        t.fault("ends before it begins", "to")
    if values["occupancy_to"] is not None and values["occupancy_to"] <= values["occupancy_from"]:
        t.fault("is not above occupancy_from", "occupancy_to")
    if len(t.faults) > before:
        return None
    values["rate"], values["per"] = values["rate"] or Fraction(0), values["per"] or _MINUTE
    return Tier(**values)


def _overlap(one: Tier, other: Tier) -> bool:
    in_time = (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)
    below = one.occupancy_to is None or other.occupancy_from < one.occupancy_to
    above = other.occupancy_to is None or one.occupancy_from < other.occupancy_to
    return in_time and below and above
