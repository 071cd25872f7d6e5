"""Noise of sensors: words that are lost or wrong, clocks that are off, states that stick."""

import itertools
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from benchmarks.boulder import Port
from benchmarks.noise import Noise
from enforcement.facts import AnyFact, OccupancyRead

_MINUTE = timedelta(minutes=1)


def lost(share: float) -> Noise:
    """So many of the sensor's messages never come; their numbers show that they are missing."""
    return lambda facts, _, chance: [f for f in facts if not _is_word(f) or chance.random() >= share]


def lost_unnumbered(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """The same from a device that does not number its messages."""
    kept = [f for f in facts if not _is_word(f) or chance.random() >= 0.05]
    return [replace(f, join=None, counter=None) if isinstance(f, OccupancyRead) else f for f in kept]


def inaccurate(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """A sensor that is right in 95 of 100 words: the others say the opposite."""

    def say(fact: AnyFact) -> AnyFact:
        if isinstance(fact, OccupancyRead) and chance.random() < 0.05:
            return replace(fact, occupied=not fact.occupied)
        return fact

    return [say(fact) for fact in facts]


def blinking(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """Each twentieth word is followed by its opposite, and five seconds later by itself again, told as changes."""

    def say() -> Iterator[AnyFact]:
        for fact in facts:
            yield fact
            if isinstance(fact, OccupancyRead) and chance.random() < 0.05:
                for seconds, occupied in ((5, not fact.occupied), (10, bool(fact.occupied))):
                    at = fact.at + timedelta(seconds=seconds)
                    yield replace(
                        fact, at=at, seen_at=at, occupied=occupied, edge=True, source_id=f"{fact.source_id}+{seconds}",
                        join=None, counter=None,
                    )  # fmt: skip

    return list(say())


def behind(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """Devices stamp with clocks of their own, up to ten minutes behind; what is further off is not believed."""
    skew = chance.random() * 10 * _MINUTE
    return [replace(f, at=f.at - skew, network_at=f.at) if isinstance(f, OccupancyRead) else f for f in facts]


def ahead(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """Clocks ahead of their network's are held back to it, some jump between the two sides."""

    def say(fact: AnyFact) -> AnyFact:
        skew = min(timedelta(0), chance.uniform(-10, 10) * _MINUTE)
        return replace(fact, at=fact.at + skew, network_at=fact.at) if isinstance(fact, OccupancyRead) else fact

    return [say(fact) for fact in facts]


def stuck(occupied: bool) -> Callable[[list[AnyFact], Port, random.Random], list[AnyFact]]:
    """From a change on, for a day to four, the sensor repeats its word; then it tells the next change again."""

    def noise(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
        words = [f for f in facts if isinstance(f, OccupancyRead)]
        edges = [f.at for f in words if f.edge and f.occupied is not occupied]
        if not edges:
            return facts
        start = chance.choice(edges)
        end = start + chance.uniform(1, 4) * timedelta(days=1)
        return _numbered(f for f in (_repeat(f, occupied, start, end) for f in facts) if f is not None)

    return noise


def _is_word(fact: AnyFact) -> bool:
    return isinstance(fact, OccupancyRead)


def _numbered(facts: Iterable[AnyFact]) -> list[AnyFact]:
    """What is not said is not numbered either."""
    count = itertools.count()
    return [replace(f, counter=next(count)) if isinstance(f, OccupancyRead) else f for f in facts]


def _repeat(fact: AnyFact, occupied: bool, start: datetime, end: datetime) -> AnyFact | None:
    """What a stuck sensor makes of a word: heartbeats repeat, changes are not told."""
    if not isinstance(fact, OccupancyRead) or not start <= fact.at < end:
        return fact
    return None if fact.edge else replace(fact, occupied=occupied)
