"""The mapping file (TOML) read and checked: all that is wrong with it is told at once."""

import re
import tomllib
from collections.abc import Mapping as Table
from datetime import timedelta
from pathlib import Path as File
from typing import Any

from sensors.decoders import MODELS
from sensors.envelopes import ENVELOPES
from sensors.fields import Path, TruthTable
from sensors.mapping import EdgeRule, Mapping, Subscription
from sensors.topics import TopicPattern

DEFAULT_FILE = File(__file__).with_name("mapping.default.toml")
_KEYS = frozenset(
    ("topic", "envelope", "value", "occupied", "free", "unknown", "time", "edge", "battery", "model", "models")
) | {"watchdog"}
_PLAIN_ONLY = ("time", "edge", "battery")
_OCCUPIED = (True, 1, "1", "on", "true", "occupied")
_FREE = (False, 0, "0", "off", "false", "free")
_UNKNOWN = ("unknown", "unavailable")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST_MODEL = 40


class MappingError(ValueError):
    """A mapping that can't be used; ``problems`` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        """Keeps the sentences."""
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


def read_mapping(file: File = DEFAULT_FILE) -> Mapping:
    """The mapping in a file; without one, the default that comes with Baywarden. Raises MappingError."""
    try:
        return parse_mapping(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError([f"{file} can't be read: {error}"]) from error


def parse_mapping(text: str) -> Mapping:
    """The mapping in a TOML text. Raises MappingError with every problem in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError([f"it is not TOML: {error}"]) from error
    problems = [f"`{key}` is not a setting of a mapping" for key in document.keys() - {"share", "subscription"}]
    share = document.get("share")
    if share is not None and not (isinstance(share, str) and re.fullmatch(r"[^/+#\s]{1,60}", share)):
        problems.append("`share` must be a name without spaces, /, + and #")
    tables = document.get("subscription")
    if not isinstance(tables, list) or not tables:
        raise MappingError([*problems, "it has no [[subscription]]"])
    read = [_Reader(number, table) for number, table in enumerate(tables, 1)]
    subscriptions = [reader.subscription() for reader in read]
    problems += [problem for reader in read for problem in reader.problems]
    filters = [item.topic.filter for item in subscriptions if item]
    problems += [f"the topic {name} is subscribed to twice" for name in sorted(set(filters)) if filters.count(name) > 1]
    if problems:
        raise MappingError(problems)
    return Mapping(tuple(item for item in subscriptions if item), share)


class _Reader:
    """Reads one [[subscription]] and gathers what is wrong with it."""

    def __init__(self, number: int, table: Any) -> None:
        self.problems: list[str] = []
        self._table: Table[str, Any] = table if isinstance(table, dict) else {}
        self._name = f"subscription {number} ({self._table.get('topic', 'no topic')})"

    def subscription(self) -> Subscription | None:
        """None if anything is wrong."""
        for key in sorted(self._table.keys() - _KEYS):
            self._wrong(f"`{key}` is not a setting")
        envelope = self._envelope()
        topic = self._topic(envelope)
        value, time, battery = self._path("value"), self._path("time"), self._path("battery")
        model, models = self._model(envelope), self._models()
        edge, truth, watchdog = self._edge(), self._truth(), self._watchdog()
        if self.problems or topic is None or envelope is None or truth is None:
            return None
        return Subscription(
            topic=topic, envelope=envelope, value=value or Path.parse("occupied"), truth=truth, time=time, edge=edge,
            battery=battery, model=model, models=models, watchdog=watchdog,
        )  # fmt: skip

    def _wrong(self, what: str) -> None:
        self.problems.append(f"{self._name}: {what}")

    def _envelope(self) -> str | None:
        envelope = self._table.get("envelope")
        if not isinstance(envelope, str) or envelope not in ENVELOPES:
            self._wrong(f"`envelope` must be one of {', '.join(sorted(ENVELOPES))}")
            return None
        if envelope != "plain":
            for key in _PLAIN_ONLY:
                if key in self._table:
                    self._wrong(f"`{key}` is for plain only; {envelope} tells it itself")
        return envelope

    def _topic(self, envelope: str | None) -> TopicPattern | None:
        text = self._table.get("topic")
        if not isinstance(text, str):
            self._wrong("`topic` must be a topic filter in quotes")
            return None
        try:
            topic = TopicPattern.parse(text)
        except ValueError as error:
            self._wrong(f"`topic` {error}")
            return None
        if envelope == "plain" and not topic.names_device:
            self._wrong("`topic` must have {device} in the level that names the sensor, such as bays/{device}/state")
        return topic

    def _path(self, key: str) -> Path | None:
        text = self._table.get(key)
        if text is None:
            return None
        try:
            return Path.parse(text)
        except (ValueError, TypeError) as error:
            self._wrong(f"`{key}`: {error}" if isinstance(text, str) else f"`{key}` must be a path in quotes")
            return None

    def _list(self, key: str, default: tuple[object, ...]) -> list[Any]:
        values = self._table.get(key, list(default))
        if not isinstance(values, list):
            self._wrong(f"`{key}` must be a list, such as [{', '.join(map(repr, default[:3])).lower()}]")
            return []
        return values

    def _truth(self) -> TruthTable | None:
        try:
            return TruthTable(
                self._list("occupied", _OCCUPIED), self._list("free", _FREE), self._list("unknown", _UNKNOWN)
            )
        except ValueError as error:
            self._wrong(f"`occupied`, `free`, `unknown`: {error}")
            return None

    def _edge(self) -> EdgeRule:
        edge = self._table.get("edge", False)
        if isinstance(edge, bool):
            return EdgeRule(always=edge)
        try:
            words = edge["is"] if isinstance(edge["is"], list) else [edge["is"]]
            return EdgeRule(path=Path.parse(edge["path"]), words=TruthTable(words, (), ()))
        except (KeyError, TypeError, ValueError):
            self._wrong('`edge` must be true, false or such as { path = "event", is = "change" }')
            return EdgeRule()

    def _model(self, envelope: str | None) -> str | None:
        model = self._table.get("model")
        if model is None or (envelope == "plain" and isinstance(model, str) and 0 < len(model) <= _MOST_MODEL):
            return model
        return self._decoder("model", model)

    def _models(self) -> dict[str, str]:
        models = self._table.get("models", {})
        if not isinstance(models, dict):
            self._wrong('`models` must be such as { "the device profile" = "bosch_tps110" }')
            return {}
        named = {profile.casefold(): self._decoder("models", model) for profile, model in models.items()}
        return {profile: model for profile, model in named.items() if model}

    def _decoder(self, key: str, model: object) -> str | None:
        if isinstance(model, str) and model in MODELS:
            return model
        self._wrong(f"`{key}` names {model!r}, for which there is no decoder; there are {', '.join(sorted(MODELS))}")
        return None

    def _watchdog(self) -> timedelta | None:
        text = self._table.get("watchdog")
        found = re.fullmatch(r"([1-9]\d{0,5})([smhd])", text) if isinstance(text, str) else None
        if text is None:
            return None
        if found is None:
            self._wrong("`watchdog` must be a number with s, m, h or d, such as 26h")
            return None
        return timedelta(**{_UNITS[found[2]]: int(found[1])})
