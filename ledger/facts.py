"""Facts to rows and back. One mapping, one encoding: JSON by msgspec, checked against the types on the way in."""

from collections.abc import Iterable, Sequence
from dataclasses import MISSING, fields, replace
from functools import lru_cache
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, select

from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    NetworkHeard,
    OccupancyRead,
    PlateSeen,
    SessionUpdated,
)
from ledger.database import Tx, insert_in, table
from models import FactRow

_KINDS: dict[str, type[AnyFact]] = {
    cls.__name__: cls
    for cls in (
        OccupancyRead,
        DeviceReported,
        PlateSeen,
        SessionUpdated,
        ChargerStatusSeen,
        NetworkHeard,
        NetworkBilled,
    )
}
_COMMON = ("at", "seen_at", "source", "source_id", "subject")
# What a body leaves out: most facts say few of the things that they could.
_DEFAULTS: dict[type[AnyFact], dict[str, Any]] = {
    cls: {each.name: each.default for each in fields(cls) if each.default is not MISSING} for cls in _KINDS.values()
}


def append(tx: Tx, facts: Sequence[AnyFact]) -> list[AnyFact]:
    """Write facts that are not there yet and return those that were new.

    They are written in the order of their identities, so that two writers of the same facts never wait for each other.
    """
    unique = {(fact.source, fact.source_id): clamped(fact) for fact in reversed(facts)}
    if not unique:
        return []
    written = tx.conn.execute(_append(tx.conn.dialect.name), [to_row(unique[identity]) for identity in sorted(unique)])
    return [unique[row.source, row.source_id] for row in written]


@lru_cache
def _append(dialect: str) -> Any:
    rows = table(FactRow)
    statement = insert_in(dialect, FactRow)
    statement = statement.on_conflict_do_nothing(index_elements=["source", "source_id"])
    return statement.returning(rows.c.source, rows.c.source_id)


def load(conn: Connection, subjects: Iterable[str]) -> list[AnyFact]:
    """All facts of these subjects."""
    facts_table = table(FactRow)
    query = select(facts_table).where(facts_table.c.subject.in_(sorted(set(subjects))))
    return [from_row(row) for row in conn.execute(query).mappings()]


def clamped(fact: AnyFact) -> AnyFact:
    """A clock ahead of ours can't make a fact from the future: it was true when it reached us, at the latest."""
    return fact if fact.at <= fact.seen_at else replace(fact, at=fact.seen_at)


def to_row(fact: AnyFact) -> dict[str, Any]:
    """The row of a fact."""
    body = msgspec.to_builtins(fact, str_keys=True, builtin_types=())
    for name in _COMMON:
        del body[name]
    for name, default in _DEFAULTS[type(fact)].items():
        if not body[name] and body[name] == default:
            del body[name]
    return {
        "source": fact.source,
        "source_id": fact.source_id,
        "subject": fact.subject,
        "kind": type(fact).__name__,
        "at": fact.at,
        "seen_at": fact.seen_at,
        "body": msgspec.json.encode(body).decode(),
    }


def from_row(row: RowMapping) -> AnyFact:
    """The fact of a row."""
    body = msgspec.json.decode(row["body"])
    body.update({name: row[name] for name in _COMMON})
    return msgspec.convert(body, _KINDS[row["kind"]])
