"""What an EVSE is to somebody who looks for one: what its network says, and what the bays before it say, together.

Networks see cables, not vehicles: a charger with a combustion car before it is AVAILABLE to them. OCPI has a word for
that, BLOCKED: "not accessible because of a physical barrier, i.e. a car" (mod_locations, Status).
"""

from collections.abc import Collection
from dataclasses import dataclass

AVAILABLE, BLOCKED, CHARGING, UNKNOWN = "AVAILABLE", "BLOCKED", "CHARGING", "UNKNOWN"
# What only the network can know of its EVSE. Its own BLOCKED is none of these: it may be ours, come back to us.
_ITS_OWN = frozenset({"CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED"})
_TAKEN = frozenset({"unplugged", "charging", "idle", "overstaying"})
_SEEN = frozenset({"feed_silent", "no_charger", "shared_session"})
_FREE = "free"


@dataclass(frozen=True, slots=True)
class BayView:
    """A bay that can use an EVSE: its condition now, or ``free``, and why (codes of :mod:`enforcement.reasons`).

    ``sessions``: the EVSEs at which its vehicle has one.
    """

    condition: str
    sessions: frozenset[str] = frozenset()
    reason: str = ""

    @property
    def is_taken(self) -> bool:
        """Whether a vehicle stands in it, also where nobody knows what it does there."""
        return self.condition in _TAKEN or (self.condition == UNKNOWN.lower() and self.reason in _SEEN)


def evse_status(evse: str, said: str, bays: Collection[BayView]) -> str:
    """The OCPI status of an EVSE. ``said``: what its network says; ``bays``: all that can use it.

    It is BLOCKED while every bay that can use it is taken by a vehicle that does not; AVAILABLE while its network says
    that it can be used (or blames a vehicle that is gone) and a bay is seen free. Where nothing is seen, the network's
    word stands.
    """
    if said in _ITS_OWN:
        return said
    if any(evse in bay.sessions for bay in bays):
        return CHARGING
    if bays and all(bay.is_taken for bay in bays):
        return BLOCKED
    if any(bay.condition == _FREE for bay in bays):
        return AVAILABLE if said in (AVAILABLE, BLOCKED) else UNKNOWN
    return said if said in (AVAILABLE, BLOCKED) else UNKNOWN
