"""Many senders on one outbox, and senders that are killed: nothing leaves twice, nothing is lost without a word."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing.context import ForkServerProcess
from signal import SIGKILL
from typing import Any

import pytest

from commands.turns import take_turns
from ledger.database import Ledger
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from notifications.sender import send_next
from tests.support.forked import end, fork_ready
from tests.support.outbox_rows import messages, put_messages, states
from tests.support.sender_process import send
from tests.support.twilio_server import Fault, TwilioServer, hold

# Past the lease, so that what a killed sender held is given up.
PAST_THE_LEASE = timedelta(minutes=3)
NOW = timedelta(0)


def wait_for(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        threading.Event().wait(0.05)


@contextmanager
def sender_process(url: str, account: TwilioAccount, ahead: timedelta = NOW) -> Iterator[ForkServerProcess]:
    patient = replace(account, sender="+13035550198", read_timeout_s=20)
    process = fork_ready(send, url, patient, ahead)
    try:
        yield process
    finally:
        end(process)


@contextmanager
def sender_threads(ledger: Ledger, account: TwilioAccount) -> Iterator[None]:
    stop = threading.Event()
    senders = [
        threading.Thread(
            target=take_turns,
            args=("messages", partial(send_next, ledger, TwilioChannel(account), lambda: datetime.now(UTC)), stop),
        )
        for _ in range(2)
    ]
    for sender in senders:
        sender.start()
    try:
        yield
    finally:
        stop.set()
        for sender in senders:
            sender.join()


def meet(arrived: list[threading.Event], number: int) -> Fault:
    """Keep one of several waiting until all of them are there."""

    def fault(_handler: Any, _form: dict[str, str]) -> bool:
        arrived[number].set()
        assert all(each.wait(15) for each in arrived)
        return False

    return fault


def test_a_hundred_messages_leave_once_each_from_threads_and_processes(
    ledger: Ledger, database_url: str, account: TwilioAccount, twilio: TwilioServer
) -> None:
    patient = replace(account, read_timeout_s=20)
    put_messages(ledger, 100, datetime.now(UTC))
    arrived = [threading.Event() for _ in range(3)]
    twilio.faults.extend(meet(arrived, number) for number in range(3))
    with (
        sender_process(database_url, account) as one,
        sender_process(database_url, account) as two,
        sender_threads(ledger, patient),
    ):
        wait_for(lambda: set(states(ledger)) == {"sent"})
        for process in (one, two):
            assert end(process) == 0, "told to stop, a sender ends well"
    assert Counter(f["Body"] for f in twilio.forms) == Counter(f"Message {n}" for n in range(100))
    assert {f["From"] for f in twilio.forms} == {"+13035550199", "+13035550198"}, "threads and processes took part"
    assert {m.provider_id for m in messages(ledger)} == {m["sid"] for m in twilio.messages}


@pytest.mark.parametrize("redact", [False, True], ids=["keep", "redact"])
@pytest.mark.parametrize("accepted", [True, False])
def test_a_killed_sender_leaves_nothing_twice_and_each_sent_or_unknown(
    ledger: Ledger, database_url: str, account: TwilioAccount, twilio: TwilioServer, accepted: bool, redact: bool
) -> None:
    """Killed with the sixth message in its hands, which Twilio has accepted, or not yet."""
    put_messages(ledger, 12, datetime.now(UTC), lasts=timedelta(hours=2))
    reached, release = threading.Event(), threading.Event()
    twilio.faults.extend([None] * 5 + [hold(reached, release, accepted=accepted)])
    twilio.clock = lambda: datetime.now(UTC)
    account = replace(account, redact=redact)
    with sender_process(database_url, account) as victim:
        assert reached.wait(60)
        assert end(victim, kill=True) == -SIGKILL
    release.set()
    is_found = accepted and not redact
    with sender_process(database_url, account, PAST_THE_LEASE):
        last = "sent" if is_found else "unknown"
        wait_for(lambda: states(ledger) == ["sent"] * 5 + [last] + ["sent"] * 6)
    left = Counter(f["Body"] for f in twilio.forms)
    assert left == Counter(f"Message {n}" for n in range(12) if accepted or n != 5)
