"""All that runs in the bench of a fleet: the service, its broker and its database, and who sends and who watches."""

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psutil
from sqlalchemy import Connection, func, select, text

from benchmarks.asking import Asked, asked
from benchmarks.fleet_carried import Carried, Latency
from benchmarks.fleet_of_bays import fleet, minutes
from benchmarks.installed import installed
from benchmarks.places import broker_process, until
from benchmarks.processes import cpu_seconds, keep_to, resident_bytes
from benchmarks.receivers import registered
from ledger.database import Ledger, table
from models import FactRow, WaitingFact

# A bay and second: 54 messages of a sensor a day, times a hundred; an update a minute for one bay in five, times five.
READINGS, SESSIONS = 100 * 54 / 86_400, 5 / 60 / 5
PATIENCE_S = 180.0
_CORES = 2
_TAKEN = ("200 1000", "201 1000")
_FACTS = table(FactRow).c


@dataclass(slots=True)
class Stage:
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

    def drain(self, first: int, counts: Mapping[str, int], patience_s: float = PATIENCE_S) -> None:
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


@contextmanager
def staged(url: str, bays: int) -> Iterator[Stage]:
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
        yield Stage(ledger, bays, readings, sessions, probe, ours, theirs)


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
