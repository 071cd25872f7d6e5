"""When it is worth a fact that a network was heard."""

import threading
from collections.abc import Iterable
from datetime import datetime, timedelta

from enforcement.facts import NetworkHeard, network_subject
from ocpi.facts import heard_fact


class HeardNetworks:
    """Thins out the facts that a network was heard: one each five seconds is enough for any watchdog.

    Only what is later than the last one counts: an object that arrives late does not show that the feed was alive
    when it was made. Kept in memory, one a process; two processes record twice as many, which changes nothing.
    """

    _EVERY = timedelta(seconds=5)

    def __init__(self) -> None:
        self._last: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def due(self, network: str, at: datetime, seen_at: datetime) -> list[NetworkHeard]:
        """The fact that follows from a push that was true ``at``, or nothing.

        It counts once it was :meth:`told`: what was never committed is no reason to keep quiet about the next one.
        """
        at = min(at, seen_at)
        last = self._last.get(network_subject(network))
        return [] if last is not None and at < last + self._EVERY else [heard_fact(network, at, seen_at)]

    def told(self, facts: Iterable[NetworkHeard]) -> None:
        """These are committed."""
        for fact in facts:
            with self._lock:
                self._last[fact.subject] = max(fact.at, self._last.get(fact.subject, fact.at))
