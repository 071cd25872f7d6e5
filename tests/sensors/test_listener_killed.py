"""kill -9 at any moment: every fact is recorded, and recorded once."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from signal import SIGKILL

import pytest

from ledger.database import Ledger
from models import FactRow
from tests.conftest import NOON
from tests.sensors.conftest import count, rows
from tests.support.brokers import RunningBroker, TestPublisher, wait_for
from tests.support.forked import end, fork
from tests.support.sensors_process import listen

COUNT = 3000


@contextmanager
def consumer(broker: RunningBroker, database_url: str) -> Iterator[None]:
    """It is killed in the end."""
    process = fork(listen, broker.url, database_url)
    try:
        yield
    finally:
        assert end(process, kill=True) == -SIGKILL, "it had not ended by itself"


def at(number: int) -> str:
    return (NOON + timedelta(seconds=number)).isoformat()


def publish_all(broker: RunningBroker) -> None:
    with TestPublisher(broker) as publisher:
        for number in range(COUNT):
            body = {"occupied": number % 2 == 0, "at": at(number), "event": "change"}
            publisher.send(f"x/bays/s{number % 11}", body, wait=number % 50 == 49)


@pytest.mark.parametrize(
    ("broker", "database_url"),
    [
        pytest.param("mosquitto", "sqlite", marks=pytest.mark.mosquitto),
        pytest.param("mosquitto", "postgresql", marks=pytest.mark.mosquitto),
        ("iotcore", "sqlite"),
    ],
    indirect=True,
)
def test_a_consumer_killed_twice_in_the_stream_records_every_fact_once(
    ledger: Ledger, broker: RunningBroker, database_url: str
) -> None:
    def recorded() -> int:
        return count(ledger, FactRow)

    def probe() -> bool:
        with TestPublisher(broker) as publisher:
            publisher.send("x/bays/probe", {"occupied": True, "at": at(-60)})
        return recorded() > 0

    sender = threading.Thread(target=publish_all, args=(broker,))
    with consumer(broker, database_url):
        wait_for(probe, "the first consumer listens")
        sender.start()
        wait_for(lambda: recorded() > COUNT // 10, "a part is recorded")
    with consumer(broker, database_url):
        wait_for(lambda: recorded() > COUNT // 2, "half is recorded")
    with consumer(broker, database_url):
        sender.join()
        wait_for(lambda: recorded() > COUNT, "all is recorded", 60)
    facts = rows(ledger, FactRow)
    expected = {f"s{n % 11}:{at(n)}:{'occupied' if n % 2 == 0 else 'free'}" for n in range(COUNT)}
    assert {row.source_id for row in facts} == expected | {f"probe:{at(-60)}:occupied"}
    assert len(facts) == COUNT + 1
