"""Readable builders for the core: a bay, facts by the minute, policies in one line, and what was decided."""

import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from enforcement.decision import Decision, decide
from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    OccupancyRead,
    Period,
    SessionStatus,
    SessionUpdated,
    evse_subject,
    sensor_subject,
)
from enforcement.folding import fold
from enforcement.intervals import Span
from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from enforcement.setting import BaySetting, NetworkHabits
from enforcement.violations import Violation
from tests.conftest import minutes

NETWORK, STATION = "ca*abc", "ca*abc*l1"
EVSE, OTHER_EVSE = "ca*abc*l1*e1", "ca*abc*l1*e2"
SENSOR = "s1"
HABITS = NetworkHabits(feed_watchdog=timedelta(minutes=15), session_watchdog=timedelta(hours=2))
_COUNT = itertools.count()

HEAD = """
id = "test"
version = 1
title = "Test"
effective_from = 2020-01-01T00:00:00Z
currency = "CAD"
"""


def bay(
    *,
    sensors: dict[str, timedelta] | None = None,
    evses: tuple[str, ...] = (EVSE,),
    shared: tuple[str, ...] = (),
    zone: str = "America/Toronto",
    habits: NetworkHabits = HABITS,
) -> BaySetting:
    """A bay with one sensor (watchdog one day) and one EVSE, unless said otherwise."""
    return BaySetting(
        bay="lot-1",
        station=STATION,
        zone=zone,
        sensors={SENSOR: timedelta(days=1)} if sensors is None else sensors,
        evses=evses,
        shared_evses=shared,
        networks={NETWORK: habits},
    )


def clause(kind: str, **fields: str | tuple[tuple[str, ...], ...]) -> str:
    """One clause: ``clause("idle", grace="10m", cap="5")``; ``windows=(("08:00", "20:00", "mon"),)``."""
    values: dict[str, Any] = {"grace": "10m", "rate": "0.40", "per": "1m", **fields}
    windows = values.pop("windows", ())
    lines = ["[[clause]]", f'kind = "{kind}"', *(f'{name} = "{value}"' for name, value in values.items())]
    for start, end, *days in windows:
        lines += ["[[clause.window]]", f'from = "{start}"', f'to = "{end}"']
        lines += [f"days = {days!r}".replace("'", '"')] if days else []
    return "\n".join(lines) + "\n"


def policy(*clauses: str, more: str = "") -> Policy:
    """A policy in CAD, in effect since 2020, of these clauses."""
    return read_policy(HEAD + more + "".join(clauses))


ALL_KINDS = policy(
    clause("unplugged", grace="5m", rate="1.00"), clause("idle"), clause("overstaying", grace="10m", rate="0.50")
)


def sensor_says(
    occupied: bool | None, at: float, *, sensor: str = SENSOR, edge: bool = True, seen: float | None = None
) -> OccupancyRead:
    """A reading ``at`` minutes after noon; ``edge=False`` is a heartbeat."""
    return OccupancyRead(
        at=minutes(at),
        seen_at=minutes(at if seen is None else seen),
        source=f"mqtt:{sensor}",
        source_id=f"{next(_COUNT):09}",
        subject=sensor_subject(sensor),
        occupied=occupied,
        edge=edge,
    )


def arrives(at: float, **more: Any) -> OccupancyRead:
    """The sensor sees a vehicle come."""
    return sensor_says(True, at, **more)


def leaves(at: float, **more: Any) -> OccupancyRead:
    """The sensor sees it go."""
    return sensor_says(False, at, **more)


def heartbeat(occupied: bool | None, at: float, **more: Any) -> OccupancyRead:
    """The sensor repeats its state."""
    return sensor_says(occupied, at, edge=False, **more)


def session(
    at: float,
    status: SessionStatus | None = "ACTIVE",
    *,
    name: str = "x1",
    evse: str = EVSE,
    token: str | None = "anna",
    started: float | None = None,
    ended: float | None = None,
    energy_wh: int | None = None,
    parking: Iterable[float] = (),
    charging: Iterable[float] = (),
    seen: float | None = None,
    whole: bool = False,
) -> SessionUpdated:
    """What the network says ``at`` minutes after noon; ``parking`` and ``charging`` are starts of periods."""
    periods = [Period(start=minutes(m), parking=True) for m in parking]
    periods += [Period(start=minutes(m), parking=False) for m in charging]
    return SessionUpdated(
        at=minutes(at),
        seen_at=minutes(at if seen is None else seen),
        source="ocpi:ca*abc",
        source_id=f"{next(_COUNT):09}",
        subject=evse_subject(evse),
        session=f"{NETWORK}*{name}",
        token=token,
        status=status,
        started_at=None if started is None else minutes(started),
        ended_at=None if ended is None else minutes(ended),
        energy_wh=energy_wh,
        periods=tuple(sorted(periods, key=lambda period: period.start)),
        periods_complete=whole,
    )


