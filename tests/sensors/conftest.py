"""Brokers and listeners for the tests of this folder."""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from ledger.database import Ledger, table
from sensors.address import BrokerAddress
from sensors.listener import run
from sensors.mapping_document import read_mapping
from tests.support.brokers import RunningBroker, wait_for

MOSQUITTO = pytest.param("mosquitto", marks=pytest.mark.mosquitto)


@pytest.fixture(params=[MOSQUITTO, "iotcore"])
def broker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningBroker]:
    """A real broker, each of the two that can be embedded."""
    with RunningBroker(request.param, tmp_path) as running:
        yield running


class Listening:
    """A listener in a thread, as the process runs it."""

    def __init__(self, ledger: Ledger, url: str, mapping: Any = None) -> None:
        self.stop_asked = threading.Event()
        self.error: Exception | None = None
        self._arguments = (ledger, BrokerAddress.parse(url), mapping or read_mapping(), lambda: datetime.now(UTC))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            run(*self._arguments, self.stop_asked, "listener-test")
        except Exception as error:
            self.error = error

    def wait_listening(self, caplog: pytest.LogCaptureFixture, times: int = 1) -> "Listening":
        def has_said_so() -> bool:
            assert self.error is None, self.error
            return sum(record.message.startswith("listening at") for record in caplog.records) >= times

        wait_for(has_said_so, "the listener listens")
        return self

    def wait_ended(self) -> None:
        self._thread.join(20)
        assert not self._thread.is_alive()

    def stop(self) -> None:
        self.stop_asked.set()
        self.wait_ended()


@pytest.fixture
def listen(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[..., Listening]]:
    """Start listeners, which end with the test."""
    caplog.set_level("INFO", logger="sensors")
    with ExitStack() as stack:

        def start(*arguments: Any) -> Listening:
            listening = Listening(*arguments)
            stack.callback(listening.stop)
            return listening

        yield start


def count(ledger: Ledger, model: Any) -> int:
    """How many rows a table has."""
    with ledger.read() as conn:
        return int(conn.execute(select(func.count()).select_from(table(model))).scalar_one())


def rows(ledger: Ledger, model: Any) -> Sequence[Any]:
    """All rows of a table."""
    with ledger.read() as conn:
        return conn.execute(select(table(model))).all()
