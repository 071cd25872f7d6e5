"""Sparkplug nodes that are to be asked for a Rebirth, where the mapping allows it: seldom, and less often each time."""

from datetime import datetime, timedelta

_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(hours=1)


class Rebirths:
    """Which nodes to ask. One that does not answer is asked again after a minute, two, four, up to an hour."""

    def __init__(self) -> None:
        self._wanted: dict[str, None] = {}
        self._asked: dict[str, tuple[datetime, timedelta]] = {}

    def want(self, node: str, now: datetime) -> None:
        """Something of a node (``group/edge``) is missing."""
        last, wait = self._asked.get(node, (None, _FIRST))
        if last is None or now - last >= wait:
            self._asked[node] = now, _FIRST if last is None else min(2 * wait, _LONGEST)
            self._wanted[node] = None

    def born(self, node: str) -> None:
        """It has been born: it is asked again as soon as it has to be, but not within a minute of the last time."""
        self._wanted.pop(node, None)
        if node in self._asked:
            self._asked[node] = self._asked[node][0], _FIRST

    def take(self) -> list[str]:
        """The nodes to ask now."""
        nodes = list(self._wanted)
        self._wanted.clear()
        return nodes