def charger(status: str, at: float, *, evse: str = EVSE) -> ChargerStatusSeen:
    """The network says what state an EVSE is in."""
    return ChargerStatusSeen(
        at=minutes(at),
        seen_at=minutes(at),
        source="ocpi:ca*abc",
        source_id=f"{next(_COUNT):09}",
        subject=evse_subject(evse),
        status=status,
    )


def charged(
    start: float, finished: float, end: float | None = None, *, name: str = "x1", **more: Any
) -> list[SessionUpdated]:
    """A whole session: plugged in, done (reported by a parking period), and, if ``end`` is given, unplugged."""
    out = [session(start, name=name, started=start, **more), session(finished, name=name, parking=[finished], **more)]
    if end is not None:
        out.append(session(end, "COMPLETED", name=name, ended=end, **more))
    return out


ALWAYS: dict[str, list[Span]] = {NETWORK: [(minutes(-10_000), minutes(100_000))]}


def feed(*spans: tuple[float, float]) -> dict[str, list[Span]]:
    """The network was heard in these spans, in minutes after noon."""
    return {NETWORK: [(minutes(lo), minutes(hi)) for lo, hi in spans]}


@dataclass(frozen=True)
class Told:
    """A decision in the words of a test."""

    decision: Decision

    @property
    def conditions(self) -> list[tuple[str, float, float]]:
        """The last stay's stretches as (condition, from, to) in minutes after noon, neighbours joined."""
        out: list[tuple[str, float, float]] = []
        for stretch in self.decision.stays[-1].stretches:
            lo, hi = after_noon(stretch.start), after_noon(stretch.end)
            if out and out[-1][0] == stretch.condition.value and out[-1][2] == lo:
                out[-1] = (out[-1][0], out[-1][1], hi)
            else:
                out.append((stretch.condition.value, lo, hi))
        return out

    @property
    def broken(self) -> list[Violation]:
        """Violations with chargeable time."""
        return [violation for violation in self.decision.violations if violation.violated_at is not None]

    @property
    def fees(self) -> dict[str, int]:
        """What each kind costs in all, in cents before taxes; kinds that cost nothing are left out."""
        out: dict[str, int] = {}
        for violation in self.decision.violations:
            if violation.fee.net_minor:
                out[violation.kind.value] = out.get(violation.kind.value, 0) + violation.fee.net_minor
        return out

    @property
    def only(self) -> Violation:
        """The one violation, watched ones included."""
        (violation,) = self.decision.violations
        return violation


def told(
    facts: Iterable[Any],
    at: float,
    *,
    under: Policy = ALL_KINDS,
    setting: BaySetting | None = None,
    feeds: dict[str, list[Span]] | None = None,
) -> Told:
    """What the core decides ``at`` minutes after noon; the feed was alive unless said otherwise. Facts may be nested."""
    where = bay() if setting is None else setting
    flat = list(_flat(facts))
    heard = {NETWORK: [(minutes(-10_000), minutes(at))]} if feeds is None else feeds
    return Told(decide(fold(flat, where), where, heard, (under,), minutes(at)))


def after_noon(moment: datetime) -> float:
    """A moment as minutes after noon."""
    return round((moment - minutes(0)) / timedelta(minutes=1), 3)


def _flat(facts: Iterable[Any]) -> Iterator[AnyFact]:
    for fact in facts:
        if isinstance(fact, list):
            yield from _flat(fact)
        else:
            yield fact


@dataclass
class Lines:
    """Fee lines by treatment, in minutes."""

    violation: Violation
    minutes_of: dict[str, float] = field(init=False)

    def __post_init__(self) -> None:
        self.minutes_of = {}
        for line in self.violation.fee.lines:
            length = (line.end - line.start) / timedelta(minutes=1)
            self.minutes_of[line.treatment.value] = self.minutes_of.get(line.treatment.value, 0) + length
