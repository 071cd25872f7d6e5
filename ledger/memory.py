"""What a process remembers of the registry, and what of it a change leaves standing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from ledger.registry_changes import Concern

K = TypeVar("K")
V = TypeVar("V")
# So many that those of a million bays are small enough to be copied, and those of a small lot cost nothing.
_PARTS = 1_024


class Shelf(Generic[K, V]):
    """A dictionary in parts. Where a few keys are taken off, the shelf without them shares all parts but theirs.

    Whoever still works with the shelf as it was may go on putting things on it. They reach the new one only in parts of
    which nothing was taken off; what is there did not change.
    """

    __slots__ = ("_parts",)

    def __init__(self, parts: dict[int, dict[K, V]] | None = None) -> None:
        self._parts = {} if parts is None else parts

    def __contains__(self, key: K) -> bool:
        return key in self._parts.get(hash(key) % _PARTS, ())

    def __getitem__(self, key: K) -> V:
        return self._parts[hash(key) % _PARTS][key]

    def __setitem__(self, key: K, value: V) -> None:
        self._parts.setdefault(hash(key) % _PARTS, {})[key] = value

    def get(self, key: K) -> V | None:
        """What lies there, or None."""
        part = self._parts.get(hash(key) % _PARTS)
        return None if part is None else part.get(key)

    def update(self, values: Mapping[K, V]) -> None:
        """Put all of these on it."""
        for key, value in values.items():
            self[key] = value

    def without(self, keys: Iterable[K]) -> "Shelf[K, V]":
        """The same without these keys; this one stays as it is."""
        taken: dict[int, list[K]] = {}
        for key in keys:
            taken.setdefault(hash(key) % _PARTS, []).append(key)
        parts = self._parts.copy()
        for index in taken.keys() & parts.keys():
            part = parts[index] = parts[index].copy()
            for key in taken[index]:
                part.pop(key, None)
        return Shelf(parts)


@dataclass(slots=True)
class Memory:
    """What a process remembers of the registry from one transaction to the next, while its version stands.

    ``contexts`` and ``needs`` by bay, ``ties`` by subject, ``traits`` by place and trait, ``sites`` by station.
    ``tokens``: of tokens that were compared, the ciphertext and the digest of what it holds: decrypting costs more than
    all else that a session's update needs. ``partners``: whose an Authorization header is, by its digest.

    A transaction that changes the registry (:func:`ledger.database.registry_changed`) goes on with a memory of its own.
    """

    version: int
    contexts: Shelf[str, Any] = field(default_factory=Shelf)
    ties: Shelf[str, Any] = field(default_factory=Shelf)
    traits: Shelf[tuple[str, str], str] = field(default_factory=Shelf)
    needs: Shelf[str, Any] = field(default_factory=Shelf)
    sites: dict[str, Any] = field(default_factory=dict)
    notices: Any = None
    policies: Any = None
    wanting: Any = None
    subscriptions: Any = None
    tokens: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    partners: dict[bytes, Any] = field(default_factory=dict)

    def after(self, version: int, concern: Concern) -> "Memory":
        """What is left of it at a later version, when all that changed since then is what ``concern`` names.

        Nothing else follows from bays, ties or places. What is shared with this one may still be put there by
        transactions that began with it: it was read after its version, and none of it has changed up to the new one.
        """
        return Memory(
            version,
            contexts=self.contexts.without(concern.bays),
            ties=self.ties.without(concern.subjects),
            traits=self.traits.without(concern.words),
            needs=self.needs.without(concern.bays),
            sites={} if concern.sites else self.sites,
            notices=self.notices,
            policies=self.policies,
            wanting=self.wanting,
            subscriptions=self.subscriptions,
            tokens=self.tokens,
            partners=self.partners,
        )

    def of_its_own(self) -> "Memory":
        """For a transaction that changes bays, ties or places: nothing of these, and what cannot have changed."""
        return Memory(
            -1,
            notices=self.notices,
            policies=self.policies,
            wanting=self.wanting,
            subscriptions=self.subscriptions,
            tokens=self.tokens,
        )
