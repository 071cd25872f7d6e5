"""Work that goes on until it is told to stop, whatever becomes of its database."""

import io
import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError

from commands import sending
from commands.turns import AFTER_FAILURE_S, REST_S, take_turns
from ledger.database import Ledger
from ledger.deliveries import Outcome
from notifications.channels.base import Letter
from notifications.channels.console import ConsoleChannel
from notifications.sender import send_next
from settings import load
from tests.conftest import NOON, empty_ledger
from tests.support.outbox_rows import put_messages, states


class Stop(threading.Event):
    """Lets nobody wait: it notes for how long they would have, and what happens meanwhile happens."""

    def __init__(self, meanwhile: Callable[[float], None] = lambda _: None) -> None:
        super().__init__()
        self.waits: list[float] = []
        self._meanwhile = meanwhile

    def wait(self, timeout: float | None = None) -> bool:
        assert timeout is not None
        self.waits.append(timeout)
        self._meanwhile(timeout)
        return self.is_set()


def turns_of(stop: Stop, *turns: bool | Exception) -> Callable[[], bool]:
    """Takes these turns, one after the other; the last one is told to stop."""
    left = list(turns)

    def take() -> bool:
        turn = left.pop(0)
        if not left:
            stop.set()
        if isinstance(turn, Exception):
            raise turn
        return turn

    return take


def test_it_goes_on_at_once_while_there_is_work_and_rests_where_there_is_none() -> None:
    stop = Stop()
    take_turns("work", turns_of(stop, True, True, False, True), stop)
    assert stop.waits == [0, 0, REST_S, 0]


def test_who_is_told_to_stop_before_takes_no_turn() -> None:
    stop = Stop()
    stop.set()
    take_turns("work", turns_of(stop), stop)
    assert stop.waits == []


@pytest.mark.parametrize(
    ("error", "level", "words"),
    [
        (
            OperationalError("SELECT", {}, Exception("the server closed the connection\nand more")),
            logging.WARNING,
            "work: the database does not take it, trying again: OperationalError: the server closed the connection",
        ),
        (
            DataError("INSERT", {}, Exception('invalid input: "+13035550100"')),
            logging.ERROR,
            "work: the database refuses it, trying again: DataError",
        ),
    ],
    ids=["away", "refuses"],
)
def test_a_database_that_fails_is_told_of_and_waited_for(
    error: SQLAlchemyError, level: int, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    stop = Stop()
    take_turns("work", turns_of(stop, error, True), stop)
    assert stop.waits == [AFTER_FAILURE_S, 0]
    assert caplog.record_tuples == [("commands.turns", level, words)]


def test_any_other_fault_is_the_callers() -> None:
    stop = Stop()
    with pytest.raises(KeyError):
        take_turns("work", turns_of(stop, True, KeyError("a fault")), stop)


class StoppingChannel(ConsoleChannel):
    """Asks the sender to stop while the second message is in its hands."""

    def __init__(self, stop: threading.Event) -> None:
        super().__init__(io.StringIO())
        self.stop = stop

    def send(self, letter: Letter) -> Outcome:
        if letter.text == "Message 1":
            self.stop.set()
        return super().send(letter)


def test_a_sender_finishes_what_it_holds_and_then_stops(ledger: Ledger) -> None:
    put_messages(ledger, 3, NOON)
    stop = threading.Event()
    take_turns("messages", partial(send_next, ledger, StoppingChannel(stop), lambda: NOON), stop)
    assert states(ledger) == ["sent", "sent", "pending"]


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger whose database can be moved away, with its folder."""
    (tmp_path / "data").mkdir()
    with empty_ledger(f"sqlite:///{tmp_path / 'data' / 'baywarden.db'}") as ledger:
        put_messages(ledger, 2, NOON)
        yield ledger


@pytest.mark.parametrize("name", ["messages", "ocpi 1", "webhooks 6"])
def test_each_sender_waits_for_a_database_that_is_away_and_goes_on(
    town: Ledger, tmp_path: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "data"
    context: Any = SimpleNamespace(settings=load({"BAYWARDEN_DATA_DIR": str(folder)}), clock=lambda: NOON)
    town.close()
    away = folder.rename(folder.with_name("away"))

    def meanwhile(seconds: float) -> None:
        if seconds == AFTER_FAILURE_S:
            away.rename(folder)
        elif seconds == REST_S:
            stop.set()

    stop = Stop(meanwhile)
    take_turns(name, sending._turns(context, town)[name], stop)
    sent = [0, 0] if name == "messages" else []
    assert stop.waits == [AFTER_FAILURE_S, *sent, REST_S]
    (told,) = caplog.record_tuples
    assert f"{name}: the database does not take it" in told[2] and "unable to open database file" in told[2]
    assert states(town) == (["sent", "sent"] if sent else ["pending", "pending"])
