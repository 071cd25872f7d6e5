"""Charging networks, and how their fees are settled."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, func, select

from enforcement.setting import Settlement
from ledger.database import table
from ledger.habits import read_habits
from ledger.session_ends import Meaning, meaning_of
from models import Cdr, Network, Push, Station
from models.outbox import Delivery


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkLine:
    """One network: its stations, its settlement mode, and our charge records for stays there.

    ``waiting``: records that are not pushed yet; ``fetchable``: pushes that were given up, so its party must fetch.
    """

    key: str
    name: str
    settlement: Settlement
    session_end: Meaning
    stations: int
    records: int
    waiting: int
    fetchable: int


def networks(conn: Connection) -> list[NetworkLine]:
    """All networks, by key."""
    rows, stations, cdrs, pushes = table(Network), table(Station), table(Cdr), table(Push)
    places = _counts(conn, stations.c.network)
    made = _counts(conn, cdrs.c.network)
    query = (
        select(cdrs.c.network, pushes.c.state, func.count())
        .join(pushes, pushes.c.identity == "cdr:" + cdrs.c.cdr_id)
        .group_by(cdrs.c.network, pushes.c.state)
    )
    states = {(network, state): count for network, state, count in conn.execute(query)}
    return [
        NetworkLine(
            key=row.key,
            name=row.name,
            settlement=read_habits(row.habits).settlement,
            session_end=meaning_of(row.habits),
            stations=places.get(row.key, 0),
            records=made.get(row.key, 0),
            waiting=sum(states.get((row.key, state), 0) for state in (Delivery.PENDING, Delivery.SENDING)),
            fetchable=sum(states.get((row.key, state), 0) for state in (Delivery.EXPIRED, Delivery.FAILED)),
        )
        for row in conn.execute(select(rows).order_by(rows.c.key))
    ]


def _counts(conn: Connection, network: ColumnElement[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(select(network, func.count()).group_by(network))}
