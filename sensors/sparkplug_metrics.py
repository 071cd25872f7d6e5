"""What a Sparkplug payload's metrics say: which bay each is of, its value, and when it was."""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from sensors.fields import moment
from sensors.reading import NotUnderstoodError

NO_BIRTH = "it has numbers instead of names, and no BIRTH was heard that explains them: ask the node for a Rebirth"
_GOOD = 192  # of the property "Quality"; 0 is bad, 500 stale
_BITS = {"int_value": 32, "long_value": 64}
_VALUES = ("int_value", "long_value", "float_value", "double_value", "boolean_value", "string_value")
_OTHER_VALUES = {"bytes_value": "bytes", "dataset_value": "a dataset"}


class Named(NamedTuple):
    """A metric by its whole name: a member of a template instance has the template's name before its own.

    ``numbers``: the numbers that stand for it, and for the templates around it.
    """

    name: str
    metric: Any
    numbers: Mapping[int, str]


def find(node: str, payload: Any, wanted: str, aliases: Mapping[int, str] | None) -> dict[tuple[str, int], Any]:
    """The metrics that tell of a bay, by sensor's name and time: what was stored on the way comes many at once.

    ``aliases``: None where no birth explains numbers: NotUnderstoodError. Of several of one time the last counts.
    """
    found: dict[tuple[str, int], Any] = {}
    for name, metric, _ in _named(payload.metrics, aliases):
        bay = bay_of(name, wanted)
        if bay is not None:
            found[f"{node}/{bay}" if bay else node, metric.timestamp or payload.timestamp] = metric
    return found


def explained(payload: Any, wanted: str) -> tuple[dict[int, str], tuple[str, ...]]:
    """What a birth tells: the names of the numbers that matter to us, and its bays."""
    aliases: dict[int, str] = {}
    bays = set[str]()
    for name, _, numbers in _named(payload.metrics, {}):
        bay = bay_of(name, wanted)
        if bay is not None:
            aliases |= numbers
            bays.add(bay)
    return aliases, tuple(sorted(bays))


def _named(
    metrics: Iterable[Any],
    aliases: Mapping[int, str] | None,
    around: str = "",
    numbers: Mapping[int, str] | None = None,
) -> Iterator[Named]:
    for metric in metrics:
        own = _own_name(metric)
        name = f"{around}{own}" if own else _by_number(metric, aliases)
        if not name:
            continue
        known = dict(numbers or {})
        if metric.HasField("alias"):
            known[metric.alias] = name
        if not metric.HasField("template_value"):
            yield Named(name, metric, known)
        elif not metric.template_value.is_definition:
            for member in metric.template_value.metrics:
                _inherit(member, metric)
            yield from _named(metric.template_value.metrics, aliases, f"{name}/", known)


def _own_name(metric: Any) -> str:
    """Its name; none where it is not UTF-8, which protobuf then hands over as bytes."""
    name: object = metric.name
    return name if isinstance(name, str) else ""


def _by_number(metric: Any, aliases: Mapping[int, str] | None) -> str:
    if not metric.HasField("alias"):
        return ""
    if aliases is None:
        raise NotUnderstoodError(NO_BIRTH)
    return aliases.get(metric.alias, "")


def _inherit(member: Any, template: Any) -> None:
    """What is said of a template as a whole is said of each member that does not say otherwise."""
    if not member.HasField("timestamp"):
        member.timestamp = template.timestamp
    if not member.HasField("properties"):
        member.properties.CopyFrom(template.properties)
    member.is_historical = member.is_historical or template.is_historical
    member.is_null = member.is_null or template.is_null


def bay_of(name: str, wanted: str) -> str | None:
    """Which of its device's bays a metric tells of; "" where it has only one, None where it tells of none."""
    fits = _pattern(wanted).fullmatch(name)
    return None if fits is None else fits.groupdict().get("bay", "")


@lru_cache(maxsize=100)
def _pattern(wanted: str) -> re.Pattern[str]:
    before, brace, after = wanted.partition("{bay}")
    return re.compile(re.escape(before) + ("(?P<bay>[^/]+)" if brace else "") + re.escape(after))


def value_of(metric: Any) -> object:
    """Its value; None if it has none, or if its own quality says that it is not good. Raises NotUnderstoodError."""
    if metric.is_null:
        return None
    for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
        if key == "Quality" and (value.int_value or value.long_value) != _GOOD:
            return None
    for name in _VALUES:
        if metric.HasField(name):
            told: object = getattr(metric, name)
            return _signed(told, _BITS[name]) if name in _BITS else told
    for name, kind in _OTHER_VALUES.items():
        if metric.HasField(name):
            raise NotUnderstoodError(f"its value is {kind}, which tells nothing of a bay")
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
