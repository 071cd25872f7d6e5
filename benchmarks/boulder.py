"""The two weeks of Boulder, port by port: each session of the history, and the vehicle that it was of.

What the history does not tell is drawn by chance: vehicles stand there for up to 15 minutes before they plug in, and
for half an hour, on average, after the session, as far as the next one leaves room.
"""

import gzip
import itertools
import random
import zlib
from collections.abc import Iterable, Iterator, Sequence
from csv import DictReader
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from enforcement.intervals import Span, merged
from enforcement.setting import BaySetting, NetworkHabits

DATA = Path(__file__).resolve().parents[2] / "shared/data/boulder/boulder_demo_2019-10-07_2019-10-20.csv.gz"
SEED = 5
NETWORK = "us*cpt"
AFTER = timedelta(days=3)
_SWAP = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Visit:
    """One session of the history, and the vehicle that it was of: it came, plugged in, was done, unplugged and left."""

    session: str
    came: datetime
    start: datetime
    charged: datetime
    end: datetime
    left: datetime


@dataclass(frozen=True, slots=True)
class Port:
    """A bay with one EVSE, and who was there."""

    key: str
    visits: tuple[Visit, ...]

    @property
    def setting(self) -> BaySetting:
        """The bay with one sensor, numbered messages, and a network that is always heard."""
        return BaySetting(
            bay=self.key,
            station=f"{NETWORK}*{self.key}",
            zone="America/Denver",
            sensors={self.key: timedelta(hours=2)},
            evses=(f"{NETWORK}*{self.key}*1",),
            networks={NETWORK: NetworkHabits()},
        )

    @property
    def due(self) -> list[Span]:
        """The truth: not plugged in yet, or done."""
        return merged(span for v in self.visits for span in ((v.came, v.start), (v.charged, v.left)))


def ports(path: Path = DATA) -> list[Port]:
    """The history, port by port; where two sessions overlap on one, only the first is kept."""
    found: dict[str, list[Visit]] = {}
    with gzip.open(path, "rt") as file:
        for row in DictReader(file):
            start = datetime.fromisoformat(row["plug_in_utc"]).astimezone(UTC)
            charged = start + timedelta(seconds=int(row["charging_s"]))
            end = start + timedelta(seconds=int(row["total_s"]))
            key = f"{zlib.crc32(row['station'].encode()):08x}-{row['port_reconstructed']}"
            found.setdefault(key, []).append(Visit(row["session_id"], start, start, charged, end, end))
    return [Port(key, tuple(_parked(list(_apart(visits)), key))) for key, visits in sorted(found.items())]


def _apart(visits: Iterable[Visit]) -> Iterator[Visit]:
    end = datetime.min.replace(tzinfo=UTC)
    for visit in sorted(visits, key=lambda visit: visit.start):
        if visit.start >= end and visit.end > visit.start:
            yield visit
            end = visit.end


def _parked(visits: Sequence[Visit], key: str) -> Iterator[Visit]:
    """Before and after its session, a vehicle stands there for as long as the one before and after it leave room."""
    chance = random.Random(f"{SEED}:{key}:parked")
    empty = visits[0].start - timedelta(days=1)
    for visit, following in itertools.zip_longest(visits, visits[1:]):
        came = min(visit.start, max(empty, visit.start - chance.random() * timedelta(minutes=15)))
        room = AFTER / 2 if following is None else (following.start - visit.end) / 2
        left = visit.end + min(room, chance.expovariate(1) * timedelta(minutes=30))
        yield replace(visit, came=came, left=left)
        empty = left + _SWAP
