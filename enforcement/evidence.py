"""Evidence: what facts of one bay were condensed to (:mod:`enforcement.folding`), and all that is kept of them.

Plain values, kept as JSON from one fact to the next.
"""

from dataclasses import dataclass, field
from datetime import datetime

from enforcement.facts import NetworkBilled, Period


@dataclass(slots=True)
class ReadingRun:
    """Equal readings of one sensor from ``first`` to ``last``, with no silence longer than its watchdog inside.

    ``edge``: it began with the change itself, and nothing was lost just before. ``corrects``: it contradicts the run
    before though the device ``tells`` changes and nothing was lost: it had not seen this one. ``known_from``: when its
    network had the first word, where the device's own clock puts that earlier.
    """

    occupied: bool | None
    first: datetime
    last: datetime
    edge: bool
    tells: bool = False
    corrects: bool = False
    known_from: datetime | None = None


@dataclass(slots=True)
class Frame:
    """The last numbered message of one sensor. ``missed``: how many were lost since its last reading."""

    join: str | None
    counter: int
    at: datetime
    missed: int = 0


@dataclass(slots=True)
class StatusRun:
    """One EVSE status, first said at ``first``, last at ``last``."""

    status: str
    first: datetime
    last: datetime


@dataclass(slots=True)
class Qualm:
    """A state in which a sensor was from ``since`` to ``until`` (None: it has not said otherwise).

    ``said_at``: when it last said so itself.
    """

    state: str
    since: datetime
    until: datetime | None = None
    said_at: datetime | None = None


@dataclass(slots=True)
class SessionTrace:
    """What is known of one session: the latest word on each field, and how its energy grew.

    ``rose_at``: the last update in which energy grew; ``flat_at``: the first later one in which it had not, and
    ``flat_updates`` how many of those in a row. ``soc``: each new height of the state of charge and when it was told.
    ``curve``: the last energies in Wh as they rose, minutes apart; ``peak_w``: the highest mean power between two.
    """

    session: str
    evse: str
    first_heard: datetime
    heard: datetime
    token: str | None = None
    status: str | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    energy_wh: int | None = None
    rose_at: datetime | None = None
    flat_at: datetime | None = None
    flat_updates: int = 0
    periods: list[Period] = field(default_factory=list)
    soc: list[tuple[datetime, int]] = field(default_factory=list)
    curve: list[tuple[datetime, int]] = field(default_factory=list)
    peak_w: int = 0
    contract: str | None = None
    stopped_by_operator: bool = False


@dataclass(slots=True)
class Sighting:
    """One plate (its pseudonym), seen by one camera ``count`` times in a row; ``confidence``: the best of them."""

    plate: str
    jurisdiction: str
    first: datetime
    last: datetime
    count: int
    confidence: int


@dataclass(slots=True)
class Record:
    """What sessions have shown of a sensor.

    ``stayed`` of ``departures``: it did not see the vehicle leave (false-occupied). ``missed`` of ``charges``: it said
    free while energy flowed (false-free). ``poor_since``: from when on it has been too bad to be believed.
    """

    departures: int = 0
    stayed: int = 0
    charges: int = 0
    missed: int = 0
    poor_since: datetime | None = None


@dataclass(slots=True)
class Evidence:
    """The kept state of one bay's fold. Facts before ``cut`` are settled and no longer in it.

    ``bills``: what networks billed for parking, and what they took back, by the key of the record. ``qualms`` and
    ``changes``: what each sensor's own messages tell against it. ``records``: what settled sessions have shown of it.
    ``plates``: what each camera read.
    """

    cut: datetime | None = None
    readings: dict[str, list[ReadingRun]] = field(default_factory=dict)
    sessions: dict[str, SessionTrace] = field(default_factory=dict)
    statuses: dict[str, list[StatusRun]] = field(default_factory=dict)
    bills: dict[str, NetworkBilled] = field(default_factory=dict)
    frames: dict[str, Frame] = field(default_factory=dict)
    qualms: dict[str, list[Qualm]] = field(default_factory=dict)
    changes: dict[str, list[datetime]] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    plates: dict[str, list[Sighting]] = field(default_factory=dict)
