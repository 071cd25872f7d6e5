"""Places, as pages and filters name them."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from ledger.database import Ledger, table
from ledger.queries.bay_tiles import is_real
from models import Bay, Network, Station


@dataclass(frozen=True, slots=True)
class StationName:
    """A station with its IANA time zone."""

    key: str
    name: str
    zone: str


@dataclass(frozen=True, slots=True)
class BayName:
    """A bay of a station."""

    id: str
    name: str


def stations(conn: Connection, limit: int = 500) -> list[StationName]:
    """The first stations by name, for a choice."""
    rows = table(Station)
    query = select(rows.c.key, rows.c.name, rows.c.zone).order_by(rows.c.name, rows.c.key).limit(limit)
    return [StationName(row.key, row.name, row.zone) for row in conn.execute(query)]


def networks(conn: Connection) -> list[tuple[str, str]]:
    """Key and name of each network, for a choice."""
    rows = table(Network).c
    return [(row.key, row.name) for row in conn.execute(select(rows.key, rows.name).order_by(rows.name))]


def bays(conn: Connection, station: str) -> list[BayName]:
    """A station's bays by name."""
    bay = table(Bay).c
    query = select(bay.id, bay.name).where(bay.station == station, is_real())
    return [BayName(*row) for row in conn.execute(query.order_by(func.length(bay.name), bay.name, bay.id))]


def zone_of(conn: Connection, station: str | None) -> str:
    """The time zone in which days are meant: the station's, or that of all stations where they share one, or UTC."""
    rows = table(Station)
    query = select(rows.c.zone).distinct().limit(2)
    if station is not None:
        query = query.where(rows.c.key == station)
    zones = conn.execute(query).scalars().all()
    return zones[0] if len(zones) == 1 else "UTC"


def has_synthetic(conn: Connection) -> bool:
    """Whether anything here is made up (a demo, a simulation)."""
    rows = table(Network)
    return conn.execute(select(rows.c.key).where(rows.c.synthetic).limit(1)).first() is not None


def is_reachable(ledger: Ledger) -> bool:
    """Whether the database answers."""
    try:
        with ledger.read() as conn:
            conn.execute(select(1))
    except SQLAlchemyError:
        return False
    return True
