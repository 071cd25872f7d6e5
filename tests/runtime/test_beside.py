"""A part of a process that can't go on ends all of it, so that whoever started it starts it again."""

import argparse
import threading
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from commands import sending
from commands.beside import Beside, do_all
from ledger.database import Ledger


def test_a_thread_that_fails_stops_the_others_and_says_why() -> None:
    stop, fault = threading.Event(), ValueError("a fault")

    def work() -> None:
        raise fault

    beside = Beside("broken", work, stop)
    beside.start()
    assert stop.wait(20)
    beside.join()
    assert beside.failure is fault


def test_one_that_is_told_to_stop_has_not_failed() -> None:
    stop = threading.Event()
    beside = Beside("well", stop.wait, stop)
    beside.start()
    stop.set()
    beside.join()
    assert beside.failure is None


def test_works_end_together_and_the_one_that_failed_is_named() -> None:
    stop, ended = threading.Event(), []

    def wait() -> None:
        stop.wait()
        ended.append("well")

    def fail() -> None:
        raise KeyError("a fault")

    with pytest.raises(RuntimeError, match="the thread for broken ended") as raised:
        do_all({"well": wait, "broken": fail}, stop)
    assert isinstance(raised.value.__cause__, KeyError)
    assert ended == ["well"]


def test_works_that_are_told_to_stop_end_without_a_word() -> None:
    stop = threading.Event()
    do_all({"well": stop.wait, "last": stop.set}, stop)


@pytest.mark.parametrize("broken", ["messages", "ocpi", "webhooks"])
def test_the_sender_ends_where_one_of_its_threads_does(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def take_turns(name: str, _turn: object, stop: threading.Event) -> None:
        if name == broken:
            raise KeyError("a fault")
        stop.wait()

    def no_turns(*_: Any) -> dict[str, Any]:
        return dict.fromkeys(["messages", "ocpi", "webhooks"])

    monkeypatch.setattr(sending, "take_turns", take_turns)
    monkeypatch.setattr(sending, "_turns", no_turns)
    monkeypatch.setattr(sending, "begin", lambda *_: None)
    monkeypatch.setattr(sending, "stop_on_signals", threading.Event)
    context: Any = SimpleNamespace(ledger=lambda: nullcontext(ledger))
    with pytest.raises(RuntimeError, match=broken) as raised:
        sending.run(context, argparse.Namespace())
    assert isinstance(raised.value.__cause__, KeyError)
