"""Sparkplug B: ``spBv1.0/{group}/{NBIRTH, NDATA, NDEATH, DBIRTH, DDATA, DDEATH}/{edge}[/{device}]``, protobuf.

The sensor is ``group/edge/device`` in small letters; ``value`` names the metric that tells whether its bay is taken.
Where one device reports many bays, ``value`` has ``{bay}`` in its place (``Bays/{bay}/Occupied``), and each is a sensor
``group/edge/device/bay``. A BIRTH tells which names the numbers (aliases) of later messages stand for; births are kept
over restarts. After a DEATH nobody knows: never free. A node's DEATH is that of all its devices, and counts only if its
``bdSeq`` is that of the last BIRTH: an older one comes late. Where a message is missing, nobody knows of any bay of the
node until it is spoken of again (:mod:`sensors.sparkplug_order`). Source: Sparkplug 3.0.0, chapters 4 to 6.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

from ledger.births import Birth
from sensors import sparkplug_order as numbers
from sensors.mapping import Subscription
from sensors.reading import MOST_BAYS, Message, NotUnderstoodError, Said, Told, sensor_id
from sensors.simple import tell
from sensors.sparkplug_metrics import birth_number, explained, find
from sensors.sparkplug_payload import parsed
from sensors.sparkplug_readings import reading, unreadable

_KINDS = ("NBIRTH", "NDATA", "NDEATH", "DBIRTH", "DDATA", "DDEATH")


def read(message: Message, subscription: Subscription) -> Told:
    """What the message says; None for commands and for what has no such metric. Raises NotUnderstoodError."""
    levels = message.topic.split("/")
    if levels[:2] == ["spBv1.0", "STATE"]:
        return None  # of a host application
    if len(levels) < 4 or levels[0] != "spBv1.0":
        raise NotUnderstoodError("the topic is not spBv1.0/group/type/edge or spBv1.0/group/type/edge/device")
    kind = levels[2]
    if kind not in _KINDS:
        return None
    if (kind[0] == "D") != (len(levels) == 5):
        raise NotUnderstoodError(f"{kind} does not belong to a topic of {len(levels)} levels")
    node, edge = "/".join((levels[1], *levels[3:])), f"{levels[1]}/{levels[3]}"
    told = _Reader(kind, node, edge, parsed(message.payload), message, subscription).read()
    return told[0] if len(told) == 1 and kind.endswith("DATA") else told or None


@dataclass(frozen=True, slots=True)
class _Reader:
    """One message. ``node``: ``group/edge[/device]``; ``edge``: ``group/edge``; ``changed``: births that it changes."""

    kind: str
    node: str
    edge: str
    payload: Any
    message: Message
    subscription: Subscription
    changed: list[Birth] = field(default_factory=list)

    def read(self) -> tuple[Said, ...]:
        """All that it says. Raises NotUnderstoodError."""
        if self.kind == "NDEATH":
            return tuple(self._with_notes(list(self._node_death())))
        lost, ended = numbers.missed(self.kind, self.edge, self.payload, self.message, self.subscription)
        self.changed.extend(ended)
        if self.kind == "NBIRTH":
            self.subscription.rebirths.born(self.edge)
        elif lost or self.subscription.births.living(self.edge) is None:
            self._ask_rebirth()
        try:
            said = [*lost, *self._said()]
        except NotUnderstoodError:
            if not lost:
                raise
            said = lost  # that is worth more than the reason, which comes again with the next message
        return tuple(self._with_notes(said))

    def _said(self) -> Iterator[Said]:
        if self.kind == "DDEATH":
            yield from self._death([self.node])
            return
        if self.kind.endswith("BIRTH"):
            yield self._birth()
        yield from self._readings()

    def _with_notes(self, said: Sequence[Said]) -> Iterator[Said]:
        """What is to be kept of the node goes with what the message says, even if that is nothing else."""
        is_numbered = self.kind != "NDEATH" and self.payload.HasField("seq")
        heard = self.subscription.births.last(self.edge) if is_numbered else None
        if heard is None and not self.changed:
            yield from said
            return
        first, *rest = said or [self._silent(self.edge)]
        yield replace(first, heard=heard, births=(*self.changed, *first.births))
        yield from rest

    def _silent(self, node: str) -> Said:
        return Said(sensor_id(node), "sparkplug", self.subscription.watchdog_of(None), None)

    def _birth(self) -> Said:
        wanted = self.subscription.value.text
        aliases, bays = explained(self.payload, wanted)
        if len(bays) > MOST_BAYS:
            raise NotUnderstoodError(f"it has more than {MOST_BAYS} bays")
        at = numbers.sent_at(self.payload, self.message)
        birth = Birth(self.node, birth_number(self.payload), at, aliases, bays, wanted)
        self.subscription.births.remember([birth])
        return replace(self._silent(self.node), births=(birth,))

    def _node_death(self) -> Iterator[Said]:
        births = self.subscription.births
        known, told = births.find(self.edge), birth_number(self.payload)
        if known is not None and None not in (known.bd_seq, told) and known.bd_seq != told:
            return
        yield from self._death(births.under(self.edge))

    def _death(self, nodes: Sequence[str]) -> Iterator[Said]:
        """Nobody knows any more; of a death that we hear of late, from the node's last word on."""
        births = self.subscription.births
        heard = None if self.message.live else births.last(self.edge)
        at = None if heard is None else min(heard.at, self.message.seen_at)
        for sensor in [sensor for node in nodes or [self.node] for sensor in births.own_sensors(node)]:
            yield tell(self.message, self.subscription, sensor_id(sensor), None, at=at, quality=("offline",))
        self.changed.extend(births.end(nodes))

    def _readings(self) -> Iterator[Said]:
        births, wanted = self.subscription.births, self.subscription.value.text
        birth = births.living(self.node)
        try:
            found = find(self.node, self.payload, wanted, None if birth is None else birth.aliases)
        except NotUnderstoodError:
            self._ask_rebirth()
            raise
        is_birth = self.kind.endswith("BIRTH")
        for (name, _), metric in found.items():
            try:
                yield reading(name, metric, self.payload, self.message, self.subscription, is_birth=is_birth)
            except NotUnderstoodError:
                if len(found) == 1 and not is_birth:
                    raise
                # What one bay says and nobody understands holds up no other, nor a birth: of this one nothing is known.
                with suppress(NotUnderstoodError):  # neither its name nor its time can be read
                    yield unreadable(name, metric, self.payload, self.message, self.subscription)
        bays = [name.removeprefix(self.node).removeprefix("/") for name, _ in found]
        met = births.meet(self.node, bays, self.message.seen_at, wanted) if bays else None
        if met is not None:
            self.changed.append(met)

    def _ask_rebirth(self) -> None:
        if self.subscription.rebirth:
            self.subscription.rebirths.want(self.edge, self.message.seen_at)
