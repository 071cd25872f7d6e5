"""Lanes from the network into the ledger: an inbox with its intake each. All that comes on a topic takes one of them.

On PostgreSQL an intake waits for the server half of its time; meanwhile the other one computes. A sensor's readings
stay in order, since they share a topic: one that came too late would make its bay be folded again. There is one lane
with SQLite, which has one writer, and with Sparkplug, where a birth must be read before what other topics say by it.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from ledger.database import Ledger
from sensors.inbox import Arrived, Inbox
from sensors.intake import Intake
from sensors.mapping import Mapping

_LANES = 2
_MOST_WAITING = 4_000


class Lanes:
    """All lanes of a process. If one intake ends early, none goes on: ``is_alive`` is false, ``failure`` tells why."""

    def __init__(self, ledger: Ledger, mapping: Mapping, clock: Callable[[], datetime], stop: threading.Event) -> None:
        """``stop``: when set, a batch that the database does not take is given up, unacknowledged."""
        is_one = ledger.has_one_writer or mapping.has_births
        self._inboxes = [Inbox(_MOST_WAITING) for _ in range(1 if is_one else _LANES)]
        self._intakes = [Intake(ledger, mapping, clock, inbox, stop) for inbox in self._inboxes]

    def start(self) -> None:
        """Begin to take in and commit."""
        for intake in self._intakes:
            intake.start()

    def put(self, arrived: Arrived, patience_s: float) -> bool:
        """Add a message, waiting for room no longer than ``patience_s``. False if it was not taken."""
        return self._inboxes[hash(arrived.message.topic) % len(self._inboxes)].put(arrived, patience_s)

    @property
    def is_alive(self) -> bool:
        """Whether all that comes is committed."""
        return all(intake.is_alive() for intake in self._intakes)

    @property
    def failure(self) -> Exception | None:
        """What ended an intake."""
        return next((intake.failure for intake in self._intakes if intake.failure is not None), None)

    @property
    def is_closed(self) -> bool:
        """Whether nothing is taken in any more."""
        return any(inbox.is_closed for inbox in self._inboxes)

    def wait_drained(self, patience_s: float) -> bool:
        """Wait until at most half of the room is used. False if one took longer than this."""
        return all(inbox.wait_drained(patience_s) for inbox in self._inboxes)

    def close(self, patience_s: float) -> None:
        """Take nothing in any more, and wait until what is there is committed, each no longer than this."""
        for inbox in self._inboxes:
            inbox.close()
        for intake in self._intakes:
            intake.join(patience_s)
