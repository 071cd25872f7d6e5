"""The restrictions of a tariff's element, from its decoded JSON: when, where and for how much its prices hold."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from enforcement.tariffs.values import day, optional_number, tables, wall_time
from enforcement.tariffs.vocabulary import DAYS, Finding, Reservation, Restrictions, TariffError

_LIMITS = ("kwh", "current", "power", "duration")


def read_restrictions(value: Any, where: str, notes: list[Finding]) -> Restrictions | None:
    """The restrictions, or None where one of them is not understood: such an element must never bill."""
    source = _one_table(value, where)
    days = source.get("day_of_week") or []
    if not isinstance(days, list | tuple):
        raise TariffError(f"{where}.day_of_week: not a list")
    strange = [f"day_of_week {name!r}" for name in days if name not in DAYS]
    reservation = source.get("reservation")
    if reservation is not None and reservation not in list(Reservation):
        strange.append(f"reservation {reservation!r}")
    if strange:
        notes.append(Finding("unknown_restriction", where, f"{', '.join(strange)}: the element is left out"))
        return None
    bounds: dict[str, Fraction | None] = {
        f"{end}_{limit}": optional_number(source, f"{end}_{limit}", where)
        for end in ("min", "max")
        for limit in _LIMITS
    }
    return Restrictions(
        start_time=wall_time(source, "start_time", where),
        end_time=wall_time(source, "end_time", where),
        start_date=day(source, "start_date", where),
        end_date=day(source, "end_date", where),
        days=frozenset(DAYS.index(name) for name in days),
        reservation=None if reservation is None else Reservation(reservation),
        **bounds,
    )


def _one_table(value: Any, where: str) -> Mapping[str, Any]:
    """One object; a list of objects, as seen in the wild, is one if no two of them set the same field."""
    if value is None:
        return {}
    if isinstance(value, Mapping):
        return value
    merged: dict[str, Any] = {}
    for place, item in tables(value, where):
        if twice := merged.keys() & item.keys():
            raise TariffError(f"{place}: sets {', '.join(sorted(twice))} again: which one holds?")
        merged |= item
    return merged
