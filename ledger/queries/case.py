"""One violation with all that was decided about it: explanation, steps, messages, postings."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from ledger import notices
from ledger.database import table
from ledger.notices import Notice
from ledger.queries.violations import ViolationSummary, summaries
from models import Entry, Message, PolicyVersion, Posting, StayRow, ViolationRow, ViolationStep


@dataclass(frozen=True, slots=True)
class PostingLine:
    """One line of a balanced entry, in minor units."""

    account: str
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class EntryLines:
    """One balanced entry; ``reverses`` is the number of the entry that it takes back."""

    number: int
    reverses: int | None
    reason: str
    posted_at: datetime
    lines: tuple[PostingLine, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A violation as a whole. ``explanation`` as ledger.explanations writes it; the rest are rows, oldest first.

    ``notice``: what drivers could read of the policy when the stay began.
    """

    violation: ViolationSummary
    key: str
    session: str | None
    token: str | None
    explanation: dict[str, Any]
    steps: tuple[Any, ...]
    messages: tuple[Any, ...]
    entries: tuple[EntryLines, ...]
    notice: Notice | None = None


def find(conn: Connection, public_id: str) -> Case | None:
    """The case with this public id (a UUID as text), or None."""
    row = table(ViolationRow).c
    query = summaries().add_columns(row.key, row.session, row.token, row.explanation)
    found = conn.execute(query.where(row.public_id == public_id)).mappings().one_or_none()
    if found is None:
        return None
    own = {name: found[name] for name in ViolationSummary.__dataclass_fields__}
    key = found["key"]
    steps, messages = table(ViolationStep), table(Message)
    return Case(
        violation=ViolationSummary(**own),
        key=key,
        session=found["session"],
        token=found["token"],
        explanation=json.loads(found["explanation"]),
        steps=tuple(conn.execute(select(steps).where(steps.c.violation == key).order_by(steps.c.id))),
        messages=tuple(conn.execute(select(messages).where(messages.c.violation == key).order_by(messages.c.id))),
        entries=_entries(conn, key),
        notice=_notice(conn, ViolationSummary(**own)),
    )


def policy_document(conn: Connection, policy: str, version: int) -> str | None:
    """The TOML of a published policy version, or None."""
    rows = table(PolicyVersion)
    return conn.execute(select(rows.c.document).where(rows.c.id == policy, rows.c.version == version)).scalar()


def _notice(conn: Connection, violation: ViolationSummary) -> Notice | None:
    """The notice of the violation's stay: the last one in the bay that began by the start of its clock."""
    stay = table(StayRow).c
    began = (stay.bay == violation.bay) & (stay.arrived_at <= violation.clock_started_at)
    query = select(stay.notice).where(began, stay.policy == violation.policy).order_by(stay.arrived_at.desc()).limit(1)
    name = conn.execute(query).scalar()
    return None if name is None else notices.named(conn, name)


def _entries(conn: Connection, key: str) -> tuple[EntryLines, ...]:
    entry, posting = table(Entry), table(Posting)
    lines: dict[int, list[PostingLine]] = {}
    heads: dict[int, Any] = {}
    query = (
        select(entry, posting.c.account, posting.c.amount_minor, posting.c.currency)
        .join(posting, posting.c.entry == entry.c.id)
        .where(entry.c.violation == key)
        .order_by(entry.c.number, posting.c.id)
    )
    for row in conn.execute(query):
        heads[row.number] = row
        lines.setdefault(row.number, []).append(PostingLine(row.account, row.amount_minor, row.currency))
    return tuple(
        EntryLines(head.number, head.reverses, head.reason, head.posted_at, tuple(lines[number]))
        for number, head in heads.items()
    )
