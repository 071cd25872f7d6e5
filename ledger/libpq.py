"""PostgreSQL's own library for statements that run with every fact, prepared once on each connection.

psycopg's cursor converts, caches and waits in Python: half of what a short statement costs whoever asks. Its parts
that are made in C do the rest here: how values are written and read, and libpq itself (``psycopg.pq``).
"""

from collections.abc import Sequence
from typing import Any

from psycopg import IsolationLevel, OperationalError
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, TransactionStatus
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

# Statements are compiled with it: $1 is what the server itself understands.
DIALECT: Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
# As psycopg begins, by the isolation level that its connection was given; None: the server's own.
_BEGIN: dict[IsolationLevel | None, bytes] = {
    None: b"BEGIN",
    IsolationLevel.REPEATABLE_READ: b"BEGIN ISOLATION LEVEL REPEATABLE READ",
}
_DONE = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)


class PreparedCursor:
    """What is used of a DB-API cursor (PEP 249). One for each connection: prepared statements have names there.

    Errors are psycopg's. A connection that does not commit by itself begins with its first statement, as psycopg's do.
    """

    __slots__ = ("_connection", "_names", "_pg", "_result", "_values")

    def __init__(self, connection: Any) -> None:
        """``connection``: psycopg's."""
        self._connection, self._pg = connection, connection.pgconn
        self._values = Transformer(connection)
        self._names: dict[str, bytes] = {}
        self._result: Any = None

    def execute(self, text: str, values: Sequence[Any] | None = None) -> None:
        """Run a statement; what it gives is there until the next one. Without ``values`` it is not prepared."""
        if self._pg.transaction_status == TransactionStatus.IDLE and not self._connection.autocommit:
            self._checked(self._pg.exec_(_BEGIN[self._connection.isolation_level]))
        if values is not None:
            name = self._names.get(text) or self._prepare(text)
            written = self._values.dump_sequence(values, [PyFormat.TEXT] * len(values))
            self._result = self._checked(self._pg.exec_prepared(name, written))
        else:
            self._result = self._checked(self._pg.exec_(text.encode()))

    @property
    def rowcount(self) -> int:
        """How many rows the last statement gave or changed."""
        return self._result.command_tuples or 0

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All rows."""
        self._values.set_pgresult(self._result)
        return self._values.load_rows(0, self._result.ntuples, tuple)

    def fetchone(self) -> tuple[Any, ...] | None:
        """The first row, if there is one."""
        if not self._result.ntuples:
            return None
        self._values.set_pgresult(self._result)
        return self._values.load_row(0, tuple)

    def _prepare(self, text: str) -> bytes:
        name = f"baywarden_{len(self._names)}".encode()
        self._checked(self._pg.prepare(name, text.encode()))
        self._names[text] = name
        return name

    def _checked(self, result: Any) -> Any:
        if result.status in _DONE:
            return result
        if self._pg.status == ConnStatus.BAD:
            raise OperationalError(self._pg.get_error_message())
        raise error_from_result(result)
