"""Published policy versions, and where each holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from enforcement.policy import Policy
from enforcement.scopes import Scope, policy_for
from ledger.database import table
from ledger.policies import published
from models import Evse, PolicyVersion, Station

# Databases take so many parameters in one statement, and no end of them.
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class PolicyStanding:
    """One version with its document. ``stations``: the names of those where it holds for stays that begin now."""

    policy: Policy
    document: str
    published_at: datetime
    stations: tuple[str, ...]


def standing(conn: Connection, now: datetime) -> list[PolicyStanding]:
    """All versions, newest of each policy first."""
    rows = table(PolicyVersion)
    documents = {f"{row.id}@{row.version}": row for row in conn.execute(select(rows))}
    policies = published(conn)
    held = _held(conn, policies, now)
    ordered = sorted(policies, key=lambda policy: (policy.id, -policy.version))
    return [
        PolicyStanding(
            policy=policy,
            document=documents[policy.name].document,
            published_at=documents[policy.name].published_at,
            stations=tuple(held.get(policy.name, ())),
        )
        for policy in ordered
    ]


def _held(conn: Connection, policies: list[Policy], now: datetime) -> dict[str, list[str]]:
    """The names of stations by the version that holds there now; one whose EVSEs differ is under several."""
    station = table(Station)
    named = _named_evses(conn, policies)
    counts = _evses_by_station(conn) if named else {}
    out: dict[str, list[str]] = {}
    query = select(station.c.key, station.c.network, station.c.name).order_by(station.c.name, station.c.key)
    for row in conn.execute(query):
        own = [[key] for key in named.get(row.key, ())]
        if not own or len(own) < counts.get(row.key, 0):
            own.append([])  # all others are judged alike
        scopes = [Scope(row.key, [row.network], keys) for keys in own]
        names = {found.name for scope in scopes if (found := policy_for(policies, scope, now)) is not None}
        for name in sorted(names):
            out.setdefault(name, []).append(row.name)
    return out


def _named_evses(conn: Connection, policies: list[Policy]) -> dict[str, list[str]]:
    """The EVSEs that policies name, by station: of a hundred thousand they name few."""
    evse = table(Evse).c
    keys = sorted({key for policy in policies for key in policy.evses})
    out: dict[str, list[str]] = {}
    for start in range(0, len(keys), _AT_ONCE):
        for row in conn.execute(select(evse.key, evse.station).where(evse.key.in_(keys[start : start + _AT_ONCE]))):
            out.setdefault(row.station, []).append(row.key)
    return out


def _evses_by_station(conn: Connection) -> dict[str, int]:
    evse = table(Evse).c
    query = select(evse.station, func.count().label("evses")).group_by(evse.station)
    return {row.station: row.evses for row in conn.execute(query)}
