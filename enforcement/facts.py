"""What was seen, by whom and when. Facts are the only input that the core believes, and they are never changed.

A fact names a *subject* (a sensor, an EVSE, a network), not a bay: which bay a sensor lies in is the owner's
knowledge and may be corrected, what the sensor said may not.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

# What a sensor's message may say against its own word.
QUALITY = frozenset(
    {
        "tilt",  # it no longer lies as it was mounted
        "interference",  # a strong foreign magnetic field
        "fault",  # a part of it failed
        "obstructed",  # something lies on it: snow, leaves, dirt
        "not_calibrated",  # it does not know yet what a free bay looks like
        "restarted",  # it has just started, and may have missed something
        "low_battery",
        "clock",  # its clock is not to be believed
        "out_of_range",  # it measured a distance that says neither
        "offline",  # it, or what speaks for it, is not connected
        "lost",  # something that came before was lost, perhaps of it
    }
)
SessionStatus = Literal["ACTIVE", "COMPLETED", "INVALID", "PENDING", "RESERVATION"]
# How a driver pays: with no account, with the station's own network, or with another one.
Contract = Literal["adhoc", "contract", "roaming"]


def sensor_subject(sensor: str) -> str:
    """The subject of what a sensor reports."""
    return f"sensor:{sensor}"


def evse_subject(evse: str) -> str:
    """The subject of what a network says of an EVSE (key ``country*party*location*evse``, casefolded)."""
    return f"evse:{evse}"


def network_subject(network: str) -> str:
    """The subject of what is known of a network as a whole (key ``country*party``, casefolded)."""
    return f"network:{network}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing that was seen.

    ``at`` is when it was true, ``seen_at`` when it reached us (both aware, UTC; ``at <= seen_at``).
    ``(source, source_id)`` is its identity: the same fact twice is one fact.
    """

    at: datetime
    seen_at: datetime
    source: str
    source_id: str
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OccupancyRead(Fact):
    """A sensor or camera said whether its bay is taken.

    ``occupied`` is None where the device says that it cannot know. ``edge`` is true when the device reports the
    change itself, at the moment of the change; a heartbeat is false: it tells what is, not since when.

    ``network_at`` is when the network had it, where that is not ``at``. ``counter`` numbers the device's messages
    within its ``join`` (LoRaWAN: FCntUp within a session), so that a missing one is seen. ``lasted_s``: the device
    remembers that the state before lasted at least so long, and at most ``lasted_error_s`` (None: nobody knows) and a
    minute longer. ``quality``: words of :data:`QUALITY`.
    """

    occupied: bool | None
    edge: bool
    network_at: datetime | None = None
    join: str | None = None
    counter: int | None = None
    lasted_s: int | None = None
    lasted_error_s: int | None = None
    quality: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceReported(Fact):
    """A sensor said something of itself and nothing of its bay. Fields as in :class:`OccupancyRead`."""

    network_at: datetime | None = None
    join: str | None = None
    counter: int | None = None
    quality: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateSeen(Fact):
    """A camera read a number plate. ``plate`` is its keyed hash; the plate itself is no part of a fact.

    ``jurisdiction``: who issued it (``ca-qc``), empty where the camera does not tell. ``confidence`` in percent.
    """

    plate: str
    jurisdiction: str
    confidence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """The start of an OCPI ChargingPeriod: from then on the vehicle was ``parking`` (PARKING_TIME) or charging.

    ``vague``: it is only known that nothing was charged, as PARKING_TIME of OCPI 2.1.1 means, or a power of nothing: a
    smart-charging pause looks the same.
    """

    start: datetime
    parking: bool
    vague: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUpdated(Fact):
    """A network said something of a session (OCPI Session, PUT or PATCH). None means: not said this time.

    ``at`` is its last_updated; ``energy_wh`` the total so far; ``token`` the keyed hash of the driver's token.
    ``periods_complete`` tells a full list of periods (PUT) from appended ones (PATCH). ``soc`` is the vehicle's state
    of charge in percent; ``stopped_by_operator``: the operator, not the driver, ended the session.
    """

    session: str
    token: str | None = None
    status: SessionStatus | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    energy_wh: int | None = None
    periods: tuple[Period, ...] = ()
    periods_complete: bool = False
    soc: int | None = None
    contract: Contract | None = None
    stopped_by_operator: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargerStatusSeen(Fact):
    """A network said what state an EVSE is in (OCPI EVSE.status)."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkHeard(Fact):
    """A network's feed showed that it is alive: it pushed something, or answered a pull, true at ``at``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledSpan:
    """Parking time that a network billed. ``amount_minor``: before taxes as far as they are stated, in minor units."""

    start: datetime
    end: datetime
    amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBilled(Fact):
    """A network billed parking time itself, in a charge record (OCPI CDR), or took such a record back (a credit).

    ``record`` is the record's key, ``takes_back`` that of the one a credit takes back. ``session`` is None where the
    record names none (2.1.1); ``started_at`` and ``ended_at`` are the record's own. ``parking_s``: all parking time in
    the record, billed or free.
    """

    record: str
    session: str | None
    started_at: datetime
    ended_at: datetime
    currency: str
    spans: tuple[BilledSpan, ...] = ()
    parking_s: int = 0
    takes_back: str | None = None


AnyFact = OccupancyRead | DeviceReported | PlateSeen | SessionUpdated | ChargerStatusSeen | NetworkHeard | NetworkBilled


def order(fact: AnyFact) -> tuple[datetime, str, str]:
    """The key by which facts are taken in."""
    return fact.at, fact.source, fact.source_id
