"""What the core must know of a bay that is not a fact: where it is, what watches it, and how far to believe that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from enforcement.intervals import Span


class Settlement(StrEnum):
    """Who collects the fees at a network's stations.

    ``network``: it bills parking time itself, and its CDRs are held against what was seen; ``us``: we send its drivers'
    providers a CDR of our own; ``report``: nobody bills by OCPI, fees are reported only.
    """

    NETWORK = "network"
    US = "us"
    REPORT = "report"


class SessionEnd(StrEnum):
    """What the end of a network's sessions means: the cable was ``unplugged``, or charging was only ``stopped``."""

    UNPLUGGED = "unplugged"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkHabits:
    """How a charging network talks, what may be concluded from its silence, and how fees there are settled.

    ``feed_watchdog``: after so long without a word from the network, "no session" is no longer known.
    ``session_watchdog``: after so long without news, an active session is stale evidence, not an idle one.
    ``flat_updates`` and ``flat_for``: energy unchanged over so many later updates and so long means finished
    (stated as *inferred*; a smart-charging pause looks the same, so a policy bills it only if it says so).
    ``session_end``: after a session that was only stopped, the vehicle may still be plugged in.
    """

    feed_watchdog: timedelta = timedelta(minutes=15)
    session_watchdog: timedelta = timedelta(hours=2)
    flat_updates: int = 3
    flat_for: timedelta = timedelta(minutes=10)
    settlement: Settlement = Settlement.REPORT
    session_end: SessionEnd = SessionEnd.UNPLUGGED


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceThen:
    """What was said of a bay's place before ``until``: the same fields as in :class:`BaySetting`."""

    until: datetime
    power_classes: Mapping[str, str] = field(default_factory=dict)
    tax_region: str | None = None
    taxes_charged: frozenset[str] = frozenset()
    calendar: str | None = None


_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Debounce:
    """How long a sensor's word must hold to be believed, as its model needs; for words that began from ``since`` on.

    ``arrival``: a vehicle counts as arrived when it has been seen for so long. ``departure``: one that is not seen for
    a shorter time (or less than ten seconds) has not left, but that time is nobody's; once gone for so long, it left at
    the first word of it.
    """

    arrival: timedelta = timedelta(0)
    departure: timedelta = timedelta(0)
    since: datetime = _ALWAYS


NO_DEBOUNCE = Debounce()


def debounce_at(debounces: Sequence[Debounce], moment: datetime) -> Debounce:
    """What held for a word that began at a moment; ``debounces`` oldest first."""
    return next((each for each in reversed(debounces) if each.since <= moment), NO_DEBOUNCE)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaySetting:
    """One bay as its owner described it.

    ``zone`` is the station's IANA time zone. ``sensors`` maps the sensors in the bay to their watchdogs,
    ``debounces`` to how long their words must hold, where that is not nothing, oldest first.
    ``evses`` are those whose sessions belong to this bay; ``shared_evses`` reach this bay too, but their sessions
    belong to another one (bays and EVSEs are many-to-many): while one runs, it may be this vehicle's, so nothing
    is known against it. ``tied``: from when to when an EVSE of ``evses`` was at this bay, where that is not always.
    ``networks`` maps each network of the bay's EVSEs to its habits.
    ``power_classes``: what each EVSE is (AC, DC, HPC, or the operator's own word), where it is known.
    ``tax_region``: the station's own (``de``, ``ca-qc``), ``taxes_charged``: which of its optional taxes the operator
    charges, ``calendar``: its public holidays (``CA-QC``), each where it is known. ``earlier``: what these and the
    power classes were before they changed, oldest first.
    """

    bay: str
    station: str
    zone: str
    sensors: Mapping[str, timedelta] = field(default_factory=dict)
    debounces: Mapping[str, Sequence[Debounce]] = field(default_factory=dict)
    evses: tuple[str, ...] = ()
    shared_evses: tuple[str, ...] = ()
    tied: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)
    networks: Mapping[str, NetworkHabits] = field(default_factory=dict)
    power_classes: Mapping[str, str] = field(default_factory=dict)
    tax_region: str | None = None
    taxes_charged: frozenset[str] = frozenset()
    calendar: str | None = None
    earlier: tuple[PlaceThen, ...] = ()

    def as_of(self, moment: datetime) -> "BaySetting":
        """The bay as it was then."""
        then = next((then for then in self.earlier if moment < then.until), None) if self.earlier else None
        if then is None:
            return self
        return replace(
            self,
            power_classes=then.power_classes,
            tax_region=then.tax_region,
            taxes_charged=then.taxes_charged,
            calendar=then.calendar,
        )

    def is_home(self, evse: str, began_at: datetime) -> bool:
        """Whether a session that began then at one of ``evses`` is this bay's."""
        return evse not in self.tied or any(since <= began_at < until for since, until in self.tied[evse])

    def habits(self, evse: str) -> NetworkHabits:
        """The habits of the network that an EVSE belongs to."""
        return self.networks.get(_network_of(evse), DEFAULT_HABITS)


DEFAULT_HABITS = NetworkHabits()


@lru_cache(maxsize=50_000)
def _network_of(evse: str) -> str:
    return "*".join(evse.split("*")[:2])
