"""What a stretch of a stay was: the words for it."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


class Condition(StrEnum):
    """What a stretch of a stay was."""

    CHARGING = "charging"
    IDLE = "idle"
    OVERSTAYING = "overstaying"
    UNPLUGGED = "unplugged"
    UNUSABLE = "unusable"
    UNKNOWN = "unknown"

    # Sets of conditions are asked for each stretch: an enum's own hash is Python, and four times as slow.
    __hash__ = str.__hash__


class Stretch(NamedTuple):
    """A part of a stay with one condition. ``confirmed``: evidence reaches this far, so it may cost money."""

    start: datetime
    end: datetime
    condition: Condition
    reason: str
    confirmed: bool

    @property
    def is_maybe_plugged(self) -> bool:
        """Idle after a session that was only stopped: nobody knows whether the cable is still in."""
        return self.reason in _STOPPED and self.condition is Condition.IDLE


_STOPPED = frozenset({"session_stopped", "operator_stopped"})
