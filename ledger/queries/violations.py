"""Violations in pages: newest first, filtered, stable while new ones come in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select

from enforcement.clauses import Kind
from enforcement.violations import NOT_YET, State
from ledger.database import table
from ledger.queries.cursors import Cursor
from models import Bay, Station, ViolationRow

BECAME = tuple(state for state in State if state not in NOT_YET)


@dataclass(frozen=True, slots=True)
class ViolationFilter:
    """Which violations. ``since`` and ``until`` bound the start of the clock, ``[since, until)``."""

    states: Sequence[State] = BECAME
    kinds: Sequence[Kind] = ()
    stations: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationSummary:
    """A violation as lists show it. Amounts in minor units, times in UTC, ``zone`` that of the station."""

    id: int
    public_id: str
    kind: Kind
    state: State
    reason: str
    policy: str
    station: str
    station_name: str
    station_address: str
    latitude: str | None
    longitude: str | None
    zone: str
    bay: str
    bay_name: str
    network: str | None
    plate: str | None
    clock_started_at: datetime
    grace_ends_at: datetime | None
    violated_at: datetime | None
    ended_at: datetime | None
    billable_s: int
    fee_minor: int
    tax_minor: int
    currency: str
    synthetic: bool
    updated_at: datetime

    @property
    def total_minor(self) -> int:
        """What the driver pays."""
        return self.fee_minor + self.tax_minor


@dataclass(frozen=True, slots=True)
class Page:
    """One page; ``after`` is where the next one begins, None at the end."""

    violations: tuple[ViolationSummary, ...]
    after: Cursor | None


def page(conn: Connection, wanted: ViolationFilter, after: Cursor | None, limit: int) -> Page:
    """One page of at most ``limit``. Rows that come in meanwhile never repeat or hide one on a later page."""
    row = table(ViolationRow).c
    query = summaries().where(*_conditions(wanted, after))
    query = query.order_by(row.clock_started_at.desc(), row.id.desc()).limit(limit + 1)
    found = [ViolationSummary(**each) for each in conn.execute(query).mappings()]
    shown = found[:limit]
    more = len(found) > limit
    return Page(tuple(shown), Cursor(shown[-1].clock_started_at, shown[-1].id) if more else None)


def summaries() -> Select[Any]:
    """The query of all summaries, in no order."""
    row, bay, station = table(ViolationRow), table(Bay), table(Station)
    columns = [
        row.c[name]
        for name in ViolationSummary.__dataclass_fields__
        if name in row.c
    ]  # fmt: skip
    return (
        select(
            *columns,
            bay.c.name.label("bay_name"),
            station.c.name.label("station_name"),
            station.c.address.label("station_address"),
            station.c.latitude,
            station.c.longitude,
            station.c.zone,
        )
        .join(bay, bay.c.id == row.c.bay)
        .join(station, station.c.key == row.c.station)
    )


def _conditions(wanted: ViolationFilter, after: Cursor | None) -> list[Any]:
    row = table(ViolationRow).c
    out: list[Any] = [row.state.in_(wanted.states)]
    if wanted.kinds:
        out.append(row.kind.in_(wanted.kinds))
    if wanted.stations:
        out.append(row.station.in_(wanted.stations))
    if wanted.since is not None:
        out.append(row.clock_started_at >= wanted.since)
    if wanted.until is not None:
        out.append(row.clock_started_at < wanted.until)
    if after is not None:
        at = after.clock_started_at
        out.append(or_(row.clock_started_at < at, and_(row.clock_started_at == at, row.id < after.id)))
    return out
