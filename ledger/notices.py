"""Notices: what drivers could read of a policy, version by version. A stay pins the one that held when it began.

The first notice of a policy version is the sign that follows from it. Its owner may put up another text, from a moment
on; what stood before stays with the stays that began under it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from enforcement.policy import Policy
from enforcement.signs import sign_text
from ledger import registry_changes
from ledger.database import Tx, insert, registry_changed, table
from models import PolicyNotice, StayRow

LANGUAGES = ("en", "fr")

_rows = table(PolicyNotice).c


class NoticeError(ValueError):
    """A notice that may not be published; the message says why."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One version of a policy's notice; ``texts`` by language. It is cited like ``idle-10min@1/2``."""

    policy: str
    number: int
    effective_from: datetime
    texts: Mapping[str, str]

    @property
    def name(self) -> str:
        """How it is cited."""
        return f"{self.policy}/{self.number}"


Held = dict[str, list[tuple[datetime, str]]]


def publish_first(tx: Tx, policy: Policy) -> None:
    """The sign that follows from a policy version."""
    _write(tx, policy.name, 1, policy.effective_from, {lang: sign_text(policy, lang) for lang in LANGUAGES})


def publish(tx: Tx, policy: str, texts: Mapping[str, str], effective_from: datetime) -> Notice:
    """Put up another text for a published policy version, from a moment on.

    Raises :class:`NoticeError` for a policy without a notice, an empty text, a moment before an earlier notice's, or
    one since which stays have begun under the policy.
    """
    registry_changes.hold(tx.conn)
    last = tx.conn.execute(select(table(PolicyNotice)).where(_rows.policy == policy).order_by(_rows.number)).all()
    if not last:
        raise NoticeError(f"no policy {policy} is published (its version is part of the name, like idle-10min@1)")
    if not texts or not all(text.strip() for text in texts.values()):
        raise NoticeError("a notice has a text")
    if effective_from < last[-1].effective_from:
        raise NoticeError(f"its notice {last[-1].number} takes effect later, on {last[-1].effective_from.isoformat()}")
    stays = table(StayRow).c
    latest = tx.conn.scalar(
        select(func.max(stays.arrived_at)).where(stays.policy == policy, stays.arrived_at >= effective_from)
    )
    if latest is not None:
        raise NoticeError(f"stays have begun under {policy} since then, the last on {latest.isoformat()}")
    number = last[-1].number + 1
    _write(tx, policy, number, effective_from, texts)
    registry_changed(tx)
    return Notice(policy, number, effective_from, texts)


def remembered(tx: Tx, known: Sequence[Policy]) -> Held:
    """All notices by policy, oldest first, loaded once while the registry stands; what lacks one is given its first.

    That is remembered only once it is committed: by the next transaction, which finds nothing that lacks one.
    """
    found: Held | None = tx.memory.notices
    if found is None:
        found = _load(tx.conn)
        lacking = [policy for policy in known if policy.name not in found]
        for policy in lacking:
            publish_first(tx, policy)
        if lacking:
            return _load(tx.conn)
        tx.memory.notices = found
    return found


def held_at(held: Held, policy: str, moment: datetime) -> str | None:
    """The name of the notice that held for a stay that began then."""
    notices = held.get(policy, [])
    return next((name for since, name in reversed(notices) if since <= moment), None)


def named(conn: Connection, name: str) -> Notice | None:
    """One notice by its name."""
    policy, _, number = name.rpartition("/")
    row = conn.execute(select(table(PolicyNotice)).where(_rows.policy == policy, _rows.number == int(number))).first()
    return None if row is None else Notice(row.policy, row.number, row.effective_from, json.loads(row.texts))


def of_policy(conn: Connection, policy: str) -> list[Notice]:
    """All notices of a policy version, oldest first."""
    query = select(table(PolicyNotice)).where(_rows.policy == policy).order_by(_rows.number)
    return [Notice(row.policy, row.number, row.effective_from, json.loads(row.texts)) for row in conn.execute(query)]


def _load(conn: Connection) -> Held:
    held: Held = {}
    for row in conn.execute(select(_rows.policy, _rows.number, _rows.effective_from).order_by(_rows.number)):
        held.setdefault(row.policy, []).append((row.effective_from, f"{row.policy}/{row.number}"))
    return held


def _write(tx: Tx, policy: str, number: int, effective_from: datetime, texts: Mapping[str, str]) -> None:
    row = {"policy": policy, "number": number, "effective_from": effective_from, "published_at": tx.now}
    statement = insert(tx.conn, PolicyNotice).values(**row, texts=json.dumps(dict(texts), ensure_ascii=False))
    tx.conn.execute(statement.on_conflict_do_nothing(index_elements=["policy", "number"]))
