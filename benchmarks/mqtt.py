"""Facts per second from MQTT publish to committed decision, for the floor, and for Node-RED flows."""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import text

from benchmarks.node_red import FLOWS, node_red
from benchmarks.places import broker, furnish, make_ledger, process, until
from benchmarks.publisher import Publisher

MESSAGES = 12_000
# More than a batch holds, so that no two readings of a bay are judged together.
BAYS = 2_000
# Sensors here fall silent after two hours (the mapping's default). After a word that is older than that, its stay is
# over and settled by now; the next word is late for it and folds its bay again, which no live reading does.
_APART = timedelta(minutes=4)
_ROWS = "SELECT count(*) FROM floor_fact"
_FACTS = "SELECT count(*) FROM fact WHERE kind = 'OccupancyRead'"


def measure(database: str, consumer: str, count: int = MESSAGES, processes: int = 1, bays: int = BAYS) -> float:
    """Messages a second, from the first publish to the last commit. Every message changes what its bay is.

    ``processes``: so many of the service share the messages.
    """
    furnish(database, bays)
    ledger = make_ledger(database)
    question = text(_FACTS if consumer == "service" else _ROWS)

    def committed() -> int:
        with ledger.read() as conn:
            return int(conn.execute(question).scalar_one())

    messages = list(_messages(bays + count, bays))
    with (
        broker() as url,
        tempfile.TemporaryDirectory(prefix="baywarden-bench-") as folder,
        _consumer(consumer, processes, url, database, Path(folder)),
    ):
        client = Publisher(url)
        first = _subscribed(client, committed)
        client.publish(messages[:bays])
        until(lambda: committed() >= first + bays, f"the {consumer} has warmed up")
        began = time.perf_counter()
        client.publish(messages[bays:])
        until(lambda: committed() >= first + len(messages), f"the {consumer} has committed all")
        took = time.perf_counter() - began
        client.close()
    if committed() != first + len(messages):
        raise SystemExit(f"the {consumer} wrote {committed() - first} of {len(messages)} messages")
    ledger.close()
    return count / took


@contextmanager
def _consumer(name: str, processes: int, broker: str, database: str, folder: Path) -> Iterator[None]:
    with ExitStack() as ending:
        if name in FLOWS:
            ending.enter_context(node_red(name, broker, database, folder))
        else:
            command = [sys.executable, "-m", "benchmarks.consumers", name, broker, database]
            for member in range(processes):
                ending.enter_context(process(command if processes == 1 else [*command, str(member)]))
        yield


def _subscribed(client: Publisher, committed: Callable[[], int]) -> int:
    """Knock until a message comes through; gives how many did."""
    knocks = 0

    def answered() -> bool:
        nonlocal knocks
        knocks += 1
        body = {"occupied": False, "at": f"2024-01-01T00:{knocks // 60 % 60:02}:{knocks % 60:02}Z", "event": "change"}
        client.publish([("bench/bays/s0", json.dumps(body).encode())])
        time.sleep(0.25)
        return committed() > 0

    until(answered, "the consumer has subscribed")
    count = -1
    while count != committed():
        count = committed()
        time.sleep(1)
    return count


def _messages(count: int, bays: int) -> Iterator[tuple[str, bytes]]:
    """Vehicles come and go at all bays in turn, up to now."""
    rounds = count // bays + 1
    start = datetime.now(UTC) - _APART * (rounds + 1)
    for number in range(count):
        turn, bay = divmod(number, bays)
        at = start + _APART * turn + timedelta(milliseconds=bay)
        body = {"occupied": turn % 2 == 0, "at": at.isoformat(), "event": "change"}
        yield f"bench/bays/s{bay}", json.dumps(body).encode()
