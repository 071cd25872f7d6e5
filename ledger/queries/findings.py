"""Findings in pages, newest first, with the place and the violations that they are about."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from enforcement.billing import FindingCode
from ledger.database import table
from models import FindingRow, Station, ViolationRow
from models.findings import FindingState


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingFilter:
    """Which findings. ``since`` and ``until`` bound the start of what they are about, ``[since, until)``."""

    states: Sequence[FindingState] = (FindingState.OPEN,)
    codes: Sequence[FindingCode] = ()
    stations: Sequence[str] = ()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingLine:
    """One finding; ``details`` are the values of its words, ``violations`` the public ids of its session's."""

    id: int
    public_id: str
    code: FindingCode
    record: str
    network: str
    evse: str | None
    station: str | None
    station_name: str | None
    zone: str
    session: str | None
    start: datetime
    end: datetime
    seconds: int
    amount_minor: int | None
    currency: str
    details: dict[str, str]
    state: FindingState
    found_at: datetime
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    note: str | None
    violations: tuple[str, ...]


def page(conn: Connection, wanted: FindingFilter, before: int | None, limit: int) -> list[FindingLine]:
    """Findings with an id lower than ``before``, newest first, at most ``limit``."""
    row, station = table(FindingRow).c, table(Station).c
    query = (
        select(table(FindingRow), station.name.label("station_name"), station.zone)
        .outerjoin(table(Station), station.key == row.station)
        .where(*_conditions(wanted))
        .order_by(row.id.desc())
        .limit(limit)
    )
    found = conn.execute(query if before is None else query.where(row.id < before)).mappings().all()
    violations = _violations(conn, [each["session"] for each in found if each["session"]])
    return [_line(each, violations) for each in found]


def find(conn: Connection, public_id: str) -> FindingLine | None:
    """The finding with this public id."""
    row, station = table(FindingRow).c, table(Station).c
    query = select(table(FindingRow), station.name.label("station_name"), station.zone)
    query = query.outerjoin(table(Station), station.key == row.station).where(row.public_id == public_id)
    found = conn.execute(query).mappings().one_or_none()
    if found is None:
        return None
    return _line(found, _violations(conn, [found["session"]] if found["session"] else []))


def counts(conn: Connection) -> dict[FindingState, int]:
    """How many findings stand where."""
    row = table(FindingRow).c
    return {each[0]: each[1] for each in conn.execute(select(row.state, func.count()).group_by(row.state))}


def _line(row: Any, violations: dict[str, list[str]]) -> FindingLine:
    values = {name: row[name] for name in FindingLine.__dataclass_fields__ if name in row}
    values |= {
        "code": FindingCode(row["code"]),
        "details": json.loads(row["details"]),
        "zone": row["zone"] or "UTC",
        "violations": tuple(violations.get(row["session"] or "", ())),
    }
    return FindingLine(**values)


def _violations(conn: Connection, sessions: Sequence[str]) -> dict[str, list[str]]:
    row = table(ViolationRow).c
    out: dict[str, list[str]] = {}
    if sessions:
        query = select(row.session, row.public_id).where(row.session.in_(sorted(set(sessions)))).order_by(row.id)
        for each in conn.execute(query):
            out.setdefault(each.session, []).append(each.public_id)
    return out


def _conditions(wanted: FindingFilter) -> list[Any]:
    row = table(FindingRow).c
    out: list[Any] = [row.state.in_(list(wanted.states))]
    if wanted.codes:
        out.append(row.code.in_([code.value for code in wanted.codes]))
    if wanted.stations:
        out.append(row.station.in_(list(wanted.stations)))
    if wanted.since is not None:
        out.append(row.start >= wanted.since)
    if wanted.until is not None:
        out.append(row.start < wanted.until)
    return out
