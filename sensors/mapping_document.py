"""The mapping file (TOML) read and checked: all that is wrong with it is told at once."""

import re
import tomllib
from collections.abc import Collection
from collections.abc import Mapping as Table
from datetime import timedelta
from pathlib import Path as File
from typing import Any

from sensors.decoders import MODELS
from sensors.envelopes import ENVELOPES, KEYS, LORAWAN, VALUES, WEBHOOKS
from sensors.fields import Path, TruthTable
from sensors.mapping import EdgeRule, Mapping, Subscription, Threshold
from sensors.topics import TopicPattern

DEFAULT_FILE = File(__file__).with_name("mapping.default.toml")
_KEYS = frozenset({"topic", "envelope", "watchdog"}).union(*KEYS.values())
_OCCUPIED = (True, 1, "1", "on", "true", "occupied")
_FREE = (False, 0, "0", "off", "false", "free")
_UNKNOWN = ("unknown", "unavailable")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_MOST_MODEL = 40
_BY_PREFIX = frozenset({"zigbee2mqtt", "frigate"})


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
    known = {"share", "subscription", "webhook"}
    problems = [f"`{key}` is not a setting of a mapping" for key in document.keys() - known]
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
    webhooks = _webhooks(document.get("webhook", []), problems)
    if problems:
        raise MappingError(problems)
    return Mapping(tuple(item for item in subscriptions if item), share, webhooks)


def _webhooks(tables: Any, problems: list[str]) -> dict[str, Subscription]:
    """What each [[webhook]] says, by its name."""
    out: dict[str, Subscription] = {}
    for number, table in enumerate(tables if isinstance(tables, list) else [None], 1):
        given = dict(table) if isinstance(table, dict) else {}
        name = given.pop("name", None)
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9-]{1,40}", name) or name in out:
            problems.append(f"webhook {number}: `name` must be small letters, digits and hyphens, each name once")
            continue
        reader = _Reader(number, {"topic": f"webhook/{name}", **given}, WEBHOOKS, "webhook")
        read = reader.subscription()
        problems += reader.problems
        if read is not None:
            out[name] = read
    return out


class _Reader:
    """Reads one [[subscription]] or [[webhook]] and gathers what is wrong with it."""

    def __init__(self, number: int, table: Any, envelopes: Collection[str] = ENVELOPES, kind: str = "") -> None:
        self.problems: list[str] = []
        self._table: Table[str, Any] = table if isinstance(table, dict) else {}
        self._envelopes = envelopes
        self._name = f"{kind or 'subscription'} {number} ({self._table.get('topic', 'no topic')})"

    def subscription(self) -> Subscription | None:
        """None if anything is wrong."""
        for key in sorted(self._table.keys() - _KEYS):
            self._wrong(f"`{key}` is not a setting")
        envelope = self._envelope()
        topic = self._topic(envelope)
        value, time, battery = self._path("value"), self._path("time"), self._path("battery")
        model, models = self._model(envelope), self._models()
        edge, truth, watchdog = self._edge(), self._truth(), self._watchdog()
        threshold, zones, cameras = self._threshold(), self._zones(envelope), self._cameras()
        jurisdiction = self._jurisdiction()
        if self.problems or topic is None or envelope is None or truth is None:
            return None
        return Subscription(
            topic=topic, envelope=envelope, value=value or Path.parse(VALUES.get(envelope, "occupied")), truth=truth,
            time=time, edge=edge, battery=battery, model=model, models=models, watchdog=watchdog, threshold=threshold,
            zones=zones, cameras=cameras, jurisdiction=jurisdiction,
        )  # fmt: skip

    def _wrong(self, what: str) -> None:
        self.problems.append(f"{self._name}: {what}")

    def _envelope(self) -> str | None:
        envelope = self._table.get("envelope")
        if not isinstance(envelope, str) or envelope not in self._envelopes:
            self._wrong(f"`envelope` must be one of {', '.join(sorted(self._envelopes))}")
            return None
        for key in sorted(self._table.keys() & _KEYS - KEYS[envelope] - {"topic", "envelope", "watchdog"}):
            self._wrong(f"`{key}` has no meaning with {envelope}")
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
        if envelope in _BY_PREFIX and not text.endswith("/#"):
            self._wrong(f"`topic` must end in /#, such as {envelope}/#")
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

    def _threshold(self) -> Threshold | None:
        near: Any = self._table.get("threshold")
        band: Any = self._table.get("hysteresis", 0)
        if near is None and "hysteresis" not in self._table:
            return None
        if not _is_length(near) or not _is_length(band, zero=True):
            self._wrong("`threshold` must be a length above 0, such as 1200, and `hysteresis` one from 0")
            return None
        return Threshold(float(near), float(near) + float(band))

    def _zones(self, envelope: str | None) -> frozenset[str]:
        zones = self._table.get("zones", [])
        if not isinstance(zones, list) or not all(isinstance(zone, str) and zone for zone in zones):
            self._wrong('`zones` must be a list of names, such as ["bay_7", "bay_8"]')
            return frozenset()
        if envelope == "frigate" and not zones:
            self._wrong("`zones` must name the zones that are bays")
        return frozenset(zones)

    def _cameras(self) -> dict[str, str]:
        cameras = self._table.get("cameras", {})
        if not isinstance(cameras, dict) or not all(isinstance(name, str) and name for name in cameras.values()):
            self._wrong('`cameras` must be such as { "the camera" = "the sensor" }')
            return {}
        return dict(cameras)

    def _jurisdiction(self) -> str:
        told = self._table.get("jurisdiction", "")
        if not isinstance(told, str) or (told and not re.fullmatch(r"[a-z]{2}(-[a-z0-9]{1,3})?", told)):
            self._wrong("`jurisdiction` must be a country, or a part of one, such as ca-qc")
            return ""
        return told

    def _model(self, envelope: str | None) -> str | None:
        model = self._table.get("model")
        is_name = isinstance(model, str) and 0 < len(model) <= _MOST_MODEL
        if model is None or (envelope not in LORAWAN and is_name):
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


def _is_length(value: object, *, zero: bool = False) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return 0 <= value < 1e6 and (zero or value > 0)
