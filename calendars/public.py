"""Calendars of public holidays, named as ISO 3166 names countries and their parts: ``DE``, ``DE-BY``, ``CA-QC``."""

from collections.abc import Container
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any


class CalendarError(ValueError):
    """A calendar that the library does not know."""


@dataclass(frozen=True, slots=True)
class PublicHolidays(Container[date]):
    """The public holidays of one calendar, whatever the year."""

    name: str

    def __contains__(self, day: object) -> bool:
        """Whether a local day is a public holiday."""
        return isinstance(day, date) and day in _of_year(self.name, day.year)


def public_holidays(name: str) -> Container[date]:
    """The holidays of a calendar. Raises :class:`CalendarError` for one that is not known."""
    if not is_calendar(name):
        raise CalendarError(f"no calendar of public holidays is called {name!r}")
    return PublicHolidays(name)


@lru_cache
def is_calendar(name: str) -> bool:
    """Whether a calendar is known."""
    country, _, part = name.partition("-")
    return len(country) == 2 and part in _parts(country, ("",) if name == country else ())


def calendar_of(country: str, state: str = "") -> str | None:
    """The calendar of a place, from its country (two letters or three) and its state or province, by code or name.

    None where it can't be told: the calendar of a whole country lacks the holidays of its parts, and days off would
    be taken for working days.
    """
    own = _country(country.strip().upper())
    if own is None:
        return None
    if not own.subdivisions:
        return str(own.country)
    wanted = state.strip().removeprefix(f"{own.country}-").casefold()
    aliases = getattr(own, "subdivisions_aliases", {})
    names = {part.casefold(): part for part in own.subdivisions} | {k.casefold(): v for k, v in aliases.items()}
    return f"{own.country}-{names[wanted]}" if wanted in names else None


def _parts(country: str, more: tuple[str, ...]) -> tuple[str, ...]:
    own = _country(country)
    return () if own is None else (*own.subdivisions, *more)


@lru_cache
def _country(code: str) -> Any:
    """The library's calendar of a whole country, or None."""
    import holidays  # noqa: PLC0415 - few processes ever need it

    if code not in holidays.list_supported_countries(include_aliases=False) and len(code) != 3:
        return None
    try:
        return holidays.country_holidays(code)
    except NotImplementedError:
        return None


@lru_cache(maxsize=1000)
def _of_year(name: str, year: int) -> frozenset[date]:
    import holidays  # noqa: PLC0415

    country, _, part = name.partition("-")
    return frozenset(holidays.country_holidays(country, subdiv=part or None, years=year))
