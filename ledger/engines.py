"""Engines: SQLite (WAL) or PostgreSQL by URL, whose transactions really begin when they should."""

import sqlite3
import time
from collections.abc import Callable
from select import POLLIN, poll
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DisconnectionError

from ledger.cursors import begin

_BUSY_MS = 15_000
_TURN_MS = 50
_MOST_THREADS = 64


def make_engine(url: str) -> Engine:
    """An engine on this database (``ledger.database.Ledger``)."""
    if not url.startswith("sqlite"):
        return _postgresql(url)
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


def for_reading(engine: Engine) -> Engine:
    """The same database for who only reads. What is read in one transaction belongs together, as always in SQLite:
    PostgreSQL would look anew with each question.
    """
    return engine if engine.dialect.name == "sqlite" else engine.execution_options(isolation_level="REPEATABLE READ")


def for_writing(engine: Engine) -> Engine:
    """The same database for threads that write. On PostgreSQL they have connections of their own, which begin by
    themselves, in one round trip less.
    """
    if engine.dialect.name == "sqlite":
        return engine.execution_options(baywarden_write=True)
    own = _postgresql(engine.url, isolation_level="AUTOCOMMIT")
    event.listen(own, "connect", _plan_by_indexes)
    return own.execution_options(baywarden_write=True)


def _postgresql(url: str | URL, **more: Any) -> Engine:
    # psycopg prepares nothing: after a rollback it would throw away with its own what ledger.libpq prepared.
    own = {"prepare_threshold": None}
    engine = create_engine(url, connect_args=own, pool_size=4, max_overflow=_MOST_THREADS, **more)
    event.listen(engine, "checkout", _require_alive)
    event.listen(engine, "begin", _begin)
    return engine


# Every statement of a fact's has an index, and needs no other plan for other values: to make one takes longer than to
# run it. A plan is kept with its statement, often from while its tables were small: to read them whole was right then,
# and is a hundred times slower a minute later; so is to sort them where an index has the order. Where a statement
# of another kind has no index, older servers take its plan for so dear that they compile it.
_PLANS = "SET enable_seqscan = off; SET enable_sort = off; SET plan_cache_mode = force_generic_plan; SET jit = off"


def _plan_by_indexes(connection: Any, _record: Any) -> None:
    connection.execute(_PLANS)
    connection.commit()


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
    if watched(connection)():
        raise DisconnectionError


def watched(connection: Any) -> Callable[[], bool]:
    """What tells whether a driver's idle connection is gone.

    A server that ended, or ended the connection, has said so by now; asking it each time would cost a round trip.
    """
    if isinstance(connection, sqlite3.Connection):
        return bool
    poller = poll()
    poller.register(connection.fileno(), POLLIN)
    return lambda: connection.closed or bool(poller.poll(0))
