"""The mapping: which topics are listened to, and how what comes there is to be read."""

import math
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from enforcement.setting import NO_DEBOUNCE, Debounce
from ledger.births import Birth, Heard
from sensors.births import Births
from sensors.decoders import DRIVEN_PAST, MODELS, Distance, Occupancy, Sight, model_named
from sensors.fields import Path, TruthTable
from sensors.mapping_rules import Ear, EdgeRule, Threshold
from sensors.reading import MOST_BYTES, MOST_SPARKPLUG_BYTES, NotUnderstoodError, shown
from sensors.rebirths import Rebirths
from sensors.topics import TopicPattern

# The longest silence of a device of no known model; a reading holds no longer than this.
DEFAULT_WATCHDOG = timedelta(hours=2)
DEFAULT_DEBOUNCES = {"frigate": DRIVEN_PAST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One topic filter and how its messages are read. Docs: docs/sensors.md.

    ``each``: where what a message says of many bays stands, ``name``: where each one's name stands in that.
    ``debounces``: by model, before ``debounce``, which is for all others. ``zones``: the zones of a camera that are
    bays. ``cameras``: which sensor a camera stands for. ``rebirth``: whether Sparkplug nodes are asked for one.
    """

    topic: TopicPattern
    envelope: str
    value: Path
    truth: TruthTable
    each: Path | None = None
    name: Path | None = None
    time: Path | None = None
    edge: EdgeRule = field(default_factory=EdgeRule)
    battery: Path | None = None
    model: str | None = None
    models: Table[str, str] = field(default_factory=dict)
    watchdog: timedelta | None = None
    debounce: Debounce | None = None
    debounces: Table[str, Debounce] = field(default_factory=dict)
    threshold: Threshold | None = None
    zones: frozenset[str] = frozenset()
    cameras: Table[str, str] = field(default_factory=dict)
    jurisdiction: str = ""
    rebirth: bool = False
    births: Births = field(default_factory=Births)
    rebirths: Rebirths = field(default_factory=Rebirths)
    ear: Ear = field(default_factory=Ear)

    def sight(self, value: object, *, edge: bool) -> Sight:
        """What a value says: a distance where a threshold is set. Raises NotUnderstoodError."""
        if self.threshold is None or isinstance(value, bool) or not isinstance(value, int | float):
            return Occupancy(self.truth.read(value), edge)
        if not 0 <= value < math.inf:  # nor is NaN a distance
            raise NotUnderstoodError(f"{shown(value)} is not a distance")
        return Distance(float(value))

    def occupancy_of(self, sight: Sight) -> Occupancy:
        """A distance as occupancy. It comes at intervals: it tells what is, not since when."""
        if isinstance(sight, Occupancy):
            return sight
        if self.threshold is None:
            raise NotUnderstoodError("it measures a distance, and the mapping sets no `threshold` for it")
        return Occupancy(None if sight.mm is None else sight.mm < self.threshold.near, edge=False)

    def is_between(self, mm: float | None) -> bool:
        """Whether a distance says neither taken nor free."""
        threshold = self.threshold
        return threshold is not None and mm is not None and threshold.near <= mm < threshold.far

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

    def debounce_of(self, model: str | None) -> Debounce:
        """How long the words of a device must hold to be believed."""
        said = self.debounces.get(model or "", self.debounce)
        if said is not None:
            return said
        return MODELS[model].debounce if model in MODELS else DEFAULT_DEBOUNCES.get(self.envelope, NO_DEBOUNCE)


@dataclass(frozen=True, slots=True)
class Mapping:
    """All subscriptions, in order: a message belongs to the first whose filter fits. ``share``: a group's name.

    ``webhooks``: what cameras send by HTTP, by the name in their path.
    """

    subscriptions: tuple[Subscription, ...]
    share: str | None = None
    webhooks: Table[str, Subscription] = field(default_factory=dict)

    def filters(self) -> list[str]:
        """What the broker is asked for; with ``share``, each message goes to one of the group (MQTT 5.0, 4.8.2).

        Sparkplug is not shared: each of the group must hear the births. What all of them record is recorded once.
        """
        prefix = f"$share/{self.share}/" if self.share else ""
        return [("" if item.envelope == "sparkplug" else prefix) + item.topic.filter for item in self.subscriptions]

    def unshared(self) -> list[str]:
        """With ``share``, the filters as they were asked for before there was one: a kept session still has them."""
        return [item.topic.filter for item in self.subscriptions if self.share and item.envelope != "sparkplug"]

    @property
    def has_births(self) -> bool:
        """Whether any message is read by what another one, on another topic, said before."""
        return any(item.envelope == "sparkplug" for item in self.subscriptions)

    def remember(self, births: Sequence[Birth], heard: Sequence[Heard] = ()) -> None:
        """Tell all Sparkplug subscriptions what was said before this process began."""
        for item in self.subscriptions:
            if item.envelope == "sparkplug":
                # By another `value` other metrics mattered, and the numbers of these were not kept.
                item.births.remember([birth for birth in births if birth.metric in ("", item.value.text)])
                item.births.recall(heard)

    def nodes_to_ask(self) -> list[str]:
        """Sparkplug nodes (``group/edge``) of which a Rebirth is wanted now."""
        return [node for item in self.subscriptions if item.rebirth for node in item.rebirths.take()]

    def most_bytes(self, topic: str) -> int:
        """How long a payload on this topic may be."""
        found = self.find(topic)
        return MOST_SPARKPLUG_BYTES if found is not None and found.envelope == "sparkplug" else MOST_BYTES

    def find(self, topic: str) -> Subscription | None:
        """The subscription that a message on this topic belongs to."""
        return next((item for item in self.subscriptions if item.topic.fits(topic)), None)
