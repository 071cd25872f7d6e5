"""The database: SQLite (WAL) or PostgreSQL by URL, one short transaction at a time.

SQLAlchemy Core on the tables of ``models``: the ORM costs ten times as much a row, and nothing here needs it.
"""

import sqlite3
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from select import POLLIN, poll
from typing import Any
from weakref import WeakSet

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlmodel import SQLModel

from ledger import registry_changes
from ledger.composer import Composer
from ledger.memory import Memory
from ledger.registry_changes import Concern, Find
from ledger.statements import CURSOR, Rows, begin, say
from ledger.tables import insert_in, table
from ledger.vault import Vault

__all__ = [
    "Concern", "Ledger", "Memory", "Outdated", "Tx", "insert", "insert_in", "make_engine", "registry_changed", "table",
    "upsert",
]  # fmt: skip

_BUSY_MS = 15_000
_TURN_MS = 50
_MOST_THREADS = 64


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
        # PostgreSQL's connections for writing begin by themselves, in one round trip less.
        self.has_one_writer = is_sqlite = self.engine.dialect.name == "sqlite"
        self._writing = self.engine.execution_options(
            baywarden_write=True, **({} if is_sqlite else {"isolation_level": "AUTOCOMMIT"})
        )
        self._held = threading.local()
        self._idle: deque[Connection] = deque()
        self._loans: WeakSet[_Loan] = WeakSet()
        self.vault = vault
        self.composer = composer
        self._memory = Memory(0)

    @contextmanager
    def write(self, now: datetime) -> Iterator[Tx]:
        """A transaction that writes; on SQLite it takes the write lock at once, so that it can't fail half-way."""
        conn = self._hold()
        with conn.begin():
            yield Tx(conn, now, self.vault, self.composer, self._renewed(conn))

    @contextmanager
    def brief(self, now: datetime) -> Iterator[Tx]:
        """The same on SQLite for made statements only (:mod:`ledger.statements`): SQLAlchemy does not know of it.

        What is remembered may be outdated: whoever relies on it asks for
        :data:`ledger.registry_changes.VERSION` and raises :class:`Outdated`.
        """
        conn = self._hold()
        say(conn, "BEGIN IMMEDIATE")
        try:
            yield Tx(conn, now, self.vault, self.composer, self._memory)
        except BaseException:
            say(conn, "ROLLBACK")
            raise
        say(conn, "COMMIT")

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
        """A connection that only reads, from one consistent snapshot."""
        with self.engine.connect() as conn:
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
        self.engine.dispose()

    def _hold(self) -> Connection:
        """This thread's connection for writing: to take one from a pool costs as much as all else in a small write."""
        loan: _Loan | None = getattr(self._held, "loan", None)
        if loan is None:
            loan = self._held.loan = _Loan(self._idle)
            self._loans.add(loan)
        conn = loan.conn
        if conn is not None and not conn.closed and not conn.invalidated:
            if conn.in_transaction():
                raise RuntimeError("a transaction within a transaction")
            if _is_alive(loan.driver):
                return conn
            conn.invalidate()
        if conn is not None:
            conn.close()
        return loan.renew(self._writing.connect())


class _Loan:
    """The connection that a thread writes with. When the thread ends, the next new one has it: threads come and go."""

    __slots__ = ("__weakref__", "_idle", "conn", "driver")

    def __init__(self, idle: deque[Connection]) -> None:
        self._idle = idle
        self.conn: Connection | None = None
        self.driver: Any = None
        with suppress(IndexError):
            self.renew(idle.pop())

    def renew(self, conn: Connection) -> Connection:
        """Lend this one from now on."""
        self.conn, self.driver = conn, conn.connection.driver_connection
        if conn.get_execution_options().get(CURSOR) is None:
            conn.execution_options(**{CURSOR: conn.connection.cursor()})
        return conn

    def end(self) -> None:
        """Give the connection back for good."""
        if self.conn is not None:
            self.conn.close()
            self.conn = None

    def __del__(self) -> None:
        if self.conn is None or self.conn.closed or self.conn.invalidated:
            return
        if self.conn.in_transaction():  # a thread that was ended in the midst of it
            self.conn.close()
        else:
            self._idle.append(self.conn)


def make_engine(url: str) -> Engine:
    """An engine whose transactions really begin when they should, on both databases."""
    if not url.startswith("sqlite"):
        engine = create_engine(url, pool_size=4, max_overflow=_MOST_THREADS)
        event.listen(engine, "checkout", _require_alive)
        event.listen(engine, "begin", _begin)
        return engine
    options = {"timeout": _BUSY_MS / 1000, "check_same_thread": False}
    engine = create_engine(url, connect_args=options, max_overflow=_MOST_THREADS)
    event.listen(engine, "begin", _begin)

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins; pysqlite's own guesses would begin too late
        for pragma in (f"busy_timeout={_BUSY_MS}", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        _write_ahead(connection)

    return engine


def _write_ahead(connection: sqlite3.Connection) -> None:
    """WAL. Where processes turn a new file to it at once, SQLite refuses all but one without waiting for it."""
    for left in reversed(range(_BUSY_MS // _TURN_MS)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if not left:
                raise
            time.sleep(_TURN_MS / 1000)
        else:
            return


def _begin(conn: Connection) -> None:
    """SQLite's drivers begin too late, or take the write lock too late; PostgreSQL's waits for an answer to BEGIN."""
    is_write = conn.get_execution_options().get("baywarden_write", False)
    if conn.dialect.name == "sqlite":
        begin(conn, "BEGIN IMMEDIATE" if is_write else "BEGIN")
    elif is_write:
        begin(conn, "BEGIN")


def _require_alive(connection: Any, _record: Any, _proxy: Any) -> None:
    if not _is_alive(connection):
        raise DisconnectionError


def _is_alive(connection: Any) -> bool:
    """A server that ended, or ended the connection, has said so by now; asking it each time would cost a round trip."""
    if isinstance(connection, sqlite3.Connection):
        return True
    if connection.closed:
        return False
    poller = poll()
    poller.register(connection.fileno(), POLLIN)
    return not poller.poll(0)


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
