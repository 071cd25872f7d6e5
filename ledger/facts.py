"""Facts to rows and back. One mapping, one encoding: JSON by msgspec, checked against the types on the way in."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, select

from enforcement.facts import AnyFact, ChargerStatusSeen, Fact, NetworkHeard, OccupancyRead, SessionUpdated
from ledger.database import Tx, insert, table
from models import FactRow

_KINDS: dict[str, type[AnyFact]] = {
    cls.__name__: cls for cls in (OccupancyRead, SessionUpdated, ChargerStatusSeen, NetworkHeard)
}
_COMMON = ("at", "seen_at", "source", "source_id", "subject")
# SQLite allows 32,766 bound values in one statement; a fact binds seven.
_CHUNK = 2_000


def append(tx: Tx, facts: Sequence[AnyFact]) -> list[AnyFact]:
    """Write facts that are not there yet and return those that were new, in the order given."""
    unique = {(fact.source, fact.source_id): clamped(fact) for fact in reversed(facts)}
    ordered = list(reversed(unique.values()))
    fresh: set[tuple[str, str]] = set()
    facts_table = table(FactRow)
    for start in range(0, len(ordered), _CHUNK):
        rows = [to_row(fact) for fact in ordered[start : start + _CHUNK]]
        statement = insert(tx.conn, FactRow).values(rows).on_conflict_do_nothing(index_elements=["source", "source_id"])
        written = tx.conn.execute(statement.returning(facts_table.c.source, facts_table.c.source_id))
        fresh.update((row.source, row.source_id) for row in written)
    return [fact for fact in ordered if (fact.source, fact.source_id) in fresh]


def load(conn: Connection, subjects: Iterable[str]) -> list[AnyFact]:
    """All facts of these subjects."""
    facts_table = table(FactRow)
    query = select(facts_table).where(facts_table.c.subject.in_(sorted(set(subjects))))
    return [from_row(row) for row in conn.execute(query).mappings()]


def clamped(fact: AnyFact) -> AnyFact:
    """A clock ahead of ours can't make a fact from the future: it was true when it reached us, at the latest."""
    return fact if fact.at <= fact.seen_at else replace(fact, at=fact.seen_at)


def to_row(fact: Fact) -> dict[str, Any]:
    """The row of a fact."""
    body = msgspec.to_builtins(fact, str_keys=True, builtin_types=())
    for name in _COMMON:
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
