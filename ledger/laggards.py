"""Who let a sender wait the last time. They share a few senders, so that however many they are, the others go on.

What one process remembers: a sender that starts anew learns it with the first try.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

# For one push: who is quick answers within a fraction of it, and who is away lets a connection wait for longer.
SLOW_S = 5.0


class Laggards:
    """Partners, or subscriptions, by their ids. Safe to share between threads."""

    def __init__(self, slow_s: float = SLOW_S, seconds: Callable[[], float] = time.monotonic) -> None:
        """``slow_s``: who took more seconds is slow. ``seconds``: a clock that never jumps."""
        self._slow_s, self._seconds = slow_s, seconds
        self._lock = Lock()
        self._known: frozenset[int] = frozenset()

    @property
    def known(self) -> frozenset[int]:
        """All who let somebody wait the last time."""
        return self._known

    @contextmanager
    def waiting_for(self, who: int | None) -> Iterator[None]:
        """While this one is waited for; how long that took says what it is from then on."""
        began = self._seconds()
        try:
            yield
        finally:
            if who is not None:
                self._note(who, is_slow=self._seconds() - began > self._slow_s)

    def _note(self, who: int, *, is_slow: bool) -> None:
        with self._lock:
            self._known = self._known | {who} if is_slow else self._known - {who}
