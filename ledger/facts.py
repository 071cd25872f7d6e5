"""Facts to rows and back. One mapping, one encoding: JSON by msgspec, checked against the types on the way in."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from operator import attrgetter
from typing import Any

import msgspec
from sqlalchemy import Connection, select

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
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.statements import Statement, among
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
COLUMNS = ("source", "source_id", "subject", "kind", "at", "seen_at", "body")
_COMMON = ("at", "seen_at", "source", "source_id", "subject")
_OWN = {cls: [field for field in fields(cls) if field.name not in _COMMON] for cls in _KINDS.values()}
_NAMES = {cls: [field.name for field in own] for cls, own in _OWN.items()}
# What a body leaves out: most facts say few of the things that they could.
_DEFAULTS = {cls: [field.default for field in own] for cls, own in _OWN.items()}
# The first two are there so that it is always a tuple.
_VALUES: dict[type[AnyFact], Callable[[AnyFact], Sequence[Any]]] = {
    cls: attrgetter("at", "seen_at", *names) for cls, names in _NAMES.items()
}
_ENCODE = msgspec.json.Encoder().encode
_LINE = msgspec.json.Decoder(tuple[str, msgspec.Raw])
_DECODERS: dict[str, msgspec.json.Decoder[Any]] = {name: msgspec.json.Decoder(cls) for name, cls in _KINDS.items()}
_OF_SUBJECTS = Statement(
    lambda dialect: select(table(FactRow)).where(among(dialect, table(FactRow).c.subject, "subjects"))
)
_FACTS = Rows(FactRow, ["source", "source_id"], update=False)


def append(tx: Tx, facts: Sequence[AnyFact]) -> list[AnyFact]:
    """Write facts that are not there yet and return those that were new.

    They are written in the order of their identities, so that two writers of the same facts never wait for each other.
    """
    unique = {(fact.source, fact.source_id): clamped(fact) for fact in reversed(facts)}
    written = _FACTS.new(tx.conn, [to_row(unique[identity]) for identity in sorted(unique)])
    return [unique[row.source, row.source_id] for row in written]


def load(conn: Connection, subjects: Iterable[str]) -> list[AnyFact]:
    """All facts of these subjects."""
    return [from_row(row._asdict()) for row in _OF_SUBJECTS.all(conn, {"subjects": sorted(set(subjects))})]


def clamped(fact: AnyFact) -> AnyFact:
    """A clock ahead of ours can't make a fact from the future: it was true when it reached us, at the latest."""
    return fact if fact.at <= fact.seen_at else replace(fact, at=fact.seen_at)


def to_row(fact: AnyFact) -> dict[str, Any]:
    """The row of a fact."""
    kind = type(fact)
    at, seen_at, *values = _VALUES[kind](fact)
    own = zip(_NAMES[kind], values, _DEFAULTS[kind], strict=True)
    body = {name: value for name, value, default in own if value or value != default}
    return {
        "source": fact.source,
        "source_id": fact.source_id,
        "subject": fact.subject,
        "kind": kind.__name__,
        "at": at,
        "seen_at": seen_at,
        "body": _ENCODE(body).decode(),
    }


def from_row(row: Mapping[Any, Any]) -> AnyFact:
    """The fact of a row."""
    body = msgspec.json.decode(row["body"])
    body.update({name: row[name] for name in _COMMON})
    return msgspec.convert(body, _KINDS[row["kind"]])


def to_line(fact: AnyFact) -> str:
    """A whole fact in one text, for :mod:`ledger.waiting`."""
    return _ENCODE((type(fact).__name__, fact)).decode()


def from_line(line: str) -> AnyFact:
    """The fact again."""
    kind, body = _LINE.decode(line)
    fact: AnyFact = _DECODERS[kind].decode(body)
    return fact
