"""What has come and is not committed yet: bounded, filled by the network thread, emptied in batches by the intake."""

import threading
import time
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sensors.reading import MOST_BYTES, Message


class Acknowledger(Protocol):
    """The connection that a message came by: only there does its number mean anything."""

    def ack(self, arrived: Sequence["Arrived"]) -> None:
        """Tell the broker that these messages are safe; nothing happens if the connection is gone."""
        ...

    def send(self, topic: str, payload: bytes) -> None:
        """Publish something by it; nothing happens if it is gone."""
        ...


class Sink(Protocol):
    """Where a connection leaves what comes: an :class:`Inbox`, or several."""

    @property
    def is_closed(self) -> bool:
        """Whether nothing is taken in any more."""
        ...

    def put(self, arrived: "Arrived", patience_s: float) -> bool:
        """Add one, waiting for room no longer than ``patience_s``. False if it was not taken."""
        ...


class Arrived(NamedTuple):
    """A message with what it takes to acknowledge it."""

    message: Message
    mid: int
    qos: int
    by: Acknowledger

    @property
    def places(self) -> int:
        """How many messages' room it takes: a large one that of several, so that what waits has a bound in bytes."""
        return 1 + len(self.message.payload) // (MOST_BYTES + 1)


class Inbox:
    """A queue between two threads. Waking the taker for each message would cost more than the message does."""

    def __init__(self, most: int) -> None:
        """``most``: how many messages may wait; a large one counts for several."""
        self._most, self._used = most, 0
        self._waiting: deque[Arrived] = deque()
        self._closed = False
        lock = threading.Lock()
        self._has_some = threading.Condition(lock)
        self._has_room = threading.Condition(lock)

    def put(self, arrived: Arrived, patience_s: float) -> bool:
        """Add one, waiting for room no longer than ``patience_s``. False if it was not taken."""
        with self._has_room:
            if self._used >= self._most and not self._has_room.wait_for(self._takes_some, patience_s):
                return False
            if self._closed:
                return False
            self._waiting.append(arrived)
            self._used += arrived.places
            if len(self._waiting) == 1:
                self._has_some.notify()
            return True

    def _takes_some(self) -> bool:
        return self._closed or self._used < self._most

    @property
    def is_closed(self) -> bool:
        """Whether nothing is taken in any more."""
        return self._closed

    def take(self, most: int, idle_s: float, longest_s: float) -> list[Arrived]:
        """The next batch: full, or what is there once nothing has come for ``idle_s``, or after ``longest_s``.

        Waits for the first one; an empty list means that the inbox is closed and empty.
        """
        with self._has_some:
            self._has_some.wait_for(lambda: self._closed or bool(self._waiting))
            deadline = time.monotonic() + longest_s
            while not self._closed and (there := len(self._waiting)) < most:
                left = deadline - time.monotonic()
                if left <= 0:
                    break
                self._has_some.wait(min(idle_s, left))  # nobody notifies while there is one: this is a pause
                if len(self._waiting) == there:
                    break
            batch = [self._waiting.popleft() for _ in range(min(most, len(self._waiting)))]
            self._used -= sum(arrived.places for arrived in batch)
            self._has_room.notify_all()
            return batch

    def wait_drained(self, patience_s: float) -> bool:
        """Wait until at most half of the room is used, or the inbox is closed. False if it took too long."""
        with self._has_room:
            return self._has_room.wait_for(lambda: self._closed or self._used * 2 <= self._most, patience_s)

    def close(self) -> None:
        """Take nothing in any more; what is there can still be taken out."""
        with self._has_room:
            self._closed = True
            self._has_some.notify_all()
            self._has_room.notify_all()
