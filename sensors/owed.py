"""What a connection owes its broker: acknowledgements, in the order in which messages came (MQTT 5.0, 4.6)."""

from collections import Counter, deque
from collections.abc import Iterable, Iterator

# A pause this long, with nothing left to acknowledge, shows that the broker has handed over what it kept for us.
_PAUSE_S = 0.5
_LONGEST_S = 60.0


class Owed:
    """Numbers of messages that came and are not acknowledged yet. They may be committed in any order."""

    def __init__(self) -> None:
        self._came: deque[int] = deque()
        self._committed: Counter[int] = Counter()

    def __bool__(self) -> bool:
        return bool(self._came)

    def came(self, mid: int) -> None:
        """A message with this number is to be acknowledged."""
        self._came.append(mid)

    def committed(self, mids: Iterable[int]) -> list[int]:
        """These are committed: gives those to acknowledge now, which all before them are committed, too."""
        self._committed.update(mids)
        return list(self._next())

    def _next(self) -> Iterator[int]:
        while self._came and self._committed[self._came[0]]:
            mid = self._came.popleft()
            if more := self._committed.pop(mid) - 1:  # old brokers repeat what they wait for
                self._committed[mid] = more
            yield mid


class CatchingUp:
    """While messages may be from what the broker kept for us while we were away, not come as they are sent.

    Times are seconds of a clock that only goes on (``time.monotonic``).
    """

    def __init__(self, now: float, *, is_resumed: bool) -> None:
        """``is_resumed``: the broker had a session of ours, and with it perhaps messages."""
        self._since = self._last_busy = now
        self.is_over = not is_resumed

    def is_busy(self, now: float) -> None:
        """Something came, or was acknowledged."""
        self._last_busy = now

    def look(self, now: float, owed: Owed) -> None:
        """It is over after a pause with nothing owed, or when it has taken too long to be told by that."""
        has_paused = not owed and now - self._last_busy > _PAUSE_S
        self.is_over = self.is_over or has_paused or now - self._since > _LONGEST_S
