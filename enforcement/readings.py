"""Readers of single texts and numbers in documents (see :mod:`enforcement.documents`): a value, or what is wrong."""

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from enforcement.documents import Table
from enforcement.money import CURRENCIES

_NUMBER = re.compile(r"[0-9]{1,12}(\.[0-9]{1,12})?")
_LONGEST = 200
_MOST = 100_000
_MOST_TABLES = 100


def text_value(value: Any) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError("not a text")
    return value


def flag(value: Any) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise ValueError("not true or false")
    return value


def one_of(*allowed: str) -> Callable[[Any], str]:
    """A reader of one word of a list."""

    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError(f"not one of {', '.join(allowed)}")
        return str(value)

    return read


def text(value: Any) -> str:
    """A line of text for people."""
    if len(text_value(value)) > _LONGEST or not value.isprintable():
        raise ValueError(f"not one line of at most {_LONGEST} characters")
    return str(value)


def name(value: Any) -> str:
    """An identifier."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{0,63}", text_value(value)):
        raise ValueError("use up to 64 lower-case letters, digits, dots and hyphens")
    return str(value)


def whole(low: int, high: int) -> Callable[[Any], int]:
    """A whole number within bounds."""

    def read(value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"not a whole number from {low} to {high}")
        return value

    return read


def currency(value: Any) -> str:
    """The ISO 4217 code of a currency that people pay in."""
    if text_value(value) not in CURRENCIES:
        raise ValueError("not the ISO 4217 code of a currency, like CAD")
    return str(value)


def texts(value: Any) -> frozenset[str]:
    """A list of texts."""
    if not isinstance(value, list) or not value:
        raise ValueError("not a list of texts")
    if len(value) > _MOST:
        raise ValueError(f"more than {_MOST} texts")
    return frozenset(text(item) for item in value)


def words_of(*allowed: str) -> Callable[[Any], frozenset[str]]:
    """A list of some of these words."""

    def read(value: Any) -> frozenset[str]:
        strange = texts(value) - set(allowed)
        if strange:
            raise ValueError(f"{', '.join(sorted(strange))}: not one of {', '.join(allowed)}")
        return texts(value)

    return read


def keys(least: int, most: int, example: str) -> Callable[[Any], frozenset[str]]:
    """A list of keys, which have no case, of so many parts joined by stars."""

    def read(value: Any) -> frozenset[str]:
        found = frozenset(key.casefold() for key in texts(value))
        wrong = [key for key in found if not least <= len(parts := key.split("*")) <= most or not all(parts)]
        if wrong:
            raise ValueError(f"{', '.join(sorted(wrong))}: not a key like {example}")
        return found

    return read


def money(value: Any) -> Fraction:
    """An exact amount from 0, of at most twelve digits before and behind the point; text, so that no float holds it."""
    if not isinstance(value, str):
        raise ValueError('write numbers as a string, like "9.975"')
    if not _NUMBER.fullmatch(value):
        raise ValueError('not a plain amount from 0, like "0.40"')
    return Fraction(value)


def percent(value: Any) -> Fraction:
    """A rate in percent, as a fraction of one."""
    rate = money(value)
    if rate > 100:
        raise ValueError("more than 100 %")
    return rate / 100


def share(value: Any) -> Fraction:
    """A share from 0 to 1."""
    amount = money(value)
    if amount > 1:
        raise ValueError('not a share from "0" to "1"')
    return amount


def some(table: Table, key: str) -> list[Table]:
    """The tables of an array, as many as a person could write."""
    found = list(table.tables(key))
    if len(found) > _MOST_TABLES:
        table.fault(f"{len(found)} [[{key}]] tables are more than {_MOST_TABLES}", key)
    return found[:_MOST_TABLES]
