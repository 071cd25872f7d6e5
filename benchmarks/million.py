"""A million bays: how they are registered, what a process holds that knows all of them, and what a fact costs there."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import update

from benchmarks.fleet_of_bays import evse_of, minutes, register_stations, station_of
from benchmarks.places import empty_database, make_ledger
from ledger import registry
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from models import BayState

BAYS = (33_000, 1_000_000)
_A_STATION = 500
_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Held:
    """``imported``: our CPU ms a bay; ``memory`` in bytes; ``kept``: CPU ms to load one; ``fact``: CPU ms of one."""

    imported: float
    memory: int
    kept: float
    fact: float


def measure(url: str, bays: int) -> Held:
    """Register so many, then let a process of its own hold them all and record facts of a few thousand."""
    now = datetime.now(UTC) - minutes(600)
    ledger = make_ledger(url)
    empty_database(ledger)
    register_stations(ledger, bays, now, _A_STATION)
    cpu = -time.process_time()
    for some in _batches(bays):
        with ledger.write(now) as tx:
            registry.import_bays(tx, some)
    cpu += time.process_time()
    _look_at_none(ledger, now)
    ledger.close()
    words = [sys.executable, "-m", "benchmarks.million_held", url, str(bays), now.isoformat()]
    answer = subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout
    return Held(imported=1000 * cpu / bays, **json.loads(answer))


def _batches(bays: int) -> Iterator[list[BayTie]]:
    for start in range(0, bays, _BATCH):
        yield [
            BayTie(
                bay=f"bay-{bay}",
                station=station_of(bay, _A_STATION),
                name=str(bay),
                evses=(evse_of(bay),),
                sensors=(f"s{bay}",),
            )
            for bay in range(start, min(start + _BATCH, bays))
        ]


def _look_at_none(ledger: Ledger, now: datetime) -> None:
    """A clock would look at each bay once after the import, for minutes; the first fact of a bay does the same."""
    with ledger.write(now) as tx:
        tx.conn.execute(update(table(BayState)).values(due_at=None))
