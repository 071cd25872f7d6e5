"""Prices that can never be charged, because an earlier one always applies when they would."""

from datetime import date, time
from fractions import Fraction

from enforcement.tariffs.vocabulary import Component, Element, Finding, Restrictions, Tariff

_LEAST = ("start_date", "min_kwh", "min_current", "min_power", "min_duration")
_MOST = ("end_date", "max_kwh", "max_current", "max_power", "max_duration")
_Bound = Fraction | date | None


def shadowed(tariff: Tariff) -> list[Finding]:
    """Each component that strict first match never reaches, with the element that stands before it.

    Seen in the wild: a free element with the same window before the blocking fee, so that the fee bills nothing.
    """
    found = []
    for index, element in enumerate(tariff.elements):
        for component in element.components:
            before = _shadow(tariff, index, element, component)
            if before is not None:
                place = f"elements[{index}] {component.dimension}"
                found.append(Finding("shadowed", place, f"never charged: elements[{before}] always comes first"))
    return found


def _shadow(tariff: Tariff, index: int, element: Element, component: Component) -> int | None:
    for earlier, other in enumerate(tariff.elements[:index]):
        mine = next((c for c in other.components if c.dimension is component.dimension), None)
        is_same_price = mine is not None and (mine.price, mine.vat) == (component.price, component.vat)
        counts = tariff.matching == "element" or mine is not None
        if counts and not is_same_price and covers(other.restrictions, element.restrictions):
            return earlier
    return None


def covers(wide: Restrictions, narrow: Restrictions) -> bool:
    """Whether ``wide`` holds whenever ``narrow`` does. True only where that is plain."""
    return (
        wide.reservation is narrow.reservation
        and _covers_clock(wide, narrow)
        and (not wide.days or (bool(narrow.days) and narrow.days <= wide.days))
        and all(_at_most(getattr(wide, name), getattr(narrow, name)) for name in _LEAST)
        and all(_at_most(getattr(narrow, name), getattr(wide, name), absent=True) for name in _MOST)
    )


def _at_most(low: _Bound, high: _Bound, *, absent: bool = False) -> bool:
    """``low <= high``, where the wide one's absent bound lets everything through and the narrow one's nothing."""
    wide, narrow = (high, low) if absent else (low, high)
    if wide is None:
        return True
    return narrow is not None and low <= high  # type: ignore[operator]


def _covers_clock(wide: Restrictions, narrow: Restrictions) -> bool:
    window = (wide.start_time or time(0), wide.end_time or time(0))
    inner = (narrow.start_time or time(0), narrow.end_time or time(0))
    if window in ((time(0), time(0)), inner):
        return True
    is_plain = _end(window) > _seconds(window[0]) and _end(inner) > _seconds(inner[0])
    return is_plain and window[0] <= inner[0] and _end(inner) <= _end(window)


def _end(window: tuple[time, time]) -> int:
    return _seconds(window[1]) or 86_400


def _seconds(at: time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
