"""A session as a network pushes it: what stands is asked once, and all that follows is written at once.

A push pays for each question and each commit. On PostgreSQL it is one question and one statement, which commits by
itself and holds only while what was asked still stands; if it does not, the push is taken in anew, under a lock. The
question is left out where the answer is as good as known: a session that goes on replaces what was said of it before.
SQLite has one writer: there both are in one short transaction.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Generic, TypeVar

from enforcement.facts import AnyFact
from ledger import writing_at_once
from ledger.database import Ledger, Tx
from ledger.objects import ObjectFields, Stored, get
from ledger.record import record_due
from ledger.session_records import compare_sessions
from ledger.standing import Of, Standing, look
from ledger.stated import create, replace
from ledger.tokens import KeptToken, is_remembered, keep_token, to_keep, write_token

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What follows from what stands: the object to store, if any, tokens and facts to keep, and what is answered.

    ``then``: what else is to be done in the same transaction.
    """

    answer: T
    store: ObjectFields | None
    tokens: Sequence[KeptToken]
    facts: Sequence[AnyFact]
    then: Callable[[Tx], None] | None = None


Decide = Callable[[Tx, Standing], Change[T]]
_OLDER = Stored(0, datetime.min.replace(tzinfo=UTC), "", "")


def take(ledger: Ledger, now: datetime, of: Of, decide: Decide[T]) -> T:
    """Take in what was pushed; when this returns, it is durable.

    ``decide`` may be asked again, should another push of the same object come between. Raises
    :class:`ledger.database.Outdated`, and nothing is written, if the registry is not as this process remembers it.
    """
    at_once = _in_brief if ledger.has_one_writer else _in_one_statement
    change = at_once(ledger, now, of, decide)
    if change is None:
        with ledger.write(now) as tx:
            change = take_in(tx, of, decide)
            record_due(tx, change.facts)
    return change.answer


def take_in(tx: Tx, of: Of, decide: Decide[T]) -> Change[T]:
    """Take in an object within a transaction; its facts are left to the caller.

    A session that is over is held against the charge records that came before it.
    """
    while True:
        if tx.conn.dialect.name != "sqlite":
            get(tx.conn, of.module, of.network, of.object_id, lock=True)
        standing = look(tx, of)
        change = decide(tx, standing)
        if _write(tx, of, standing, change):
            break
    if standing.has_records:
        compare_sessions(tx, of.network, of.session)
    if change.then is not None:
        change.then(tx)
    return change


def _in_brief(ledger: Ledger, now: datetime, of: Of, decide: Decide[T]) -> Change[T] | None:
    """None where there is more to do than this."""
    with ledger.brief(now) as tx:
        standing = look(tx, of)
        change = decide(tx, standing)
        if standing.has_records or change.then is not None:
            return None
        _write(tx, of, standing, change)
        record_due(tx, change.facts)
        return change


def _in_one_statement(ledger: Ledger, now: datetime, of: Of, decide: Decide[T]) -> Change[T] | None:
    """None where there is more to do than this, or what was asked stands no longer."""
    tx = ledger.apart(now)
    change = _unseen(tx, of, decide) if of.may_stand_unseen else None
    return change or _seen(tx, of, decide)


def _unseen(tx: Tx, of: Of, decide: Decide[T]) -> Change[T] | None:
    """Write on the guess that what stands is older, or nothing, and that the token is known; None if that is wrong."""
    token = tx.memory.tokens.get(of.token, (None, b""))[0]
    change = decide(tx, Standing(_OLDER, token, has_records=False))
    if change.store is None or any(each.key != of.token or not is_remembered(tx, each) for each in change.tokens):
        return None
    kept = (of.token, token) if change.tokens else None
    was_there = writing_at_once.write_unseen(tx, change.store, kept, change.facts[0])
    if was_there is None:
        return None
    return change if was_there else decide(tx, Standing(None, token, has_records=False))


def _seen(tx: Tx, of: Of, decide: Decide[T]) -> Change[T] | None:
    standing = look(tx, of)
    change = decide(tx, standing)
    is_more = standing.has_records or change.then is not None or len(change.facts) != 1
    if change.store is None or is_more or any(token.key != of.token for token in change.tokens):
        return None
    rows = [to_keep(tx, token, standing.token) for token in change.tokens]
    token = next((row for row in rows if row is not None), None)
    is_written = writing_at_once.write(tx, standing.stored, change.store, token, change.facts[0])
    return change if is_written else None


def _write(tx: Tx, of: Of, standing: Standing, change: Change[T]) -> bool:
    """False if another made the object at the same moment."""
    if change.store is not None:
        if standing.stored is not None:
            replace(tx, standing.stored, change.store)
        elif not create(tx, change.store):
            return False
    for token in change.tokens:
        if token.key == of.token:
            write_token(tx, to_keep(tx, token, standing.token))
        else:
            keep_token(tx, token.key, token.document, token.contract)
    return True
