"""The connections that threads write with."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import Connection

from ledger.engines import watched
from ledger.statements import CURSOR, cursor_of


class Loan:
    """The connection that a thread writes with. When the thread ends, the next new one has it: threads come and go."""

    __slots__ = ("__weakref__", "_idle", "conn", "is_gone")

    def __init__(self, idle: deque[Connection]) -> None:
        self._idle = idle
        self.conn: Connection | None = None
        self.is_gone: Callable[[], bool] = bool
        with suppress(IndexError):
            self.renew(idle.pop())

    def renew(self, conn: Connection) -> Connection:
        """Lend this one from now on."""
        self.conn, self.is_gone = conn, watched(conn.connection.driver_connection)
        if conn.get_execution_options().get(CURSOR) is None:
            conn.execution_options(**{CURSOR: cursor_of(conn)})
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
