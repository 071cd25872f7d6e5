"""What counts as two independent pieces of evidence. Nobody pays, and nothing is referred, on less.

Charging and idle: the network's session as far as it was metered; and the bay, where no trusted sensor says free.
Unplugged and overstaying: a sensor that is trusted at that time, up to its own last word; and every network of the bay,
heard at that time, showing no session. The charger's being down needs the network's word only: it costs nothing.

A sensor is trusted while it has no doubt against it (:mod:`enforcement.doubts`): its own words (tilt, interference, not
calibrated, a failed part, a clock that is far off), flapping, being stuck, a change that it missed, a vehicle that
nothing else has known of for a day, or a record of false words among the sessions at its bay that is, as sure as two
standard deviations, worse than one in twenty. A sensor without a record is believed as its maker describes it. Two
sensors that disagree prove nothing; one may vouch where another is not trusted. A camera is a sensor.
"""

from datetime import datetime

from enforcement.intervals import holds
from enforcement.presence import Presence


def proves_plugged(seen: Presence, at: datetime, *, metered: bool) -> bool:
    """Whether a plugged vehicle is proven at a moment."""
    return metered and not holds(seen.free, at)


def proves_parked(seen: Presence, at: datetime) -> bool:
    """Whether a vehicle without a session is proven at a moment."""
    return holds(seen.occupied_confirmed, at) and holds(seen.feed_confirmed, at)
