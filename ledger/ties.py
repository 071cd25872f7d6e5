"""What reports on a bay and from when to when: sensors that lay in it, EVSEs whose sessions are its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from enforcement.facts import AnyFact, NetworkBilled, SessionUpdated, evse_subject, sensor_subject
from enforcement.intervals import Span, holds, merged
from ledger import traits
from ledger.database import table
from ledger.statements import Statement, among
from models import BayEvse, BaySensor, EndedTie

_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class SensorTie:
    """A sensor lay in a bay from ``since`` to ``until``."""

    sensor: str
    since: datetime
    until: datetime | None

    @property
    def subject(self) -> str:
        """The subject of what it says."""
        return sensor_subject(self.sensor)

    @property
    def is_always(self) -> bool:
        """Whether it holds for all that a sensor can say: none tells of times before these ties begin."""
        return self.since == traits.ALWAYS and self.until is None

    def holds(self, fact: AnyFact) -> bool:
        """Whether what the sensor said then is of this bay."""
        return self.since <= fact.at and (self.until is None or fact.at < self.until)


@dataclass(frozen=True, slots=True)
class EvseTie:
    """The sessions of an EVSE were a bay's if they began within ``spans``, which are merged and not empty.

    Which ones those are the core sees when it has them all, so only what comes long after the end is left out.
    """

    subject: str
    spans: tuple[Span, ...]

    @property
    def evse(self) -> str:
        """The EVSE's key."""
        return self.subject.removeprefix("evse:")

    @property
    def has_ended(self) -> bool:
        """Whether the EVSE is elsewhere now."""
        return self.spans[-1][1] < _FOREVER

    def holds(self, fact: AnyFact) -> bool:
        """Whether what is said of the EVSE may be of this bay."""
        if isinstance(fact, NetworkBilled):
            return holds(self.spans, fact.started_at)
        followed = _SESSION if self.has_ended and isinstance(fact, SessionUpdated) else timedelta(0)
        return fact.at - followed < self.spans[-1][1]


Tie = SensorTie | EvseTie
# The longest that a session which began before its EVSE was tied otherwise is followed at its old bay.
_SESSION = timedelta(days=2)


def sensor_tie(row: Any) -> SensorTie:
    """The tie of a row. A process may hold a million of them: the moment in which most begin is there once."""
    return SensorTie(row.sensor, traits.ALWAYS if row.since == traits.ALWAYS else row.since, row.until)


def dated_ties(current: Iterable[Any], ended: Iterable[Any]) -> list[EvseTie]:
    """The ties of one bay's own EVSEs that did not always hold, or do not any more."""
    found: dict[str, list[Span]] = {}
    for row in ended:
        found.setdefault(row.evse, []).append((row.since or traits.ALWAYS, row.until))
    for row in current:
        if row.home and row.since is not None:
            found.setdefault(row.evse, []).append((row.since, _FOREVER))
        else:
            found.pop(row.evse, None)
    return [EvseTie(evse_subject(evse), tuple(merged(spans))) for evse, spans in sorted(found.items())]


_TIES_OF_EVSES = Statement(lambda dialect: select(table(BayEvse)).where(among(dialect, table(BayEvse).c.evse, "evses")))
_ENDED_TIES = Statement(lambda dialect: select(table(EndedTie)).where(among(dialect, table(EndedTie).c.evse, "evses")))
_TIES_OF_SENSORS = Statement(
    lambda dialect: select(table(BaySensor)).where(among(dialect, table(BaySensor).c.sensor, "sensors"))
)


def ties_of(conn: Connection, subjects: Sequence[str]) -> dict[str, list[tuple[str, Tie | None]]]:
    """The bays that these subjects are tied to, each with its dates; None: always."""
    out: dict[str, list[tuple[str, Tie | None]]] = {}
    evses = [subject[5:] for subject in subjects if subject.startswith("evse:")]
    if evses:
        current = grouped(("bay", "evse"), _TIES_OF_EVSES.all(conn, {"evses": evses}))
        ended = grouped(("bay", "evse"), _ENDED_TIES.all(conn, {"evses": evses}))
        for bay, evse in dict.fromkeys((*current, *ended)):
            dated = dated_ties(current.get((bay, evse), ()), ended.get((bay, evse), ()))
            out.setdefault(evse_subject(evse), []).append((bay, dated[0] if dated else None))
    sensors = [subject[7:] for subject in subjects if subject.startswith("sensor:")]
    if sensors:
        for row in _TIES_OF_SENSORS.all(conn, {"sensors": sensors}):
            tie = sensor_tie(row)
            out.setdefault(tie.subject, []).append((row.bay, None if tie.is_always else tie))
    return out


def grouped(names: Sequence[str], rows: Iterable[Any]) -> dict[tuple[str, ...], list[Any]]:
    """Rows by the values of some of their columns."""
    out: dict[tuple[str, ...], list[Any]] = {}
    for row in rows:
        out.setdefault(tuple(getattr(row, name) for name in names), []).append(row)
    return out
