"""Things by number, in the order in which they were met: what columns hold in place of the things themselves."""

from collections.abc import Hashable
from typing import Generic, TypeVar

T = TypeVar("T", bound=Hashable)


class Numbered(Generic[T]):
    """``known[number]`` is the thing."""

    def __init__(self) -> None:
        self.known: list[T] = []
        self._numbers: dict[T, int] = {}

    def number(self, thing: T) -> int:
        """The number of a thing, a new one where it was not met before."""
        found = self._numbers.setdefault(thing, len(self.known))
        if found == len(self.known):
            self.known.append(thing)
        return found
