"""Published policy versions, and where each holds."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from enforcement.policy import Policy
from enforcement.scopes import Scope, policy_for
from ledger.database import table
from ledger.policies import published
from models import Evse, PolicyVersion, Station


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
    station, evse = table(Station), table(Evse)
    evses: dict[str, list[str]] = {}
    for key, of in conn.execute(select(evse.c.key, evse.c.station)):
        evses.setdefault(of, []).append(key)
    out: dict[str, list[str]] = {}
    query = select(station.c.key, station.c.network, station.c.name).order_by(station.c.name, station.c.key)
    for row in conn.execute(query):
        own = [[key] for key in evses.get(row.key, [])] or [[]]
        scopes = [Scope(row.key, [row.network], keys) for keys in own]
        names = {found.name for scope in scopes if (found := policy_for(policies, scope, now)) is not None}
        for name in sorted(names):
            out.setdefault(name, []).append(row.name)
    return out
