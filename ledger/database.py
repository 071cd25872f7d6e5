"""The database: SQLite (WAL) or PostgreSQL by URL, one short transaction at a time.

SQLAlchemy Core on the tables of ``models``: the ORM costs ten times as much a row, and nothing here needs it.
"""

import threading
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection
from sqlmodel import SQLModel

from ledger import registry_changes
from ledger.batches import Rows
from ledger.composer import Composer
from ledger.engines import for_reading, for_writing, make_engine
from ledger.loans import Loan
from ledger.memory import Memory
from ledger.registry_changes import Concern, Find
from ledger.statements import say
from ledger.tables import insert_in, table
from ledger.vault import Vault

__all__ = [
    "Concern", "Ledger", "Memory", "Outdated", "Tx", "insert", "insert_in", "make_engine", "registry_changed", "table",
    "upsert",
]  # fmt: skip


class Outdated(Exception):  # noqa: N818 - not an error: what was remembered holds no longer, so it is asked anew
    """The registry changed since what was remembered of it."""


@dataclass(slots=True)
class Tx:
    """One write transaction: everything that is decided at ``now`` is committed in it, or nothing is."""

    conn: Connection
    now: datetime
    vault: Vault
    composer: Composer
    memory: Memory


class Ledger:
    """A database with what a transaction needs. Safe to share between threads; make one a process, after forking."""

    def __init__(self, url: str, vault: Vault, composer: Composer) -> None:
        """``url``: an SQLAlchemy URL, ``sqlite:///var/baywarden.db`` or ``postgresql+psycopg://…``."""
        self.engine = make_engine(url)
        self.reading = for_reading(self.engine)
        self.writing = for_writing(self.engine)
        self.has_one_writer = self.engine.dialect.name == "sqlite"
        self._held = threading.local()
        self._idle: deque[Connection] = deque()
        self._loans: WeakSet[Loan] = WeakSet()
        self.vault = vault
        self.composer = composer
        self._memory = Memory(0)

    @contextmanager
    def write(self, now: datetime) -> Iterator[Tx]:
        """A transaction that writes; on SQLite it takes the write lock at once, so that it can't fail half-way."""
        conn = self._hold()
        with conn.begin():
            yield Tx(conn, now, self.vault, self.composer, self._renewed(conn))

    def brief(self, now: datetime) -> "_Brief":
        """The same on SQLite for made statements only (:mod:`ledger.statements`): SQLAlchemy does not know of it.

        What is remembered may be outdated: whoever relies on it asks for
        :data:`ledger.registry_changes.VERSION` and raises :class:`Outdated`.
        """
        return _Brief(self.apart(now))

    def apart(self, now: datetime) -> Tx:
        """For made statements that are each a transaction of their own. What is remembered may be outdated."""
        return Tx(self._hold(), now, self.vault, self.composer, self._memory)

    @property
    def remembered(self) -> Memory:
        """What this process remembers, whether it holds or not."""
        return self._memory

    def known(self) -> Memory:
        """What this process remembers, as far as it holds now: one question."""
        return self._renewed(self._hold())

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, all of it as it was in one moment."""
        with self.reading.connect() as conn:
            yield conn

    def glance(self) -> Connection:
        """This thread's connection for one question, outside of any transaction."""
        return self._hold()

    def _renewed(self, conn: Connection) -> Memory:
        known = self._memory
        version = registry_changes.standing(conn)
        if version == known.version:
            return known
        concern = registry_changes.since(conn, known.version, version)
        renewed = Memory(version) if concern is None else known.after(version, concern)
        if self._memory is known:  # else another thread was first
            self._memory = renewed
        return renewed

    def close(self) -> None:
        """Give all connections back, those of other threads too."""
        self._held = threading.local()
        for loan in tuple(self._loans):  # a traceback may keep one alive after its thread
            loan.end()
        while self._idle:
            self._idle.pop().close()
        self.writing.dispose()
        self.engine.dispose()

    def _hold(self) -> Connection:
        """This thread's connection for writing: to take one from a pool costs as much as all else in a small write."""
        loan: Loan | None = getattr(self._held, "loan", None)
        if loan is None:
            loan = self._held.loan = Loan(self._idle)
            self._loans.add(loan)
        conn = loan.conn
        if conn is not None and not conn.closed and not conn.invalidated:
            if conn.in_transaction():
                raise RuntimeError("a transaction within a transaction")
            if not loan.is_gone():
                return conn
            conn.invalidate()
        if conn is not None:
            conn.close()
        return loan.renew(self.writing.connect())


class _Brief:
    """A transaction in two words of the driver's; a generator would cost as much again."""

    __slots__ = ("_tx",)

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def __enter__(self) -> Tx:
        say(self._tx.conn, "BEGIN IMMEDIATE")
        return self._tx

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        say(self._tx.conn, "COMMIT" if kind is None else "ROLLBACK")


def insert(conn: Connection, model: type[SQLModel]) -> Any:
    """The dialect's own INSERT, with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_in(conn.dialect.name, model)


def upsert(
    conn: Connection, model: type[SQLModel], key: Sequence[str], rows: Sequence[Mapping[str, Any]], *keep: str
) -> None:
    """Insert rows, or where ``key`` is already there set all other columns, but those in ``keep``."""
    if rows:
        _rows(model, tuple(key), tuple(rows[0]), keep).write(conn, rows)


def registry_changed(tx: Tx, find: Find | None = None) -> None:
    """Tell all processes that what they remember of the registry no longer holds, as of this transaction's commit.

    ``find`` tells what of it, where that is certain; all else they go on remembering. Told after what it is about is
    written, and before anything of that is asked again.
    """
    registry_changes.note(tx.conn, find)
    tx.memory = Memory(-1) if find is None else tx.memory.of_its_own()


@lru_cache(maxsize=200)
def _rows(model: type[SQLModel], key: tuple[str, ...], _names: tuple[str, ...], keep: tuple[str, ...]) -> Rows:
    return Rows(model, key, *keep)
