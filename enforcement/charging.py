"""When a vehicle had finished charging, from OCPI alone, and how sure that is.

OCPI has no state "finished, still plugged in": the session stays ACTIVE and the EVSE stays CHARGING. What networks do
send is a charging period with PARKING_TIME, which since May 2026 means that *the vehicle is not requesting power*
(OCPI 2.2.1 and 2.3.0, CdrDimensionType), or energy that no longer grows, which a smart-charging pause sends too.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from enforcement.evidence import SessionTrace, session_start
from enforcement.setting import NetworkHabits

Confidence = Literal["reported", "inferred"]


@dataclass(frozen=True, slots=True)
class ChargingEnd:
    """From when on the vehicle no longer asked for energy; ``reported`` by the network or ``inferred`` by us."""

    at: datetime
    confidence: Confidence


def charging_end(session: SessionTrace, habits: NetworkHabits) -> ChargingEnd | None:
    """The beginning of the last stretch without charging, or None while the vehicle charges or may charge.

    If charging went on after a pause, the pause is not an end: only the last one counts.
    """
    reported = _reported(session)
    if reported is not None:
        return ChargingEnd(reported, "reported")
    inferred = _inferred(session, habits)
    return None if inferred is None else ChargingEnd(inferred, "inferred")


def _reported(session: SessionTrace) -> datetime | None:
    """Periods before the session began are a known quirk of peers; nothing is concluded from them."""
    end: datetime | None = None
    for period in session.periods:
        if period.start < session_start(session):
            continue
        if not period.parking:
            end = None
        elif end is None:
            end = period.start
    return end


def _inferred(session: SessionTrace, habits: NetworkHabits) -> datetime | None:
    """The first update without growth, not the last with it: the driver has the benefit of the time between."""
    if session.flat_at is None or session.flat_updates < habits.flat_updates:
        return None
    return session.flat_at if session.heard - session.flat_at >= habits.flat_for else None
