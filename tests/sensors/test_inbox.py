"""The queue between the network and the ledger."""

import threading
from collections.abc import Sequence
from typing import Any

from sensors.inbox import Arrived, Inbox
from sensors.reading import MOST_BYTES, MOST_SPARKPLUG_BYTES, Message
from tests.conftest import NOON
from tests.support.brokers import wait_for


class Nobody:
    def ack(self, arrived: Sequence[Arrived]) -> None: ...

    def send(self, topic: str, payload: bytes) -> None: ...


def arrived(mid: int, size: int = 0) -> Arrived:
    return Arrived(Message("t", bytes(size), NOON), mid, 1, Nobody())


def mids(batch: list[Arrived]) -> list[int]:
    return [item.mid for item in batch]


def test_batches_come_in_order_and_no_larger_than_asked() -> None:
    inbox = Inbox(10)
    for mid in range(7):
        assert inbox.put(arrived(mid), 0)
    assert mids(inbox.take(5, 0, 0)) == [0, 1, 2, 3, 4]
    assert mids(inbox.take(5, 0.001, 0.01)) == [5, 6]


def test_a_full_inbox_takes_no_more_until_there_is_room() -> None:
    inbox = Inbox(2)
    assert inbox.put(arrived(1), 0)
    assert inbox.put(arrived(2), 0)
    assert not inbox.put(arrived(3), 0.01)
    assert not inbox.wait_drained(0)
    inbox.take(1, 0, 0)
    assert inbox.wait_drained(0)
    assert inbox.put(arrived(3), 0)


def test_putting_waits_for_room_and_taking_waits_for_something() -> None:
    inbox = Inbox(1)
    taken: list[int] = []

    def take_all() -> None:
        while batch := inbox.take(1, 0, 0):
            taken.extend(mids(batch))

    thread = threading.Thread(target=take_all)
    thread.start()
    assert all(inbox.put(arrived(mid), 5) for mid in range(100))
    inbox.close()
    thread.join(5)
    assert taken == list(range(100))


def test_a_closed_inbox_takes_nothing_in_and_gives_out_what_it_has() -> None:
    inbox = Inbox(5)
    inbox.put(arrived(1), 0)
    inbox.close()
    assert not inbox.put(arrived(2), 5)
    assert mids(inbox.take(5, 5, 5)) == [1]
    assert inbox.take(5, 5, 5) == []


def test_closing_wakes_whoever_waits() -> None:
    full, empty = Inbox(1), Inbox(1)
    full.put(arrived(1), 0)
    results: list[Any] = []
    threads = [
        threading.Thread(target=lambda: results.append(full.put(arrived(2), 60))),
        threading.Thread(target=lambda: results.append(empty.take(1, 60, 60))),
    ]
    for thread in threads:
        thread.start()
    full.close()
    empty.close()
    wait_for(lambda: len(results) == 2, "both woke up", 5)
    assert sorted(map(bool, results)) == [False, False]


def test_large_messages_take_the_room_of_several_so_that_memory_has_a_bound() -> None:
    inbox = Inbox(20)
    assert inbox.put(arrived(1, MOST_SPARKPLUG_BYTES), 0)
    assert inbox.put(arrived(2, MOST_BYTES), 0)
    assert inbox.put(arrived(3, MOST_SPARKPLUG_BYTES), 0)
    assert not inbox.put(arrived(4), 0)
    assert mids(inbox.take(1, 0, 0)) == [1]
    assert inbox.put(arrived(5), 0)
    assert mids(inbox.take(9, 0, 0)) == [2, 3, 5]
    assert inbox.wait_drained(0)
