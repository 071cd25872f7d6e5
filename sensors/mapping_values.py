"""Single values of a mapping file, read and checked. Each raises ValueError with what is wrong, for a person."""

import re
from datetime import timedelta
from typing import Any

from enforcement.setting import Debounce
from sensors.fields import Path, TruthTable
from sensors.mapping_rules import EdgeRule, Threshold
from sensors.topics import TopicPattern

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_LONGEST_DEBOUNCE = timedelta(minutes=10)
_LONGEST = timedelta(days=366)
_ZERO = timedelta(0)


def topic(given: object) -> TopicPattern:
    """A topic filter."""
    if not isinstance(given, str):
        raise ValueError("must be a topic filter in quotes")
    return TopicPattern.parse(given)


def path(given: object) -> Path:
    """Where a value stands."""
    if not isinstance(given, str):
        raise ValueError("must be a path in quotes")
    return Path.parse(given)


def metric(given: object) -> Path:
    """The name of a Sparkplug metric, as it is; it may have ``{bay}`` once."""
    if not isinstance(given, str) or not given:
        raise ValueError("must be the name of a metric in quotes")
    if given.count("{bay}") > 1 or re.search(r"[{}]", given.replace("{bay}", "")):
        raise ValueError("may have {bay} once, and no other braces")
    return Path(given, ())


def duration(given: object, *, zero: bool = False) -> timedelta:
    """A length of time such as ``26h``."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", given) if isinstance(given, str) else None
    length = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else _ZERO
    if found is None or (not length and not zero) or length > _LONGEST:
        raise ValueError("must be a number with s, m, h or d, such as 26h, and a year at most")
    return length


def debounce(given: object) -> Debounce:
    """How long words must hold."""
    if not isinstance(given, dict) or not given or given.keys() - {"arrival", "departure"}:
        raise ValueError('must be such as { arrival = "30s", departure = "20s" }')
    arrival, departure = (duration(given.get(key, "0s"), zero=True) for key in ("arrival", "departure"))
    if max(arrival, departure) > _LONGEST_DEBOUNCE:
        raise ValueError("must not be longer than 10m: by then another vehicle may stand there")
    return Debounce(arrival=arrival, departure=departure)


def edge(given: object) -> EdgeRule:
    """Which messages report a change."""
    if isinstance(given, bool):
        return EdgeRule(always=given)
    try:
        rule: Any = given
        words = rule["is"] if isinstance(rule["is"], list) else [rule["is"]]
        if not words or rule.keys() - {"path", "is"}:
            raise ValueError("nothing is a change, or more is said than that")
        return EdgeRule(path=Path.parse(rule["path"]), words=TruthTable(words, (), ()))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError('must be true, false or such as { path = "event", is = "change" }') from error


def flag(given: object) -> bool:
    """Yes or no."""
    if not isinstance(given, bool):
        raise ValueError("must be true or false")
    return given


def threshold(near: object, band: object) -> Threshold:
    """A distance, and how much more it takes until a bay is free."""
    if not _is_length(near) or not _is_length(band, zero=True):
        raise ValueError("must be a length above 0, such as 1200, and `hysteresis` one from 0")
    return Threshold(float(near), float(near) + float(band))  # type: ignore[arg-type]


def names(given: object) -> frozenset[str]:
    """A list of names."""
    if not isinstance(given, list) or not all(isinstance(name, str) and name for name in given):
        raise ValueError('must be a list of names, such as ["bay_7", "bay_8"]')
    return frozenset(given)


def cameras(given: object) -> dict[str, str]:
    """Which sensor a camera stands for."""
    if not isinstance(given, dict) or not all(isinstance(name, str) and name for name in given.values()):
        raise ValueError('must be such as { "the camera" = "the sensor" }')
    return dict(given)


def jurisdiction(given: object) -> str:
    """Who issued plates."""
    if not isinstance(given, str) or not re.fullmatch(r"([a-z]{2}(-[a-z0-9]{1,3})?)?", given):
        raise ValueError("must be a country, or a part of one, such as ca-qc")
    return given


def _is_length(value: object, *, zero: bool = False) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < 1e6 and (zero or value > 0)
