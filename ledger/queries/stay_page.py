"""One stay as its driver sees it: where, since when, what it broke, what that costs and everything that it rests on."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, or_, select

from enforcement.accounts import Account
from enforcement.ticking import Pace, pace
from ledger.claims import Claim, stay_at
from ledger.database import table
from ledger.disputes import is_contested
from ledger.queries.accounts import account
from ledger.queries.case import Case, find
from ledger.queries.evidence import EvidenceOf, load_evidence
from models import Bay, BayCode, BayState, Station, ViolationRow


@dataclass(frozen=True, slots=True)
class StayCase:
    """A violation of the stay. ``account``: how its fee came about, None where late facts withdrew it.

    ``pace``: how it goes on while it runs; None where that can't be foretold.
    """

    case: Case
    account: Account | None
    seen: EvidenceOf
    pace: Pace | None
    is_contested: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StayPage:
    """A stay. ``arrived_at`` is None where later facts show that no vehicle stood there then."""

    claim: Claim
    bay_name: str
    bay_code: str | None
    station_name: str
    address: str
    zone: str
    synthetic: bool
    condition: str
    arrived_at: datetime | None
    left_at: datetime | None
    cases: tuple[StayCase, ...]

    @property
    def goes_on(self) -> bool:
        """Whether the vehicle stands there."""
        return self.arrived_at is not None and self.left_at is None


def load(conn: Connection, claim: Claim, now: datetime) -> StayPage:
    """The stay that a claim is of, with its violations, the latest first."""
    place, stay = _place(conn, claim.bay), stay_at(conn, claim.bay, claim.at)
    cases = [] if stay is None else [_case(conn, public_id, now) for public_id in _violations(conn, stay)]
    return StayPage(
        claim=claim,
        bay_name=place.name,
        bay_code=place.code,
        station_name=place.station_name,
        address=place.address,
        zone=place.zone,
        synthetic=bool(place.synthetic),
        condition=place.condition or "unknown",
        arrived_at=None if stay is None else stay.arrived_at,
        left_at=None if stay is None else stay.left_at,
        cases=tuple(case for case in cases if case is not None),
    )


def violations_of(conn: Connection, claim: Claim) -> list[str]:
    """The public ids of what the claimed stay broke, the latest first."""
    stay = stay_at(conn, claim.bay, claim.at)
    return [] if stay is None else _violations(conn, stay)


def _place(conn: Connection, bay_id: str) -> Any:
    bay, station, state, code = table(Bay), table(Station), table(BayState), table(BayCode)
    query = (
        select(bay.c.name, station.c.name.label("station_name"), station.c.address, station.c.zone)
        .add_columns(station.c.synthetic, state.c.condition, code.c.code)
        .join(station, station.c.key == bay.c.station)
        .outerjoin(state, state.c.bay == bay.c.id)
        .outerjoin(code, code.c.bay == bay.c.id)
        .where(bay.c.id == bay_id)
    )
    return conn.execute(query).one()


def _violations(conn: Connection, stay: Any) -> list[str]:
    rows = table(ViolationRow).c
    query = select(rows.public_id).where(rows.bay == stay.bay, rows.clock_started_at >= stay.arrived_at)
    if stay.left_at is not None:
        query = query.where(or_(rows.clock_started_at < stay.left_at, rows.ended_at == stay.left_at))
    return list(conn.execute(query.order_by(rows.clock_started_at.desc())).scalars())


def _case(conn: Connection, public_id: str, now: datetime) -> StayCase | None:
    case = find(conn, public_id)
    if case is None:
        return None
    told = account(conn, case)
    going_on = None if told is None else pace(told.policy, told.clause)
    return StayCase(case, told, load_evidence(conn, case, now), going_on, is_contested(conn, case.key))
