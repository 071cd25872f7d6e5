"""When a vehicle had finished charging, from OCPI alone, and how sure that is.

OCPI has no state "finished, still plugged in": the session stays ACTIVE and the EVSE stays CHARGING. What networks do
send is a charging period with PARKING_TIME, which since May 2026 means that *the vehicle is not requesting power*
(OCPI 2.2.1 and 2.3.0, CdrDimensionType), or energy that no longer grows, which a smart-charging pause sends too.
"""

from datetime import datetime
from typing import Literal, NamedTuple

from enforcement.evidence import SessionTrace
from enforcement.facts import Period
from enforcement.setting import NetworkHabits
from enforcement.traces import session_start

Confidence = Literal["reported", "inferred"]


class ChargingEnd(NamedTuple):
    """From when on the vehicle no longer asked for energy; ``reported`` by the network or ``inferred`` by us."""

    at: datetime
    confidence: Confidence


def charging_end(session: SessionTrace, habits: NetworkHabits) -> ChargingEnd | None:
    """The beginning of the last stretch without charging, or None while the vehicle charges or may charge.

    If charging went on after a pause, the pause is not an end: only the last one counts.
    """
    parked = _parked(session)
    sure = next((period.start for period in parked if not period.vague), None)
    if sure is not None:
        return ChargingEnd(sure, "reported")
    inferred = [end for end in (_vague(parked, session, habits), _flat(session, habits)) if end is not None]
    return ChargingEnd(min(inferred), "inferred") if inferred else None


def _parked(session: SessionTrace) -> list[Period]:
    """The last periods in a row without charging.

    Periods before the session began are a known quirk of peers; nothing is concluded from them.
    """
    start = session_start(session)
    found: list[Period] = []
    for period in session.periods:
        if period.start < start:
            continue
        if period.parking:
            found.append(period)
        else:
            found.clear()
    return found


def _vague(parked: list[Period], session: SessionTrace, habits: NetworkHabits) -> datetime | None:
    """A pause may end as suddenly as it began: it must last, or the battery be full."""
    if not parked:
        return None
    full = _full_at(session)
    if full is not None:
        return max(parked[0].start, full)
    return parked[0].start if session.heard - parked[0].start >= habits.flat_for else None


def _flat(session: SessionTrace, habits: NetworkHabits) -> datetime | None:
    """The first update without growth, not the last with it: the driver has the benefit of the time between."""
    if session.flat_at is None:
        return None
    full = _full_at(session)
    if full is not None:
        return max(session.flat_at, full)
    if session.flat_updates < habits.flat_updates or session.heard - session.flat_at < habits.flat_for:
        return None
    return session.flat_at


def _full_at(session: SessionTrace) -> datetime | None:
    """When the vehicle told that its battery was full."""
    return next((at for at, height in session.soc if height >= 100), None)
