"""So many graces that end in the same second: how long until all are decided and durable."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from benchmarks.fleet_of_bays import fleet, heard, minutes, record_all, updates
from enforcement.violations import State
from ledger.assess import assess_due
from ledger.database import Ledger, table
from models import ViolationRow

BAYS = 33_000


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds that passed, and CPU seconds of the one process that decides."""

    seconds: float
    cpu: float


def measure(url: str, bays: int = BAYS) -> Measured:
    """All vehicles stop charging at the same moment; ten minutes later the clock process looks, again and again."""
    done = datetime.now(UTC).replace(microsecond=0)
    over = done + minutes(10)
    with fleet(url, bays, done - minutes(60)) as ledger:
        facts = updates(range(bays), done - minutes(40), done, 20_000, [done])
        record_all(ledger, facts, done)
        record_all(ledger, [heard(over)], over)
        if _count(ledger, State.WATCHED) != bays:
            raise SystemExit(f"{_count(ledger, State.WATCHED)} of {bays} graces run")
        took, cpu = -time.perf_counter(), -time.process_time()
        while assess_due(ledger, over):
            pass
        measured = Measured(took + time.perf_counter(), cpu + time.process_time())
        if _count(ledger, State.RUNNING) != bays:
            raise SystemExit(f"{_count(ledger, State.RUNNING)} of {bays} are decided")
        return measured


def _count(ledger: Ledger, state: State) -> int:
    rows = table(ViolationRow).c
    with ledger.read() as conn:
        return int(conn.execute(select(func.count()).where(rows.state == state)).scalar_one())
