"""Published policy versions. Nothing published is ever edited, and none is slipped under stays that stand."""

from datetime import datetime
from functools import lru_cache

from sqlalchemy import Connection, select

from calendars import is_calendar
from enforcement.needs import needs
from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from enforcement.scopes import policy_for, scope_of
from enforcement.telling import USUAL, Telling
from ledger import notices, settings_of_bays, sites
from ledger.database import Tx, registry_changed, table
from models import PolicyVersion, StayRow


class PublishError(ValueError):
    """A version that may not be published; the message says why."""


def publish(tx: Tx, document: str) -> Policy:
    """Publish a version from its TOML. The same document again changes nothing.

    Raises PolicyError for a document that makes no sense, and :class:`PublishError` for one that would change a
    published version, or take effect at a time at which stays already stand under another policy or under none.
    """
    policy = read_policy(document, is_calendar)
    versions = table(PolicyVersion)
    same = (versions.c.id == policy.id) & (versions.c.version == policy.version)
    standing = tx.conn.execute(select(versions.c.document).where(same)).scalar()
    if standing is not None and standing != document:
        raise PublishError(f"{policy.name} is published and never changes; give the new document a higher version")
    if standing is not None:
        return policy
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
    notices.publish_first(tx, policy)
    registry_changed(tx)
    if needs([policy]).occupancy:
        sites.look_again(tx)
    return policy


def document(conn: Connection, name: str) -> str | None:
    """The TOML of a published version, by its name (``lot-idle@1``), or None."""
    versions = table(PolicyVersion)
    policy, _, version = name.rpartition("@")
    is_it = (versions.c.id == policy) & (versions.c.version == int(version)) if version.isdecimal() else None
    return None if is_it is None else conn.execute(select(versions.c.document).where(is_it)).scalar()


def remembered(tx: Tx) -> list[Policy]:
    """All versions, loaded once while the registry stands."""
    if tx.memory.policies is None:
        tx.memory.policies = published(tx.conn)
    known: list[Policy] = tx.memory.policies
    return known


def telling_of(tx: Tx, name: str) -> Telling:
    """What the policy version of this name (``lot-idle@1``) wants drivers to be told; the usual where there is none."""
    return next((policy.messages for policy in remembered(tx) if policy.name == name), USUAL)


def published(conn: Connection) -> list[Policy]:
    """All versions, in a fixed order."""
    versions = table(PolicyVersion)
    query = select(versions.c.document).order_by(versions.c.id, versions.c.version)
    return [_read(document) for document in conn.execute(query).scalars()]


def _overruled(tx: Tx, policy: Policy) -> str | None:
    """A station with a stay that the new version would take from the policy, or from none, that it stands under."""
    stays = table(StayRow)
    query = select(stays.c.bay, stays.c.arrived_at).where(stays.c.arrived_at >= policy.effective_from)
    if policy.effective_to is not None:
        query = query.where(stays.c.arrived_at < policy.effective_to)
    everything = [*published(tx.conn), policy]
    begun: dict[str, list[datetime]] = {}
    for row in tx.conn.execute(query):
        begun.setdefault(row.bay, []).append(row.arrived_at)
    for context in settings_of_bays.load(tx.conn, begun).values():
        setting = context.setting
        if any(policy_for(everything, scope_of(setting), moment) is policy for moment in begun[setting.bay]):
            return setting.station
    return None


_read = lru_cache(maxsize=1_000)(read_policy)
