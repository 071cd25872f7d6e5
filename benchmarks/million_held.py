"""``python -m benchmarks.million_held DATABASE BAYS SINCE``: one process that holds all bays and records facts of some.

It remembers of each bay what recording a fact of it leaves behind. Prints its memory and what things cost, as JSON.
"""

import gc
import json
import sys
import time
from datetime import datetime
from itertools import chain

import psutil

from benchmarks.fleet_of_bays import minutes, reads, record_all
from benchmarks.places import make_ledger
from ledger.database import Ledger
from ledger.remembered_bays import bays_of, remembered

_BATCH = 500
_FACTS_AT_ONCE = 100
_SAMPLE = 1_000
_ROUNDS = 3


def main(database: str, bays: str, since: str) -> None:
    """Hold, record, print."""
    ledger, count, start = make_ledger(database), int(bays), datetime.fromisoformat(since)
    kept = -time.process_time()
    _hold_all(ledger, count, start)
    kept += time.process_time()
    gc.collect()  # what was loaded at once would else be looked through in the midst of few facts
    fact = _record_some(ledger, count, start)
    memory = psutil.Process().memory_info().rss
    print(json.dumps({"memory": memory, "kept": 1000 * kept / count, "fact": fact}))


def _hold_all(ledger: Ledger, bays: int, start: datetime) -> None:
    """Sensors speak for the first time: which bays they lie in, and what is to be known of these."""
    for first in range(0, bays, _BATCH):
        facts = list(reads(range(first, min(first + _BATCH, bays)), start, occupied=False))
        with ledger.write(start) as tx:
            remembered(tx, bays_of(tx, facts))


def _record_some(ledger: Ledger, bays: int, start: datetime) -> float:
    """CPU milliseconds for a reading that changes what its bay is, over bays from everywhere."""
    spread = range(0, bays, max(1, bays // _SAMPLE))
    record_all(ledger, reads(spread, start + minutes(5), occupied=False), start + minutes(5))
    turns = range(2, 2 + _ROUNDS)
    facts = list(chain.from_iterable(reads(spread, start + minutes(5 * t), occupied=t % 2 == 0) for t in turns))
    _, cpu = record_all(ledger, facts, start + minutes(5 * turns[-1]), _FACTS_AT_ONCE)
    return 1000 * cpu / len(facts)


if __name__ == "__main__":
    main(*sys.argv[1:])
