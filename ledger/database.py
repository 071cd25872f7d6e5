"""The database: SQLite (WAL) or PostgreSQL by URL, one short transaction at a time.

SQLAlchemy Core on the tables of ``models``: the ORM costs ten times as much a row, and nothing here needs it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from ledger.composer import Composer
from ledger.vault import Vault
from models import RegistryVersion

_BUSY_MS = 15_000


def table(model: type[SQLModel]) -> Table:
    """The table of a row class."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


_VERSION = select(table(RegistryVersion).c.version)


@dataclass(slots=True)
class Memory:
    """What a process remembers of the registry from one transaction to the next, while its version stands.

    A transaction that changes the registry (:func:`registry_changed`) goes on with a memory of its own.
    """

    version: int
    contexts: dict[str, Any] = field(default_factory=dict)
    ties: dict[str, Any] = field(default_factory=dict)
    traits: dict[tuple[str, str], str] = field(default_factory=dict)
    needs: dict[str, Any] = field(default_factory=dict)
    sites: dict[str, Any] = field(default_factory=dict)
    notices: Any = None
    policies: Any = None
    wanting: Any = None


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
        self.vault = vault
        self.composer = composer
        self._memory = Memory(0)

    @contextmanager
    def write(self, now: datetime) -> Iterator[Tx]:
        """A transaction that writes; on SQLite it takes the write lock at once, so that it can't fail half-way."""
        with self.engine.execution_options(baywarden_write=True).begin() as conn:
            version = conn.execute(_VERSION).scalar() or 0
            if version != self._memory.version:
                self._memory = Memory(version)
            yield Tx(conn, now, self.vault, self.composer, self._memory)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, from one consistent snapshot."""
        with self.engine.connect() as conn:
            yield conn

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


def make_engine(url: str) -> Engine:
    """An engine whose transactions really begin when they should, on both databases."""
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=4, max_overflow=4)
    engine = create_engine(url, connect_args={"timeout": _BUSY_MS / 1000, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins; pysqlite's own guesses would begin too late
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={_BUSY_MS}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(conn: Connection) -> None:
        is_write = conn.get_execution_options().get("baywarden_write", False)
        conn.exec_driver_sql("BEGIN IMMEDIATE" if is_write else "BEGIN")

    return engine


def insert(conn: Connection, model: type[SQLModel]) -> Any:
    """The dialect's own INSERT, with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_in(conn.dialect.name, model)


def insert_in(dialect: str, model: type[SQLModel]) -> Any:
    """The same for a dialect's name, for statements that are made once and kept."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table(model))


def upsert(
    conn: Connection, model: type[SQLModel], key: Sequence[str], rows: Sequence[Mapping[str, Any]], *keep: str
) -> None:
    """Insert rows, or where ``key`` is already there set all other columns, but those in ``keep``."""
    if rows:
        conn.execute(_upsert(conn.dialect.name, model, tuple(key), tuple(rows[0]), keep), list(rows))


def registry_changed(tx: Tx) -> None:
    """Tell all processes that what they remember of the registry no longer holds, as of this transaction's commit."""
    version = table(RegistryVersion).c.version
    statement = insert(tx.conn, RegistryVersion).values(id=1, version=1)
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["id"], set_={"version": version + 1}))
    tx.memory = Memory(-1)


@lru_cache(maxsize=200)
def _upsert(dialect: str, model: type[SQLModel], key: tuple[str, ...], names: tuple[str, ...], keep: Any) -> Any:
    """The statement is kept: making it costs several times what running it does."""
    statement = insert_in(dialect, model)
    columns = {name: statement.excluded[name] for name in names if name not in key and name not in keep}
    if columns:
        return statement.on_conflict_do_update(index_elements=list(key), set_=columns)
    return statement.on_conflict_do_nothing(index_elements=list(key))
