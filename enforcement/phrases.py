"""Lengths, prices, days and hours in words, English, French and Spanish, as signs and explanations need them."""

from collections.abc import Sequence
from datetime import time, timedelta
from fractions import Fraction
from itertools import pairwise

from enforcement.money import exponent
from enforcement.windows import EVERY_DAY, Window

_DAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
    "es": ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
}
_ALL_DAY = {"en": "all day", "fr": "toute la journée", "es": "todo el día"}
_CLOCK = {"en": "{start} to {end}", "fr": "de {start} à {end}", "es": "de {start} a {end}"}
_NEXT_DAY = {"en": " the next day", "fr": " le lendemain", "es": " del día siguiente"}
_RUN = {"en": "{first} to {last}", "fr": "du {first} au {last}", "es": "de {first} a {last}"}
_MOST_DECIMALS = 6
_TAXES = {
    "fr": {"GST": "TPS", "HST": "TVH", "QST": "TVQ", "PST": "TVP", "RST": "TVD", "VAT": "TVA"},
    "es": {"VAT": "IVA"},
}


def duration(length: timedelta) -> str:
    """A length in hours, minutes and seconds, the same in all languages: ``1 h 30 min``."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [f"{value} {unit}" for value, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if value]
    return " ".join(parts) or "0 min"


def number(value: Fraction, least_decimals: int, language: str) -> str:
    """An exact number with at least so many decimals, and more where it has them: ``0.207``, ``0,207``.

    Raises ValueError for one that six decimals can't hold: a sign must not state another price than the policy.
    """
    digits = least_decimals
    while (value * 10**digits).denominator != 1:
        digits += 1
        if digits > _MOST_DECIMALS:
            raise ValueError(f"{value} can't be written with {_MOST_DECIMALS} decimals")
    whole, rest = divmod(int(value * 10**digits), 10**digits)
    point = "," if language == "fr" else "."
    return f"{whole}{point}{rest:0{digits}d}" if digits else str(whole)


def price(value: Fraction, currency: str, language: str) -> str:
    """A price in major units: ``0.40 CAD``, ``0,40 CAD``."""
    return f"{number(value, exponent(currency), language)} {currency}"


def tax_name(name: str, language: str) -> str:
    """A tax by the name that it has in the language."""
    return _TAXES.get(language, {}).get(name, name)


def hours(window: Window, language: str) -> str:
    """The hours and days of a window: ``07:00 to 21:00, Monday to Friday``."""
    days = _days(window.weekdays, language)
    if window.start == window.end == time(0):
        clock = _ALL_DAY[language]
    else:
        is_overnight = window.end <= window.start and window.end != time(0)
        clock = _clock(window, language) + (_NEXT_DAY[language] if is_overnight else "")
    return f"{clock}, {days}" if days else clock


def _clock(window: Window, language: str) -> str:
    end = "24:00" if window.end == time(0) else f"{window.end:%H:%M}"
    start = f"{window.start:%H:%M}"
    if language == "fr":
        start, end = _french(start), _french(end)
    return _CLOCK[language].format(start=start, end=end)


def _french(clock: str) -> str:
    """``07:30`` as ``7 h 30``, ``21:00`` as ``21 h``."""
    hour, minute = clock.split(":")
    return f"{int(hour)} h" + (f" {minute}" if minute != "00" else "")


def _days(weekdays: frozenset[int], language: str) -> str:
    """``Monday to Friday``; nothing for every day."""
    if weekdays == EVERY_DAY:
        return ""
    names = _DAYS[language]
    return ", ".join(_run(run, names, language) for run in _runs(sorted(weekdays)))


def _run(run: Sequence[int], names: Sequence[str], language: str) -> str:
    if len(run) < 3:
        return ", ".join(names[day] for day in run)
    return _RUN[language].format(first=names[run[0]], last=names[run[-1]])


def _runs(days: list[int]) -> list[list[int]]:
    """Days that follow one another, together."""
    out = [[days[0]]] if days else []
    for before, day in pairwise(days):
        if day == before + 1:
            out[-1].append(day)
        else:
            out.append([day])
    return out
