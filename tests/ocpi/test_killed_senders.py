"""kill -9 of OCPI's sender at any moment: every charge record arrives, and none of them twice."""

import random
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from ledger.claimed_pushes import LEASE, MAX_ATTEMPTS
from ledger.database import Ledger, table
from ledger.vault import Vault
from models import Cdr, OcpiObject, Push
from models.outbox import Delivery
from notifications.texts import compose
from ocpi.calls import OurParty
from tests.conftest import TEST_KEY, empty, minutes
from tests.ocpi.conftest import Clock
from tests.support import idle_stay
from tests.support.forked import PATIENCE, end, fork_ready
from tests.support.ocpi_peer import Peer
from tests.support.ocpi_sender_process import push
from tests.support.servers import listening
from tests.support.two_services import Service, acquaint, serving

STAYS = 12
KILLS = 4


def _left(ledger: Ledger) -> int:
    rows = table(Push)
    with ledger.read() as conn:
        waiting = select(func.count()).where(rows.c.state != Delivery.DELIVERED)
        return conn.execute(waiting).scalar_one()


@pytest.mark.timeout(240)
def test_senders_that_are_killed_lose_nothing_and_double_nothing(
    connect: Callable[..., Peer], ledger: Ledger, database_url: str, clock: Clock, tmp_path: Path
) -> None:
    network = connect("BeCharged", ("BE", "BEC"))
    idle_stay.prepare(ledger)
    idle_stay.put_location(network, *(f"e{n}" for n in range(STAYS)))
    url = f"sqlite:///{tmp_path / 'provider.db'}"
    empty(url)
    theirs = Ledger(url, Vault([TEST_KEY]), compose)
    dice = random.Random(7)
    with serving(ledger, "US", "BAY", clock) as one, serving(theirs, "NL", "TST", clock) as other:
        acquaint(one, other)
        other.slowness_s = 0.08
        clock.now = minutes(61)
        for n in range(STAYS):
            idle_stay.put_stay(network, session=f"s{n}", evse=f"e{n}")
        idle_stay.settle(ledger)
        killed, ahead = 0, timedelta(0)
        while _left(ledger):
            sender = fork_ready(push, database_url, one.url, ahead)
            if killed < KILLS:
                time.sleep(dice.uniform(0.05, 0.4))
                end(sender, kill=True)
                killed += 1
            else:
                deadline = time.monotonic() + 60
                while _left(ledger) and time.monotonic() < deadline:
                    time.sleep(0.1)
                end(sender)
            # What the dead one held is taken up again when its lease has run out.
            ahead += LEASE + timedelta(seconds=1)
            assert ahead < timedelta(hours=1)
    with ledger.read() as conn:
        written = sorted(cdr.casefold() for cdr in conn.execute(select(table(Cdr).c.cdr_id)).scalars())
        attempts = conn.execute(select(func.max(table(Push).c.attempts))).scalar_one()
    rows = table(OcpiObject)
    with theirs.read() as conn:
        arrived = sorted(conn.execute(select(rows.c.object_id).where(rows.c.module == "cdrs")).scalars())
    theirs.close()
    assert len(written) == STAYS and arrived == written
    assert killed == KILLS and attempts > 1  # somebody was killed in the middle of it
    assert Counter(status for _, status in other.posted) == {201: STAYS}


@pytest.mark.timeout(240)
def test_a_record_at_which_its_sender_dies_each_time_is_given_up(
    connect: Callable[..., Peer], ledger: Ledger, database_url: str, clock: Clock, tmp_path: Path
) -> None:
    """Each try is counted before it is made, so that it counts whatever becomes of who makes it."""
    network = connect("BeCharged", ("BE", "BEC"))
    idle_stay.prepare(ledger)
    idle_stay.put_location(network)
    url = f"sqlite:///{tmp_path / 'provider.db'}"
    empty(url)
    theirs = Ledger(url, Vault([TEST_KEY]), compose)
    senders: list[ForkServerProcess] = []

    def deadly(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
        senders[-1].kill()
        start_response("500 Internal Server Error", [])
        return []

    with serving(ledger, "US", "BAY", clock) as one, listening(deadly) as there:
        acquaint(one, Service(theirs, OurParty("NL", "TST", "Provider"), clock, there))
        clock.now = minutes(61)
        idle_stay.put_stay(network)
        idle_stay.settle(ledger)
        _tried(ledger, MAX_ATTEMPTS - 2)  # tests/ledger/test_claimed_pushes.py counts from the first one on
        ahead = timedelta(0)
        while _states(ledger) == [Delivery.PENDING] or _states(ledger) == [Delivery.SENDING]:
            assert len(senders) < 20
            senders.append(fork_ready(push, database_url, one.url, ahead))
            deadline = time.monotonic() + PATIENCE
            while senders[-1].is_alive() and _states(ledger) != [Delivery.EXPIRED]:
                assert time.monotonic() < deadline
                time.sleep(0.02)
            end(senders[-1])
            ahead += LEASE + timedelta(minutes=2)
    theirs.close()
    rows = table(Push)
    with ledger.read() as conn:
        (given_up,) = conn.execute(select(rows))
    assert 2 <= len(senders) <= 4
    assert (given_up.attempts, given_up.state) == (MAX_ATTEMPTS, Delivery.EXPIRED)
    assert given_up.reason == "given up, it can be fetched: the sender stopped while it was sending"


def _tried(ledger: Ledger, times: int) -> None:
    with ledger.write(minutes(600)) as tx:
        tx.conn.execute(update(table(Push)).values(attempts=times))


def _states(ledger: Ledger) -> list[Delivery]:
    with ledger.read() as conn:
        return list(conn.execute(select(table(Push).c.state)).scalars())
