"""A whole fleet at once: sensors at a hundred times their real rate, networks with sessions at five times theirs.

All is real: the service's processes as they are installed, mosquitto, the database, on two cores; what is sent comes
from processes of its own, and so does whoever watches when it is decided.
"""

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Connection, func, select, text

from benchmarks.asking import Asked, asked
from benchmarks.fleet_of_bays import fleet, minutes
from benchmarks.fleet_readings import A_SESSION_IN
from benchmarks.installed import installed
from benchmarks.places import broker_process, until
from benchmarks.processes import cpu_seconds, keep_to, resident_bytes
from benchmarks.receivers import registered
from ledger.database import Ledger, table
from models import FactRow, WaitingFact

BAYS = 33_000
# A bay and second: 54 messages of a sensor a day, times a hundred; an update a minute for one bay in five, times five.
READINGS, SESSIONS = 100 * 54 / 86_400, 5 / 60 / 5
SHARES = (1.0, 0.75, 0.5, 0.25)
_GOAL_S = 1.0
_KEPT = 0.98
_CORES = 2
_TAKEN = ("200 1000", "201 1000")
_AT_ONCE, _PATIENCE_S = 1e6, 180.0
_FACTS, _WAITING = table(FactRow).c, table(WaitingFact).c


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from when something was sent until its decision was there for others to see; how many were watched."""

    watched: int
    p50: float
    p99: float

    @classmethod
    def of(cls, seconds: list[float]) -> "Latency":
        """Without any, it was endless."""
        if len(seconds) < 2:
            return cls(len(seconds), float("inf"), float("inf"))
        hundredths = statistics.quantiles(seconds, n=100, method="inclusive")
        return cls(len(seconds), hundredths[49], hundredths[98])


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of one share of the load. Rates are a second; ``left`` was sent and not decided at the end.

    ``cpu``: CPU seconds a second by process, ``load_cpu``: those of whoever sends and watches; ``memory`` in bytes.
    """

    share: float
    seconds: float
    offered: Mapping[str, float]
    kept: Mapping[str, float]
    left: Mapping[str, int]
    latency: Mapping[str, Latency]
    refused: int
    cpu: Mapping[str, float]
    load_cpu: float
    memory: Mapping[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        """Whether all that was offered was decided, and 99 of 100 within the goal."""
        in_time = all(each.p99 < _GOAL_S for each in self.latency.values())
        all_kept = all(self.kept[kind] >= _KEPT * self.offered[kind] for kind in self.offered)
        return in_time and all_kept and not self.refused


@dataclass(slots=True)
class _Stage:
    """All that runs. ``ours`` and ``theirs``: process ids by name, the service's and what it stands on."""

    ledger: Ledger
    bays: int
    readings: Asked
    sessions: Asked
    probe: Asked
    ours: dict[str, int]
    theirs: dict[str, int]

    def offer(self, share: float, seconds: float) -> Carried:
        """Send so much for so long, wait until it is decided, and tell what became of it."""
        rates = {"readings": share * READINGS * self.bays, "sessions": share * SESSIONS * self.bays}
        self.probe.ask(watch=True)
        self.probe.answer()
        first, before = self.newest(), self._cpu()
        start = time.time() + 0.2
        for kind, rate in rates.items():
            getattr(self, kind).ask(rate=rate, seconds=seconds, start=start)
        time.sleep(max(0.0, start + seconds - time.time()))
        after, memory = self._cpu(), {name: resident_bytes(pid) for name, pid in self.ours.items()}
        decided = self.decided(first)
        sent = {kind: getattr(self, kind).answer() for kind in rates}
        counts = {kind: int(sent[kind]["sent"]) for kind in rates}
        self.drain(first, counts)
        self.probe.ask(watch=False)
        seen = self.probe.answer()
        refused = sum(count for answer, count in sent["sessions"]["answers"].items() if answer not in _TAKEN)
        in_time = {kind: [took for at, took in seen[kind] if start <= at] for kind in rates}
        return Carried(
            share=share,
            seconds=seconds,
            offered=rates,
            kept={kind: min(decided[kind], counts[kind]) / seconds for kind in rates},
            left={kind: max(0, counts[kind] - decided[kind]) for kind in rates},
            latency={kind: Latency.of(took) for kind, took in in_time.items()},
            refused=refused,
            cpu={name: (after[name] - before[name]) / seconds for name in after},
            load_cpu=sum(float(sent[kind]["cpu"]) for kind in rates) / seconds,
            memory=memory,
        )

    def drain(self, first: int, counts: Mapping[str, int], patience_s: float = _PATIENCE_S) -> None:
        """Wait until all that was sent is decided."""

        def is_done() -> bool:
            decided = self.decided(first)
            return all(decided[kind] >= counts[kind] for kind in counts)

        until(is_done, "all is decided", patience_s)

    def _cpu(self) -> dict[str, float]:
        return {name: cpu_seconds(pid) for name, pid in {**self.ours, **self.theirs}.items()}

    def newest(self) -> int:
        """The id of the last fact."""
        with self.ledger.read() as conn:
            return int(conn.execute(select(func.coalesce(func.max(_FACTS.id), 0))).scalar_one())

    def decided(self, first: int) -> dict[str, int]:
        """How many facts since the one with that id are decided: readings at once, sessions once they don't wait."""
        with self.ledger.read() as conn:
            return {
                "readings": _count(conn, "OccupancyRead", first),
                "sessions": _count(conn, "SessionUpdated", first) - _waiting(conn),
            }


def measure(
    url: str, bays: int = BAYS, shares: Sequence[float] = SHARES, trial_s: float = 10.0, seconds: float = 60.0
) -> list[Carried]:
    """The largest of these shares that is carried, measured for ``seconds``, after short trials from the first on.

    The trial that comes first of all is not told: it is still of the warming up.
    """
    with _staged(url, bays) as stage:
        _warm_up(stage)
        stage.offer(shares[0], trial_s)  # what all said at once is looked at again at once, and cleared away
        found: list[Carried] = []
        for share in shares:
            found.append(stage.offer(share, trial_s))
            if found[-1].holds:
                break
        return [*found, stage.offer(found[-1].share, seconds)]


def _warm_up(stage: _Stage) -> None:
    """All sessions begin, and each sensor speaks twice: what processes remember of bays is there then.

    With its first word a sensor becomes known, which changes the registry; only from its second on it is as always.
    """
    _knock(stage)
    first = stage.newest()
    counts = {"readings": 2 * stage.bays, "sessions": len(range(0, stage.bays, A_SESSION_IN))}
    for kind, most in counts.items():
        getattr(stage, kind).ask(rate=_AT_ONCE, seconds=_PATIENCE_S, start=time.time(), most=most)
    for kind, most in counts.items():
        if getattr(stage, kind).answer()["sent"] != most:
            raise SystemExit(f"the {kind} did not warm up")
    stage.drain(first, counts)


def _knock(stage: _Stage) -> None:
    """Until a reading comes through, the sensors process has not subscribed; it starts in a second or two."""

    def is_heard() -> bool:
        stage.readings.ask(rate=_AT_ONCE, seconds=1.0, start=time.time(), most=1)
        stage.readings.answer()
        time.sleep(0.5)
        return stage.decided(0)["readings"] > 0

    until(is_heard, "the sensors process listens")


@contextmanager
def _staged(url: str, bays: int) -> Iterator[_Stage]:
    cores = set(sorted(psutil.Process().cpu_affinity())[:_CORES])
    with (
        fleet(url, bays, datetime.now(UTC) - minutes(60)) as ledger,
        tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder,
        broker_process() as (address, broker),
        installed(url, address, Path(folder)) as (running, port),
        asked("benchmarks.fleet_readings", address, str(bays)) as readings,
        asked("benchmarks.fleet_sessions", str(port), registered(url), str(bays)) as sessions,
        asked("benchmarks.fleet_probe", url, str(bays)) as probe,
    ):
        ours = {name: child.pid for name, child in running.items()}
        theirs = {"mosquitto": broker, **_server(ledger)}
        for pid in {**ours, **theirs}.values():
            keep_to(pid, cores)
        yield _Stage(ledger, bays, readings, sessions, probe, ours, theirs)


def _server(ledger: Ledger) -> dict[str, int]:
    """The database's own process, where it has one."""
    if ledger.engine.dialect.name == "sqlite":
        return {}
    with ledger.read() as conn:
        backend = int(conn.execute(text("SELECT pg_backend_pid()")).scalar_one())
    return {"PostgreSQL": psutil.Process(backend).ppid()}


def _count(conn: Connection, kind: str, first: int) -> int:
    query = select(func.count()).where(_FACTS.id > first, _FACTS.kind == kind)
    return int(conn.execute(query).scalar_one())


def _waiting(conn: Connection) -> int:
    return int(conn.execute(select(func.count()).select_from(table(WaitingFact))).scalar_one())
