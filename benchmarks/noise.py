"""Noise in the two weeks of Boulder: what would sensors and networks that err make drivers pay?

Each session of the history becomes what a perfect sensor and a perfect network would have said: arrival and departure
as changes, a heartbeat every half hour, and the session's updates. What the history does not tell is drawn by chance:
vehicles stand there for up to 15 minutes before they plug in, and for half an hour, on average, after the session, as
far as the next one leaves room. So much is the truth: all time but charging costs, with no grace, by the second. Then
one kind of noise is put in, and the core judges each bay.

A minute is *wrongly billed* if it is billed and should cost nothing in truth, *missed* if it should and is not billed.
"""

import gzip
import itertools
import random
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from csv import DictReader
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from enforcement.decision import decide
from enforcement.evidence import Evidence
from enforcement.facts import AnyFact, OccupancyRead, Period, SessionUpdated, evse_subject, sensor_subject
from enforcement.fee_lines import Treatment
from enforcement.folding import extend, fold
from enforcement.intervals import Span, intersect, merged, subtract, total
from enforcement.policy_document import read_policy
from enforcement.setting import BaySetting, NetworkHabits

DATA = Path(__file__).resolve().parents[2] / "shared/data/boulder/boulder_demo_2019-10-07_2019-10-20.csv.gz"
SEED = 5

_HEARTBEAT = timedelta(minutes=30)
_UPDATE = timedelta(minutes=15)
_AFTER = timedelta(days=3)
_SWAP = timedelta(minutes=1)
_NETWORK = "us*cpt"
_POLICY = read_policy(
    """
id = "strict"
version = 1
title = "No grace, every second"
effective_from = 2019-01-01T00:00:00Z
currency = "USD"
"""
    + "".join(
        f'[[clause]]\nkind = "{kind}"\ngrace = "0s"\nrate = "1"\nper = "1m"\nunit = "1s"\n'
        for kind in ("unplugged", "idle", "overstaying")
    )
)


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
            station=f"{_NETWORK}*{self.key}",
            zone="America/Denver",
            sensors={self.key: timedelta(hours=2)},
            evses=(f"{_NETWORK}*{self.key}*1",),
            networks={_NETWORK: NetworkHabits()},
        )

    @property
    def due(self) -> list[Span]:
        """The truth: not plugged in yet, or done."""
        return merged(span for v in self.visits for span in ((v.came, v.start), (v.charged, v.left)))


@dataclass(frozen=True, slots=True)
class Score:
    """Minutes of all bays together."""

    due: float
    wrong: float
    missed: float


Noise = Callable[[list[AnyFact], Port, random.Random], list[AnyFact]]


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
        room = _AFTER / 2 if following is None else (following.start - visit.end) / 2
        left = visit.end + min(room, chance.expovariate(1) * timedelta(minutes=30))
        yield replace(visit, came=came, left=left)
        empty = left + _SWAP


def perfect(port: Port) -> list[AnyFact]:
    """What would have been said without any noise, in order."""
    return sorted([*_sensor(port), *_network(port)], key=lambda fact: fact.at)


def _sensor(port: Port) -> Iterator[OccupancyRead]:
    at, last = port.visits[0].came - _HEARTBEAT, port.visits[-1].left + _AFTER
    changes = [(moment, taken) for v in port.visits for moment, taken in ((v.came, True), (v.left, False))]
    words = [(moment, taken, True) for moment, taken in changes if moment > at]
    states = iter(changes)
    following, taken = next(states, None), False
    while at < last:
        while following is not None and following[0] <= at:
            taken, following = following[1], next(states, None)
        words.append((at, taken, False))
        at += _HEARTBEAT
    for count, (moment, occupied, edge) in enumerate(sorted(words, key=lambda word: word[:2])):
        yield OccupancyRead(
            at=moment,
            seen_at=moment,
            source="mqtt",
            source_id=str(count),
            subject=sensor_subject(port.key),
            occupied=occupied,
            edge=edge,
            join="j",
            counter=count,
        )


def _network(port: Port) -> Iterator[SessionUpdated]:
    for visit in port.visits:
        moments = [visit.start + i * _UPDATE for i in range(int((visit.end - visit.start) / _UPDATE) + 1)]
        for moment in sorted({*moments, visit.charged}):
            if moment < visit.end:
                yield _update(port, visit, moment, "ACTIVE")
        yield _update(port, visit, visit.end, "COMPLETED")


def _update(port: Port, visit: Visit, at: datetime, status: str) -> SessionUpdated:
    done = visit.charged <= at
    flowed = min(at, visit.charged) - visit.start
    return SessionUpdated(
        at=at,
        seen_at=at,
        source="ocpi",
        source_id=f"{visit.session}:{at.isoformat()}:{status}",
        subject=evse_subject(f"{_NETWORK}*{port.key}*1"),
        session=visit.session,
        token=visit.session,
        status=status,  # type: ignore[arg-type]
        started_at=visit.start,
        ended_at=visit.end if status == "COMPLETED" else None,
        energy_wh=int(flowed / timedelta(seconds=1)),
        periods=(Period(start=visit.charged, parking=True),) if done else (),
        periods_complete=True,
    )


def judge(port: Port, facts: Sequence[AnyFact]) -> tuple[list[Span], list[Span]]:
    """What is billed, and what should be: facts as they come, in the order of their receipt."""
    setting = port.setting
    evidence, known = Evidence(), []
    late = False
    for fact in sorted(facts, key=lambda fact: fact.seen_at):
        known.append(fact)
        late = late or not extend(evidence, fact, setting)
    if late:
        evidence = fold(known, setting)
    now = max(fact.seen_at for fact in facts) + timedelta(hours=1)
    heard: dict[str, list[Span]] = {_NETWORK: [(port.visits[0].start - timedelta(days=1), now)]}
    found = decide(evidence, setting, heard, (_POLICY,), now)
    lines = [line for v in found.violations for line in v.fee.lines if line.treatment is Treatment.BILLED]
    billed = merged((line.start, line.end) for line in lines)
    return billed, port.due


def score(noise: Noise, places: Sequence[Port], seed: int = SEED) -> Score:
    """What a kind of noise does to all bays."""
    due = wrong = missed = timedelta(0)
    for port in places:
        chance = random.Random(f"{seed}:{port.key}")
        billed, truth = judge(port, noise(perfect(port), port, chance))
        due += total(truth)
        wrong += total(subtract(billed, truth))
        missed += total(truth) - total(intersect(billed, truth))
    minute = timedelta(minutes=1)
    return Score(due / minute, wrong / minute, missed / minute)
