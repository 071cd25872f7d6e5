"""Charging networks, and how their fees are settled."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from enforcement.setting import Settlement
from ledger.database import table
from ledger.session_ends import Meaning, meaning_of
from ledger.settings_of_bays import read_habits
from ledger.settlements import may_have, versions_of_parties
from models import Cdr, Network, Push, Station, ViolationRow
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """A correction that its party's OCPI (2.1.1) has no words for: somebody must settle it with that party."""

    public_id: str
    party: str
    amount_minor: int
    currency: str
    created_at: datetime


def corrections_by_hand(conn: Connection, limit: int = 100) -> list[ByHand]:
    """The latest of them, newest first. Amounts are signed: what was taken back is negative."""
    cdrs, violations = table(Cdr), table(ViolationRow)
    parties = [party for party, version in versions_of_parties(conn).items() if not may_have(version, 2)]
    query = (
        select(violations.c.public_id, cdrs.c.party, cdrs.c.amount_minor, cdrs.c.currency, cdrs.c.created_at)
        .join(violations, violations.c.key == cdrs.c.violation)
        .where(cdrs.c.party.in_(parties), cdrs.c.number > 1)
        .order_by(cdrs.c.id.desc())
        .limit(limit)
    )
    return [ByHand(**row) for row in conn.execute(query).mappings()]


def _counts(conn: Connection, network: ColumnElement[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in conn.execute(select(network, func.count()).group_by(network))}
