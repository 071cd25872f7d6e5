"""Facts per second from MQTT publish to committed decision, and the same for the floor."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from benchmarks.places import BAYS, broker, furnish, make_ledger, process, until
from benchmarks.publisher import Publisher

MESSAGES = 12_000
_WARM_UP = BAYS
_COUNT = {
    "floor": "SELECT count(*) FROM floor_fact",
    "service": "SELECT count(*) FROM fact WHERE kind = 'OccupancyRead'",
}


def measure(database: str, consumer: str) -> float:
    """Messages a second, from the first publish to the last commit. Every message changes what its bay is."""
    furnish(database)
    ledger = make_ledger(database)

    def committed() -> int:
        with ledger.read() as conn:
            return int(conn.execute(text(_COUNT[consumer])).scalar_one())

    messages = list(_messages(_WARM_UP + MESSAGES))
    with broker() as url, process([sys.executable, "-m", "benchmarks.consumers", consumer, url, database]):
        client = Publisher(url)
        first = _subscribed(client, committed)
        client.publish(messages[:_WARM_UP])
        until(lambda: committed() >= first + _WARM_UP, f"the {consumer} has warmed up")
        began = time.perf_counter()
        client.publish(messages[_WARM_UP:])
        until(lambda: committed() >= first + len(messages), f"the {consumer} has committed all")
        took = time.perf_counter() - began
        client.close()
    ledger.close()
    return MESSAGES / took


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


def _messages(count: int) -> Iterator[tuple[str, bytes]]:
    """Vehicles come and go at all bays in turn, five minutes apart, up to now."""
    rounds = count // BAYS + 1
    start = datetime.now(UTC) - timedelta(minutes=5 * (rounds + 1))
    for number in range(count):
        turn, bay = divmod(number, BAYS)
        at = start + timedelta(minutes=5 * turn, milliseconds=bay)
        body = {"occupied": turn % 2 == 0, "at": at.isoformat(), "event": "change"}
        yield f"bench/bays/s{bay}", json.dumps(body).encode()
