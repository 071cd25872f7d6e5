"""One [[subscription]] or [[webhook]] of a mapping file, read with everything that is wrong with it."""

import re
from collections.abc import Callable, Collection
from collections.abc import Mapping as Table
from typing import Any, TypeVar

from sensors import mapping_models as models
from sensors import mapping_values as values
from sensors.envelopes import ENVELOPES, KEYS, LORAWAN, VALUES
from sensors.fields import Path, TruthTable
from sensors.mapping import Subscription
from sensors.mapping_rules import EdgeRule, Threshold
from sensors.topics import TopicPattern

T = TypeVar("T")

_MOST_SHOWN = 100
_ALL = frozenset({"topic", "envelope", "watchdog"})
KNOWN_KEYS = _ALL.union(*KEYS.values())
_OCCUPIED = (True, 1, "1", "on", "true", "occupied")
_FREE = (False, 0, "0", "off", "false", "free")
_UNKNOWN = ("unknown", "unavailable")
_BY_PREFIX = frozenset({"zigbee2mqtt", "frigate"})
_OF_ALL_KINDS = re.compile(r"spBv1\.0/([^/]+/(\+/(.+/)?)?)?#")  # of Sparkplug's messages


class TableReader:
    """Reads one table and gathers what is wrong with it in ``problems``."""

    def __init__(self, number: int, table: Any, envelopes: Collection[str] = ENVELOPES, kind: str = "") -> None:
        """``number``: which table of its kind it is; ``envelopes``: which it may have."""
        self.problems: list[str] = []
        self._table: Table[str, Any] = table if isinstance(table, dict) else {}
        self._envelopes = envelopes
        self._name = f"{kind or 'subscription'} {number} ({_short(self._table.get('topic', 'no topic'))})"

    def subscription(self) -> Subscription | None:
        """None if anything is wrong."""
        for key in sorted(self._table.keys() - KNOWN_KEYS):
            self._wrong(f"`{key}` is not a setting")
        envelope = self._envelope()
        topic, truth = self._topic(envelope), self._truth()
        model = self._read("model", models.decoder if envelope in LORAWAN else models.name_or_decoder, None)
        read_value = values.metric if envelope == "sparkplug" else values.path
        value = self._read("value", read_value, None) or Path.parse(VALUES.get(envelope or "", "occupied"))
        none: dict[str, Any] = {}
        rest: dict[str, Any] = {
            "each": self._read("each", values.path, None),
            "name": self._name_of_each(),
            "time": self._read("time", values.path, None),
            "battery": self._read("battery", values.path, None),
            "edge": self._read("edge", values.edge, EdgeRule()),
            "rebirth": self._read("rebirth", values.flag, False),
            "watchdog": self._read("watchdog", values.duration, None),
            "debounce": self._read("debounce", values.debounce, None),
            "debounces": self._read("debounces", models.debounces, none),
            "models": self._read("models", models.by_profile, none),
            "threshold": self._threshold(),
            "zones": self._zones(envelope),
            "cameras": self._read("cameras", values.cameras, none),
            "jurisdiction": self._read("jurisdiction", values.jurisdiction, ""),
        }
        if self.problems or topic is None or envelope is None or truth is None:
            return None
        return Subscription(topic=topic, envelope=envelope, value=value, truth=truth, model=model, **rest)

    def _wrong(self, what: str) -> None:
        self.problems.append(f"{self._name}: {what}")

    def _read(self, key: str, read: Callable[[Any], T], default: T) -> T:
        """A value that may be left out."""
        if key not in self._table:
            return default
        try:
            return read(self._table[key])
        except ValueError as error:
            self._wrong(f"`{key}` {error}")
            return default

    def _envelope(self) -> str | None:
        envelope = self._table.get("envelope")
        if not isinstance(envelope, str) or envelope not in self._envelopes:
            self._wrong(f"`envelope` must be one of {', '.join(sorted(self._envelopes))}")
            return None
        for key in sorted(self._table.keys() & KNOWN_KEYS - KEYS[envelope] - _ALL):
            self._wrong(f"`{key}` has no meaning with {envelope}")
        return envelope

    def _topic(self, envelope: str | None) -> TopicPattern | None:
        if "topic" not in self._table:
            self._wrong("`topic` must be a topic filter in quotes")
            return None
        topic = self._read("topic", values.topic, None)
        if topic is None:
            return None
        if envelope == "plain" and not topic.names_device and "each" not in self._table:
            self._wrong("`topic` must have {device} in the level that names the sensor, such as bays/{device}/state")
        if envelope in _BY_PREFIX and not topic.text.endswith("/#"):
            self._wrong(f"`topic` must end in /#, such as {envelope}/#")
        if envelope == "sparkplug" and not _OF_ALL_KINDS.fullmatch(topic.filter):
            self._wrong("`topic` must be spBv1.0/#, spBv1.0/group/# or spBv1.0/group/+/edge/#: births come by it, too")
        return topic

    def _name_of_each(self) -> Path | None:
        if "name" in self._table and "each" not in self._table:
            self._wrong("`name` has a meaning with `each` only: else the topic names the sensor")
        return self._read("name", values.path, None)

    def _truth(self) -> TruthTable | None:
        lists = [self._list(*each) for each in (("occupied", _OCCUPIED), ("free", _FREE), ("unknown", _UNKNOWN))]
        try:
            return TruthTable(*lists)
        except ValueError as error:
            self._wrong(f"`occupied`, `free`, `unknown`: {error}")
            return None

    def _list(self, key: str, default: tuple[object, ...]) -> list[Any]:
        values = self._table.get(key, list(default))
        if not isinstance(values, list):
            self._wrong(f"`{key}` must be a list, such as [{', '.join(map(repr, default[:3])).lower()}]")
            return []
        return values

    def _threshold(self) -> Threshold | None:
        if "threshold" not in self._table and "hysteresis" not in self._table:
            return None
        try:
            return values.threshold(self._table.get("threshold"), self._table.get("hysteresis", 0))
        except ValueError as error:
            self._wrong(f"`threshold` {error}")
            return None

    def _zones(self, envelope: str | None) -> frozenset[str]:
        nowhere: frozenset[str] = frozenset()
        zones = self._read("zones", values.names, nowhere)
        if envelope == "frigate" and not zones and not self._table.get("zones"):
            self._wrong("`zones` must name the zones that are bays")
        return zones


def _short(topic: object) -> str:
    text = str(topic)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
