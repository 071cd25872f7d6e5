"""What a Sparkplug payload's metrics say: which bay each is of, its value, and when it was."""

import re
from datetime import datetime
from functools import lru_cache
from typing import Any

from sensors.births import Births
from sensors.fields import moment
from sensors.reading import NotUnderstoodError

_NO_BIRTH = "it has numbers instead of names, and no BIRTH was heard that explains them: ask the node for a Rebirth"
_GOOD = 192  # of the property "Quality"; 0 is bad, 500 stale
_BITS = {"int_value": 32, "long_value": 64}
_VALUES = ("int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value")


def find(node: str, payload: Any, wanted: str, births: Births) -> dict[str, Any]:
    """The last metric of each bay, by the sensor's name: found by its own name or by the number that stands for it."""
    birth = births.find(node)
    found: dict[str, Any] = {}
    for metric in payload.metrics:
        name = name_of(metric)
        if not name and metric.HasField("alias"):
            if birth is None:
                raise NotUnderstoodError(_NO_BIRTH)
            name = birth.aliases.get(metric.alias, "")
        bay = bay_of(name, wanted)
        if bay is not None:
            found[f"{node}/{bay}" if bay else node] = metric
    return found


def name_of(metric: Any) -> str:
    """Its name; none where it is not UTF-8, which protobuf then hands over as bytes."""
    name: object = metric.name
    return name if isinstance(name, str) else ""


def bay_of(name: str, wanted: str) -> str | None:
    """Which of its device's bays a metric tells of; "" where it has only one, None where it tells of none."""
    fits = _pattern(wanted).fullmatch(name)
    return None if fits is None else fits.groupdict().get("bay", "")


@lru_cache(maxsize=100)
def _pattern(wanted: str) -> re.Pattern[str]:
    before, brace, after = wanted.partition("{bay}")
    return re.compile(re.escape(before) + ("(?P<bay>[^/]+)" if brace else "") + re.escape(after))


def value_of(metric: Any) -> object:
    """Its value; None if it has none, or if its own quality says that it is not good."""
    if metric.is_null:
        return None
    for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
        if key == "Quality" and (value.int_value or value.long_value) != _GOOD:
            return None
    for name in _VALUES:
        if metric.HasField(name):
            told: object = getattr(metric, name)
            return _signed(told, _BITS[name]) if name in _BITS else told
    return None


def _signed(told: object, bits: int) -> object:
    """Sparkplug sends -1 as the largest unsigned number; nothing about a bay is as large as that."""
    return told - (1 << bits) if isinstance(told, int) and told >> (bits - 1) else told


def birth_number(payload: Any) -> int | None:
    """Its ``bdSeq``: which birth this is, or is the death of."""
    for metric in payload.metrics:
        if metric.name == "bdSeq":
            return int(metric.long_value or metric.int_value) % 256
    return None


def moment_of(milliseconds: int, seen_at: datetime) -> datetime:
    """A timestamp; where there is none, when it reached us."""
    return moment(milliseconds) if milliseconds else seen_at
