"""So many graces that end in the same second: how long until all are decided and durable."""

import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.synchronize import Barrier

from sqlalchemy import func, select

from benchmarks.fleet_of_bays import fleet, heard, minutes, record_all, updates
from benchmarks.places import make_ledger
from commands.beginning import collect_seldom
from enforcement.violations import State
from ledger.assess import assess_due
from ledger.database import Ledger, table
from ledger.remembered_bays import remembered
from models import Bay, ViolationRow

BAYS = 33_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds that passed, and CPU seconds of the one process that decides."""

    seconds: float
    cpu: float


def measure(url: str, bays: int = BAYS) -> Measured:
    """All vehicles stop charging at the same moment; ten minutes later the clock process looks, again and again."""
    with _ending_at_once(url, bays) as (ledger, over):
        took, cpu = -time.perf_counter(), -time.process_time()
        while assess_due(ledger, over):
            pass
        return Measured(took + time.perf_counter(), cpu + time.process_time())


def shared(url: str, processes: int, bays: int = BAYS) -> float:
    """Seconds until so many clock processes have decided all of them, and none finds any that is due."""
    with _ending_at_once(url, bays) as (_, over):
        spawn = multiprocessing.get_context("spawn")
        ready = spawn.Barrier(processes + 1)
        running = [spawn.Process(target=_decide, args=(url, over, ready)) for _ in range(processes)]
        for each in running:
            each.start()
        ready.wait()
        took = -time.perf_counter()
        for each in running:
            each.join()
        return took + time.perf_counter()


def _decide(url: str, now: datetime, ready: Barrier) -> None:
    """As a clock process that has been running: it has heard of every bay."""
    collect_seldom()
    ledger = make_ledger(url)
    with ledger.write(now) as tx:
        remembered(tx, list(tx.conn.execute(select(table(Bay).c.id)).scalars()))
    ready.wait()
    while assess_due(ledger, now):
        pass


@contextmanager
def _ending_at_once(url: str, bays: int) -> Iterator[tuple[Ledger, datetime]]:
    """A ledger with so many graces, and the moment at which all end; afterwards all must be decided."""
    done = datetime.now(UTC).replace(microsecond=0)
    over = done + minutes(10)
    with fleet(url, bays, done - minutes(60)) as ledger:
        facts = updates(range(bays), done - minutes(40), done, 20_000, [done])
        record_all(ledger, facts, done)
        record_all(ledger, [heard(over)], over)
        if _count(ledger, State.WATCHED) != bays:
            raise SystemExit(f"{_count(ledger, State.WATCHED)} of {bays} graces run")
        yield ledger, over
        if _count(ledger, State.RUNNING) != bays:
            raise SystemExit(f"{_count(ledger, State.RUNNING)} of {bays} are decided")


def _count(ledger: Ledger, state: State) -> int:
    rows = table(ViolationRow).c
    with ledger.read() as conn:
        return int(conn.execute(select(func.count()).where(rows.state == state)).scalar_one())
