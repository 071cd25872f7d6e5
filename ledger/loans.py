"""The connections that threads write with: kept, since to take one from a pool costs as much as all else in a write."""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from weakref import WeakSet

from sqlalchemy import Connection, Engine

from ledger.cursors import CURSOR, cursor_of
from ledger.engines import watched


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


class Lender:
    """Lends each thread one connection."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held = threading.local()
        self._idle: deque[Connection] = deque()
        self._loans: WeakSet[Loan] = WeakSet()

    def lend(self) -> Connection:
        """This thread's connection, a new one where it is gone. Raises RuntimeError within a transaction."""
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
        return loan.renew(self._engine.connect())

    def end(self) -> None:
        """Give all connections back, those of other threads too."""
        self._held = threading.local()
        for loan in tuple(self._loans):  # a traceback may keep one alive after its thread
            loan.end()
        while self._idle:
            self._idle.pop().close()
