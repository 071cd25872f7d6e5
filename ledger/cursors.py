"""The driver's own cursor of a connection, for what runs with every fact; errors are SQLAlchemy's."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from ledger import libpq

CURSOR = "baywarden_cursor"


def cursor_within(conn: Connection) -> Any:
    """The driver's cursor, one for each of its connections, within the transaction that SQLAlchemy keeps.

    A connection that is kept for writing (``Ledger.glance``) has it among its options, and may also be asked outside
    of any transaction.
    """
    kept = conn.get_execution_options().get(CURSOR)
    if kept is not None:
        return kept
    if not conn.in_transaction():
        conn.begin()
    return cursor_of(conn)


def cursor_of(conn: Connection) -> Any:
    """The one cursor of the driver's connection, whoever has that now."""
    kept = conn.info.get(CURSOR)
    if kept is None:
        driver = conn.connection.driver_connection
        own = conn.dialect.name == "sqlite"
        kept = conn.info[CURSOR] = conn.connection.cursor() if own else libpq.PreparedCursor(driver)
    return kept


def begin(conn: Connection, text: str) -> None:
    """Begin a transaction with the driver's own words; an error is SQLAlchemy's, as everywhere."""
    driver: Any = conn.dialect.dbapi
    try:
        cursor_of(conn).execute(text)
    except driver.Error as error:
        raise fault(conn, text, error) from error


def say(conn: Connection, text: str) -> None:
    """The driver's own words, such as BEGIN and COMMIT, of which SQLAlchemy is not told."""
    driver: Any = conn.dialect.dbapi
    try:
        cursor_within(conn).execute(text)
    except driver.Error as error:
        raise fault(conn, text, error) from error


def fault(conn: Connection, text: str, error: Any) -> Exception:
    """The driver's error as SQLAlchemy's; a connection that is gone is not used again."""
    driver: Any = conn.dialect.dbapi
    is_gone = conn.dialect.is_disconnect(error, conn.connection, None)
    raised: Exception = DBAPIError.instance(text, None, error, driver.Error, True, is_gone, conn.dialect)
    if is_gone:
        conn.invalidate(error)
    return raised
