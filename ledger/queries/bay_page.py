"""What a bay's own page shows to whoever stands before it: four short queries, and nothing personal."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from enforcement.clauses import Kind
from enforcement.policy import Policy
from enforcement.scopes import Scope, policy_for
from enforcement.violations import State
from ledger import policies
from ledger.database import table
from models import Bay, BayCode, BayEvse, BayState, Station, ViolationRow

_OPEN = (State.WATCHED, State.WARNED, State.RUNNING, State.DISPUTED)


@dataclass(frozen=True, slots=True)
class RunningClock:
    """A clock that runs against the vehicle in the bay now: since when, and until when that is free."""

    kind: Kind
    state: State
    started_at: datetime
    grace_ends_at: datetime | None
    violated_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BayPage:
    """A bay as it is now, and the policy that holds there for whoever arrives now."""

    bay: str
    code: str
    name: str
    station: str
    station_name: str
    address: str
    zone: str
    synthetic: bool
    condition: str
    since: datetime | None
    clocks: tuple[RunningClock, ...]
    policy: Policy | None


def load(conn: Connection, code: str, now: datetime) -> BayPage | None:
    """The page of the bay whose sign has this code, or None."""
    bay, station, state, codes = table(Bay), table(Station), table(BayState), table(BayCode)
    query = (
        select(bay.c.id, bay.c.name, bay.c.station, station.c.name.label("station_name"), station.c.address)
        .add_columns(station.c.zone, station.c.synthetic, state.c.condition, state.c.since)
        .join(codes, codes.c.bay == bay.c.id)
        .join(station, station.c.key == bay.c.station)
        .outerjoin(state, state.c.bay == bay.c.id)
        .where(codes.c.code == code)
    )
    row = conn.execute(query).one_or_none()
    if row is None:
        return None
    return BayPage(
        bay=row.id,
        code=code,
        name=row.name,
        station=row.station,
        station_name=row.station_name,
        address=row.address,
        zone=row.zone,
        synthetic=bool(row.synthetic),
        condition=row.condition or "unknown",
        since=row.since,
        clocks=_clocks(conn, row.id),
        policy=policy_of(conn, row.id, row.station, now),
    )


def policy_of(conn: Connection, bay: str, station: str, at: datetime) -> Policy | None:
    """The policy version for a stay that begins in a bay at ``at``."""
    ties = table(BayEvse)
    found = conn.execute(select(ties.c.evse, ties.c.home).where(ties.c.bay == bay)).all()
    networks = sorted({"*".join(evse.split("*")[:2]) for evse, _ in found})
    own = sorted(evse for evse, is_home in found if is_home)
    return policy_for(policies.published(conn), Scope(station, networks, own), at)


def _clocks(conn: Connection, bay: str) -> tuple[RunningClock, ...]:
    rows = table(ViolationRow).c
    query = (
        select(rows.kind, rows.state, rows.clock_started_at, rows.grace_ends_at, rows.violated_at)
        .where(rows.bay == bay, rows.ended_at.is_(None), rows.state.in_(_OPEN))
        .order_by(rows.clock_started_at)
    )
    return tuple(RunningClock(*row) for row in conn.execute(query))
