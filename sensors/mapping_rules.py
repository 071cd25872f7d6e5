"""Rules of a subscription: which messages report a change, from where on a distance means a vehicle, what was heard."""

from dataclasses import dataclass

from sensors.fields import Path, TruthTable


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


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which distance on a bay is free.

    Nearer than ``near`` it is taken, from ``far`` on it is free. What lies between says neither: the reading before it
    goes on holding, but nothing is confirmed by it. So what a message means never depends on those before it.
    """

    near: float
    far: float


@dataclass(slots=True)
class Ear:
    """Whether anything has come by a subscription since the process began."""

    has_heard: bool = False
