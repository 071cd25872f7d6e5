"""Subscriptions on which nothing came. A broker may grant one and then let nothing of it through.

mosquitto's access list does: whoever may not read a topic is told that the subscription stands, and hears nothing.
"""

from collections.abc import Sequence

from sensors.mapping import Subscription

_PATIENCE_S = 3600.0


class Unheard:
    """Tells once, an hour after we began to listen, on what nothing came."""

    def __init__(self, subscriptions: Sequence[Subscription], now: float) -> None:
        """``now``: seconds of a clock that only goes on."""
        self._waited_for, self._until = tuple(subscriptions), now + _PATIENCE_S

    def look(self, now: float) -> list[str]:
        """The filters to speak of now."""
        if not self._waited_for or now < self._until:
            return []
        unheard = [item.topic.filter for item in self._waited_for if not item.ear.has_heard]
        self._waited_for = ()
        return unheard
