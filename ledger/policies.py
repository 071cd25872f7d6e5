"""Published policy versions. Nothing published is ever edited, and none is slipped under stays that stand."""

from collections.abc import Iterator
from functools import lru_cache

from sqlalchemy import Connection, func, select

from enforcement.policy import OF_STATION, Policy, Scope, policy_for
from enforcement.policy_document import read_policy
from ledger.database import Tx, registry_changed, table
from models import Bay, Evse, PolicyVersion, StayRow


class PublishError(ValueError):
    """A version that may not be published; the message says why."""


def publish(tx: Tx, document: str) -> Policy:
    """Publish a version from its TOML. The same document again changes nothing.

    Raises PolicyError for a document that makes no sense, and :class:`PublishError` for one that would change a
    published version, or take effect at a time at which stays already stand under another policy or under none.
    """
    policy = read_policy(document)
    versions = table(PolicyVersion)
    same = (versions.c.id == policy.id) & (versions.c.version == policy.version)
    standing = tx.conn.execute(select(versions.c.document).where(same)).scalar()
    if standing is not None and standing != document:
        raise PublishError(f"{policy.name} is published and never changes; give the new document a higher version")
    if standing is not None:
        return policy
    lacking = list(_lacking(policy))
    if lacking:
        raise PublishError(f"{policy.name} asks for what the live service does not know yet: {'; '.join(lacking)}")
    overruled = _overruled(tx, policy)
    if overruled is not None:
        raise PublishError(
            f"{policy.name} would take effect on {policy.effective_from.isoformat()}, but stays at {overruled} that "
            "began since then have been judged already; let it take effect later, or narrow its scope"
        )
    tx.conn.execute(
        versions.insert().values(
            id=policy.id,
            version=policy.version,
            effective_from=policy.effective_from,
            published_at=tx.now,
            document=document,
        )
    )
    registry_changed(tx)
    return policy


def remembered(tx: Tx) -> list[Policy]:
    """All versions, loaded once while the registry stands."""
    if tx.memory.policies is None:
        tx.memory.policies = published(tx.conn)
    known: list[Policy] = tx.memory.policies
    return known


def published(conn: Connection) -> list[Policy]:
    """All versions, in a fixed order."""
    versions = table(PolicyVersion)
    query = select(versions.c.document).order_by(versions.c.id, versions.c.version)
    return [_read(document) for document in conn.execute(query).scalars()]


def _lacking(policy: Policy) -> Iterator[str]:
    """What only a back-test can be told today. Published all the same, such a policy would silently charge less."""
    if policy.tax_region == OF_STATION:
        yield "the tax region of a station"
    if policy.holidays is not None:
        yield "calendars of public holidays"
    for clause in policy.clauses:
        wants = {
            "how full a site is": clause.needs_occupancy,
            "states of charge": clause.soc is not None,
            "when a warning was delivered": clause.grace_anchor == "warning",
            "a driver's sum of the day": clause.limits.cap_driver_day is not None,
            "power classes": bool(clause.who.power_classes),
            "contracts": bool(clause.who.contracts),
            "token groups": bool(clause.who.groups or clause.who.exempt_groups),
        }
        yield from (f"{clause.kind}: {words}" for words, is_wanted in wants.items() if is_wanted)


def _overruled(tx: Tx, policy: Policy) -> str | None:
    """A station with stays that the new version would take from the policy, or from none, that they stand under."""
    stays, bays = table(StayRow), table(Bay)
    query = (
        select(bays.c.station, stays.c.policy, func.max(stays.c.arrived_at).label("latest"))
        .join(bays, bays.c.id == stays.c.bay)
        .where(stays.c.arrived_at >= policy.effective_from)
        .group_by(bays.c.station, stays.c.policy)
    )
    if policy.effective_to is not None:
        query = query.where(stays.c.arrived_at < policy.effective_to)
    everything = [*published(tx.conn), policy]
    evses: dict[str, list[str]] = {}
    for evse in tx.conn.execute(select(table(Evse).c.key, table(Evse).c.station)):
        evses.setdefault(evse.station, []).append(evse.key)
    for row in tx.conn.execute(query):
        network = "*".join(row.station.split("*")[:2])
        if policy_for(everything, Scope(row.station, [network], evses.get(row.station, ())), row.latest) is policy:
            return str(row.station)
    return None


_read = lru_cache(maxsize=1_000)(read_policy)
