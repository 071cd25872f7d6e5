"""The mapping: which topics are listened to, and how what comes there is to be read."""

from collections.abc import Mapping as Table
from dataclasses import dataclass, field
from datetime import timedelta

from sensors.decoders import MODELS, model_named
from sensors.fields import Path, TruthTable
from sensors.topics import TopicPattern

# The longest silence of a device of no known model; a reading holds no longer than this.
DEFAULT_WATCHDOG = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class EdgeRule:
    """Which messages report a change at the moment of the change: all, none, or those with a word at a path."""

    always: bool = False
    path: Path | None = None
    words: TruthTable | None = None

    def is_edge(self, body: object) -> bool:
        """Whether this payload is such a message."""
        if self.path is None or self.words is None:
            return self.always
        return self.path.find(body) in self.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One topic filter and how its messages are read. Docs: docs/sensors.md."""

    topic: TopicPattern
    envelope: str
    value: Path
    truth: TruthTable
    time: Path | None = None
    edge: EdgeRule = field(default_factory=EdgeRule)
    battery: Path | None = None
    model: str | None = None
    models: Table[str, str] = field(default_factory=dict)
    watchdog: timedelta | None = None

    def model_of(self, profiles: tuple[str, ...]) -> str | None:
        """The decoder's name for a device whose network calls its kind so; the mapping's word goes first."""
        for profile in profiles:
            found = self.models.get(profile.casefold()) or model_named(profile)
            if found is not None:
                return found
        return self.model

    def watchdog_of(self, model: str | None) -> timedelta:
        """The longest silence that is no sign of a fault."""
        if self.watchdog is not None:
            return self.watchdog
        return MODELS[model].watchdog if model in MODELS else DEFAULT_WATCHDOG


@dataclass(frozen=True, slots=True)
class Mapping:
    """All subscriptions, in order: a message belongs to the first whose filter fits. ``share``: a group's name."""

    subscriptions: tuple[Subscription, ...]
    share: str | None = None

    def filters(self) -> list[str]:
        """What the broker is asked for; with ``share``, each message goes to one of the group (MQTT 5.0, 4.8.2)."""
        prefix = f"$share/{self.share}/" if self.share else ""
        return [prefix + subscription.topic.filter for subscription in self.subscriptions]

    def find(self, topic: str) -> Subscription | None:
        """The subscription that a message on this topic belongs to."""
        return next((item for item in self.subscriptions if item.topic.fits(topic)), None)
