"""A part of a process that can't go on ends all of it, so that whoever started it starts it again."""

import argparse
import threading
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from commands import sending
from commands.beside import Beside
from ledger.database import Ledger
from tests.conftest import NOON


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


@pytest.mark.parametrize("broken", ["_push", "_post"])
def test_the_sender_ends_where_one_of_its_threads_does(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError("a fault")

    stop = threading.Event()
    settings = SimpleNamespace(sms_channel="console", sms_per_second=0)
    for name in ("_push", "_post"):
        monkeypatch.setattr(sending, name, fail if name == broken else lambda *_: stop.wait())
    monkeypatch.setattr(sending, "begin", lambda *_: settings)
    monkeypatch.setattr(sending, "stop_on_signals", lambda: stop)
    context: Any = SimpleNamespace(ledger=lambda: nullcontext(ledger), clock=lambda: NOON, settings=settings)
    with pytest.raises(RuntimeError, match="ended") as raised:
        sending.run(context, argparse.Namespace())
    assert isinstance(raised.value.__cause__, KeyError)
