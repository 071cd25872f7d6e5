"""The database: SQLite (WAL) or PostgreSQL by URL, one short transaction at a time.

SQLAlchemy Core on the tables of ``models``: the ORM costs ten times as much a row, and nothing here needs it.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel

from ledger.composer import Composer
from ledger.vault import Vault

_BUSY_MS = 15_000


@dataclass(frozen=True, slots=True)
class Tx:
    """One write transaction: everything that is decided at ``now`` is committed in it, or nothing is."""

    conn: Connection
    now: datetime
    vault: Vault
    composer: Composer


class Ledger:
    """A database with what a transaction needs. Safe to share between threads; make one a process, after forking."""

    def __init__(self, url: str, vault: Vault, composer: Composer) -> None:
        """``url``: an SQLAlchemy URL, ``sqlite:///var/baywarden.db`` or ``postgresql+psycopg://…``."""
        self.engine = make_engine(url)
        self.vault = vault
        self.composer = composer

    @contextmanager
    def write(self, now: datetime) -> Iterator[Tx]:
        """A transaction that writes; on SQLite it takes the write lock at once, so that it can't fail half-way."""
        with self.engine.execution_options(baywarden_write=True).begin() as conn:
            yield Tx(conn, now, self.vault, self.composer)

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


def table(model: type[SQLModel]) -> Table:
    """The table of a row class."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def insert(conn: Connection, model: type[SQLModel]) -> Any:
    """The dialect's own INSERT, with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    return make(table(model))


def upsert(
    conn: Connection, model: type[SQLModel], key: Sequence[str], rows: Sequence[Mapping[str, Any]], *keep: str
) -> None:
    """Insert rows, or where ``key`` is already there set all other columns, but those in ``keep``."""
    if not rows:
        return
    statement = insert(conn, model)
    columns = {name: statement.excluded[name] for name in rows[0] if name not in key and name not in keep}
    if columns:
        statement = statement.on_conflict_do_update(index_elements=list(key), set_=columns)
    else:
        statement = statement.on_conflict_do_nothing(index_elements=list(key))
    conn.execute(statement, list(rows))
