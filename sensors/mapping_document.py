"""The mapping file (TOML) read and checked: all that is wrong with it is told at once."""

import re
import tomllib
from collections import Counter
from pathlib import Path as File
from typing import Any

from sensors.envelopes import WEBHOOKS
from sensors.mapping import Mapping, Subscription
from sensors.mapping_table import TableReader

DEFAULT_FILE = File(__file__).with_name("mapping.default.toml")


class MappingError(ValueError):
    """A mapping that can't be used; ``problems`` has one sentence for each thing that is wrong."""

    def __init__(self, problems: list[str]) -> None:
        """Keeps the sentences."""
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


# Each message is held against one after the other.
_MOST_SUBSCRIPTIONS = 1_000
_MOST_BYTES = 1_048_576


def read_mapping(file: File = DEFAULT_FILE) -> Mapping:
    """The mapping in a file; without one, the default that comes with Baywarden. Raises MappingError."""
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise MappingError([f"{file} is larger than {_MOST_BYTES} bytes"])
        return parse_mapping(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise MappingError([f"{file} can't be read: {error}"]) from error


def parse_mapping(text: str) -> Mapping:
    """The mapping in a TOML text. Raises MappingError with every problem in it."""
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError([f"it is not TOML: {error}"]) from error
    except RecursionError as error:
        raise MappingError(["it is nested too deep"]) from error
    known = {"share", "subscription", "webhook"}
    problems = [f"`{key}` is not a setting of a mapping" for key in document.keys() - known]
    share = document.get("share")
    if share is not None and not (isinstance(share, str) and re.fullmatch(r"[^/+#\s]{1,60}", share)):
        problems.append("`share` must be a name without spaces, /, + and #")
    for key in ("subscription", "webhook"):
        if not isinstance(document.get(key, []), list):
            raise MappingError([*problems, f"`{key}` must be a table in double brackets: [[{key}]]"])
    tables = document.get("subscription", [])
    if not (tables or document.get("webhook")):
        raise MappingError([*problems, "it has neither a [[subscription]] nor a [[webhook]]"])
    if len(tables) > _MOST_SUBSCRIPTIONS:
        raise MappingError([*problems, f"it has more than {_MOST_SUBSCRIPTIONS} subscriptions: use + and # in topics"])
    read = [TableReader(number, table) for number, table in enumerate(tables, 1)]
    subscriptions = [reader.subscription() for reader in read]
    problems += [problem for reader in read for problem in reader.problems]
    filters = Counter(item.topic.filter for item in subscriptions if item)
    problems += [f"the topic {name} is subscribed to twice" for name, count in sorted(filters.items()) if count > 1]
    webhooks = _webhooks(document.get("webhook", []), problems)
    if problems:
        raise MappingError(problems)
    return Mapping(tuple(item for item in subscriptions if item), share, webhooks)


def _webhooks(tables: list[Any], problems: list[str]) -> dict[str, Subscription]:
    """What each [[webhook]] says, by its name."""
    out: dict[str, Subscription] = {}
    for number, table in enumerate(tables, 1):
        given = dict(table) if isinstance(table, dict) else {}
        name = given.pop("name", None)
        if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9-]{1,40}", name) or name in out:
            problems.append(f"webhook {number}: `name` must be small letters, digits and hyphens, each name once")
            continue
        if "topic" in given:
            problems.append(f"webhook {number}: `topic` has no meaning: what it says comes by HTTP")
            del given["topic"]
        reader = TableReader(number, {"topic": f"webhook/{name}", **given}, WEBHOOKS, "webhook")
        read = reader.subscription()
        problems += reader.problems
        if read is not None:
            out[name] = read
    return out
