"""What Sparkplug nodes said at birth, remembered by each process: names behind numbers, who lives, what came last."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from ledger.births import Birth, Heard


class Births:
    """The last birth of each node and device, by ``group/edge`` and ``group/edge/device``; and each node's last number.

    A node's messages come in the order of its births, since a topic keeps its order: the last one that came counts,
    whatever its clock says.
    """

    def __init__(self) -> None:
        self._known: dict[str, Birth] = {}
        self._bays: dict[str, frozenset[str]] = {}
        self._heard: dict[str, Heard] = {}
        self._heard_here = set[str]()

    def remember(self, births: Sequence[Birth]) -> None:
        """Take these as the last."""
        for birth in births:
            self._known[birth.node], self._bays[birth.node] = birth, frozenset(birth.bays)

    def find(self, node: str) -> Birth | None:
        """The last birth of a node or device; ``is_born`` tells whether it still lives."""
        return self._known.get(node)

    def living(self, node: str) -> Birth | None:
        """The birth by which a node's or device's numbers are to be read."""
        known = self._known.get(node)
        return known if known is not None and known.is_born else None

    def under(self, node: str) -> list[str]:
        """A node and all devices of which anything is known."""
        return sorted(key for key in self._known if key == node or key.startswith(f"{node}/"))

    def sensors(self, node: str) -> Iterator[str]:
        """The sensors of a node and of all its devices, as far as they are known."""
        for each in self.under(node):
            yield from self.own_sensors(each)

    def own_sensors(self, node: str) -> list[str]:
        """The sensors of a node or device alone."""
        known = self._known.get(node)
        if known is None or not (known.bays or known.metric):
            return [node]  # before bays were kept, each node was taken for one
        return [f"{node}/{bay}" if bay else node for bay in known.bays]

    def end(self, nodes: Sequence[str]) -> list[Birth]:
        """These live no more: their numbers stand for nothing until they are born again. Gives what changed."""
        ended = [
            replace(birth, is_born=False, aliases={}) for node in nodes if (birth := self.living(node)) is not None
        ]
        self.remember(ended)
        return ended

    def meet(self, node: str, bays: Sequence[str], at: datetime, metric: str) -> Birth | None:
        """A node or device speaks of these bays by name. Gives what is to be kept, where that is news."""
        known = self._known.get(node)
        if known is not None and self._bays[node].issuperset(bays):
            return None
        met = known or Birth(node, None, at, {}, (), metric, is_born=False)
        met = replace(met, bays=tuple(sorted({*met.bays, *bays})))
        self.remember([met])
        return met

    def last(self, node: str) -> Heard | None:
        """The last numbered message of an edge node."""
        return self._heard.get(node)

    def is_heard_here(self, node: str) -> bool:
        """Whether an edge node was heard since this process began: before that nobody may have listened."""
        return node in self._heard_here

    def recall(self, heard: Sequence[Heard]) -> None:
        """These were the last numbered messages of their edge nodes before this process began."""
        self._heard.update({each.node: each for each in heard})

    def note(self, heard: Heard) -> None:
        """This is the last numbered message of its edge node."""
        self._heard[heard.node] = heard
        self._heard_here.add(heard.node)
