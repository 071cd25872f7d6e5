"""What a fact costs, by the number of bays that the ledger holds and by how long a stay has been going on."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain

from benchmarks.fleet_of_bays import fleet, heard, minutes, reads, record_all, updates
from enforcement.facts import AnyFact

BY_BAYS = (100, 1_000, 33_000)
BY_UPDATES = (10, 100, 1_000)
_FACTS = 3_000
_STAYS = 50
_ROUNDS = 20


def by_bays(url: str, bays: int, count: int = _FACTS) -> float:
    """CPU milliseconds to record and decide a reading that changes what its bay is, with so many bays known."""
    start = datetime.now(UTC) - minutes(600)
    with fleet(url, bays, start) as ledger:
        record_all(ledger, reads(range(bays), start, occupied=False), start)
        # Over all bays alike; a batch is never larger than the fewest bays, so that it has one fact a bay everywhere.
        rounds = range(1, max(2, count // bays + 1))
        spread = range(0, bays, max(1, bays // count))
        facts = list(
            chain.from_iterable(reads(spread, start + minutes(5 * turn), occupied=turn % 2 == 1) for turn in rounds)
        )
        _, cpu = record_all(ledger, facts, start + minutes(5 * len(rounds)), BY_BAYS[0])
        return 1000 * cpu / len(facts)


def by_updates(url: str, count: int) -> float:
    """CPU milliseconds to record and decide a session's next update in a stay that has had so many, a minute apart."""
    start = datetime.now(UTC) - minutes(2_000)
    with fleet(url, _STAYS, start) as ledger:
        for turn in range(count):
            record_all(ledger, _told(start, turn), start + minutes(turn))
        cpu = 0.0
        for turn in range(count, count + _ROUNDS):
            facts = list(_told(start, turn))
            cpu += record_all(ledger, facts, start + minutes(turn))[1]
        return 1000 * cpu / (_STAYS * _ROUNDS)


def _told(start: datetime, turn: int) -> Iterator[AnyFact]:
    """One round: the network is heard and tells of all sessions; sensors repeat themselves every tenth minute."""
    at = start + minutes(turn)
    yield heard(at)
    if turn % 10 == 0:
        yield from reads(range(_STAYS), at, occupied=True, edge=turn == 0)
    yield from updates(range(_STAYS), start, at, 100 * turn)
