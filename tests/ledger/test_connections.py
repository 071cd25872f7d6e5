"""Connections that threads write with: kept as long as the thread lives, then used by the next one."""

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.pool import QueuePool

from ledger.database import Ledger
from tests.conftest import NOON


def in_threads(count: int, work: Callable[[], None], *, at_once: int = 1) -> list[BaseException]:
    """Run ``work`` in so many threads, a few at a time; the errors in them."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            errors.append(error)

    for _ in range(0, count, at_once):
        threads = [threading.Thread(target=run) for _ in range(at_once)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
            assert not thread.is_alive()
    return errors


def checked_out(ledger: Ledger) -> int:
    pool = ledger.writing.pool
    assert isinstance(pool, QueuePool)
    return pool.checkedout()


@pytest.mark.parametrize("at_once", [1, 5])
def test_two_hundred_short_threads_use_few_connections(ledger: Ledger, at_once: int) -> None:
    def write() -> None:
        with ledger.write(NOON) as tx:
            tx.conn.execute(text("SELECT 1"))

    assert in_threads(200, write, at_once=at_once) == []
    assert 1 <= checked_out(ledger) <= at_once


def test_a_thread_keeps_its_connection_and_no_two_share_one(ledger: Ledger) -> None:
    used: list[Connection] = []
    both = threading.Barrier(2)

    def write_twice() -> None:
        first = ledger.glance()
        both.wait(60)
        assert ledger.glance() is first
        used.append(first)
        both.wait(60)

    assert in_threads(2, write_twice, at_once=2) == []
    assert used[0] is not used[1]


def test_a_connection_that_a_thread_left_in_a_transaction_is_not_given_on(ledger: Ledger) -> None:
    def begin() -> None:
        ledger.glance().begin()

    def write() -> None:
        with ledger.write(NOON) as tx:
            tx.conn.execute(text("SELECT 1"))

    assert in_threads(1, begin) == []
    assert in_threads(3, write) == []


def test_closing_gives_back_what_other_threads_hold(ledger: Ledger) -> None:
    held, closed = threading.Event(), threading.Event()

    def hold() -> None:
        ledger.glance()
        held.set()
        closed.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(60)
    pool = ledger.writing.pool
    assert isinstance(pool, QueuePool)
    ledger.close()
    assert pool.checkedout() == 0
    closed.set()
    thread.join(60)


def test_closing_gives_back_what_a_traceback_keeps_alive(ledger: Ledger) -> None:
    used: list[Connection] = []

    def write_within_a_write() -> None:
        with ledger.write(NOON) as tx:
            used.append(tx.conn)
            with ledger.write(NOON):
                pass

    errors = in_threads(1, write_within_a_write)
    assert [str(error) for error in errors] == ["a transaction within a transaction"]
    ledger.close()
    assert used[0].closed
