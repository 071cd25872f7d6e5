"""MQTT topic filters, and patterns that find a device's name in a topic."""

import re
from dataclasses import dataclass

_DEVICE = "{device}"


@dataclass(frozen=True, slots=True)
class TopicPattern:
    """A topic filter (MQTT 5.0, 4.7) in which levels may be, or hold, ``{device}``.

    ``filter`` is what the broker is asked for; ``bays/{device}/state`` asks for ``bays/+/state``. Of several, the
    device's name has all: ``{device}/bays/{device}`` names ``lot-a/7``.
    """

    text: str
    filter: str
    regex: re.Pattern[str]

    @classmethod
    def parse(cls, text: str) -> "TopicPattern":
        """Raises ValueError with what is wrong."""
        levels = text.split("/")
        _check(text, levels)
        filters = ["+" if _DEVICE in level else level for level in levels]
        return cls(text, "/".join(filters), re.compile(_regex(levels)))

    @property
    def base(self) -> str:
        """What stands before the ``#``: ``zigbee2mqtt/`` of ``zigbee2mqtt/#``."""
        return self.filter.removesuffix("#")

    @property
    def names_device(self) -> bool:
        """Whether the topic tells the device."""
        return _DEVICE in self.text

    def fits(self, topic: str) -> bool:
        """Whether a topic is one of these."""
        return self.regex.fullmatch(topic) is not None

    def device(self, topic: str) -> str | None:
        """The device's name in a topic that fits."""
        found = self.regex.fullmatch(topic)
        return "/".join(found.groups()) if found and self.names_device else None


def _check(text: str, levels: list[str]) -> None:
    if not text or "\x00" in text or len(text.encode()) > 65_535:
        raise ValueError("must be 1 to 65,535 bytes without NUL")
    if text.startswith("$share/"):
        raise ValueError("must not begin with $share/; set `share` at the top of the file instead")
    if "#" in text and (text.count("#") > 1 or levels[-1] != "#"):
        raise ValueError("may have # only once, as its last level")
    if any("+" in level and level != "+" for level in levels):
        raise ValueError("may have + only as a whole level")
    if any(level.count(_DEVICE) > 1 for level in levels) or re.search(r"[{}]", text.replace(_DEVICE, "")):
        raise ValueError("may have {device} once in a level, and no other braces")


def _regex(levels: list[str]) -> str:
    if levels == ["#"]:
        return r"(?s:.*)"
    parts = [_level(level) for level in levels if level != "#"]
    # "a/#" also fits "a" itself (MQTT 5.0, 4.7.1.2).
    return "/".join(parts) + (r"(?s:/.*)?" if levels[-1] == "#" else "")


def _level(level: str) -> str:
    if level == "+":
        return "[^/]*"
    return re.escape(level).replace(re.escape(_DEVICE), "([^/]+)")
