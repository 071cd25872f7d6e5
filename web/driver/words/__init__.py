"""The words of the drivers' pages, in every language that is spoken there: a module a page.

Plain words: somebody reads them in the rain, on a phone.
"""

from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from enforcement.accounts.values import minor
from enforcement.money import half_up
from enforcement.phrases import number, tax_name
from enforcement.reasons import REASONS
from enforcement.why import reason_text
from web.driver.words import bay, frame, mine, paper, phone, sorry, start, stay
from web.driver.words.standing import CONDITIONS, LIMITS, MEANINGS, STATES
from web.driver.words.terms import SOURCE, TERMS

__all__ = ["LANGUAGES", "SOURCE", "TERMS", "WORDS", "init", "said"]

Words = dict[str, str]

# What each calls itself.
LANGUAGES = {"en": "English", "fr": "Français", "es": "Español"}
PAGES = (frame, sorry, bay, phone, stay, paper, mine, start)
WORDS: dict[str, Words] = {key: words for page in PAGES for key, words in page.WORDS.items()}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
}
_DECIMALS = 4
_DATE = {"en": "{day} {month} {year}", "fr": "{day} {month} {year}", "es": "{day} de {month} de {year}"}


def said(key: str, language: str, **values: Any) -> str:
    """Words by their key."""
    return WORDS[key][language].format(**values) if values else WORDS[key][language]


def named(words: dict[str, Words], key: str, language: str) -> str:
    """The word of a condition or state; one that has none is shown as it is."""
    return words[key][language] if key in words else key


def init(app: Flask) -> None:
    """Make the words known to the templates."""
    app.jinja_env.filters.update(
        condition_word=lambda key, language: named(CONDITIONS, key, language),
        meaning=lambda key, language: named(MEANINGS, key, language),
        state_word=lambda key, language: named(STATES, key, language),
        limit_word=lambda key, language: named(LIMITS, key, language),
        because=because,
        exactly=exactly,
        money_in=minor,
        percent_in=percent_in,
        full_time=full_time,
        tax_word=tax_name,
        day_time=day_time,
    )
    app.jinja_env.globals["TERMS"] = TERMS


def because(code: str, language: str) -> str:
    """The words of a reason; a code without words is left out."""
    return reason_text(code, language) if code in REASONS else ""


def exactly(amount: Fraction, language: str) -> str:
    """An amount with four decimals: a minute may cost less than the smallest coin."""
    return number(Fraction(half_up(amount * 10**_DECIMALS), 10**_DECIMALS), _DECIMALS, language)


def percent_in(rate: str, language: str) -> str:
    """An exact rate (``399/4000``) as a percentage: ``9.975``, ``9,975``."""
    return number(Fraction(rate) * 100, 0, language)


def full_time(at: datetime, zone: str, language: str) -> str:
    """A moment in full, as a receipt has it: ``2 March 2026, 13:45:00 EST``."""
    local = at.astimezone(ZoneInfo(zone))
    clock = f"{local.hour} h {local:%M min %S s %Z}" if language == "fr" else f"{local:%H:%M:%S %Z}"
    month = _MONTHS[language].split()[local.month - 1]
    return f"{_DATE[language].format(day=local.day, month=month, year=local.year)}, {clock}"


def day_time(at: datetime, zone: str, now: datetime, language: str) -> str:
    """The station's clock, with the date where it is not today's: ``14:05``, ``2026-03-02 14:05``; ``14 h 05``."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = f"{local.hour} h {local:%M}" if language == "fr" else f"{local:%H:%M}"
    return clock if local.date() == today else f"{local:%Y-%m-%d} {clock}"
