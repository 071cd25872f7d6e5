"""How long to wait before the next attempt to connect, and what it means when connections end as soon as they begin."""

_FIRST_WAIT_S = 0.25
_LONGEST_WAIT_S = 30.0
# A connection that works lasts longer than this.
_SHORT_S = 10.0
_MANY = 4


class Patience:
    """Grows with each attempt in vain and each connection that does not last; begins again after one that does."""

    def __init__(self) -> None:
        self._wait_s = _FIRST_WAIT_S
        self._short = 0

    def after(self, *, was_up: bool, lasted_s: float) -> float:
        """Seconds to wait after a connection that was let in, or not, and ended after so long."""
        if was_up and lasted_s >= _SHORT_S:
            self._wait_s, self._short = _FIRST_WAIT_S, 0
            return self._wait_s
        self._short = self._short + 1 if was_up else 0
        self._wait_s = _FIRST_WAIT_S if self._short == 1 else min(2 * self._wait_s, _LONGEST_WAIT_S)
        return self._wait_s

    @property
    def is_strange(self) -> bool:
        """Whether so many connections in a row ended as soon as they began; true once for each such row.

        Two clients of one id do that to each other: the broker throws out the one that was there. Not all say why.
        """
        return self._short == _MANY
