"""Statements that run with every fact: made with SQLAlchemy Core, compiled once, run on the driver's own cursor.

SQLAlchemy takes 200 us to run a statement that SQLite runs in 5. What is asked with every fact goes this way; the rest
goes SQLAlchemy's own way, in the same transaction. Errors are SQLAlchemy's in both.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, cast

from sqlalchemy import ARRAY, ColumnElement, Connection, Text, bindparam, func, select
from sqlalchemy.engine import Dialect

from ledger import libpq
from ledger.conversions import JsonList, into, of_many, out_of
from ledger.cursors import cursor_within, fault

Values = Mapping[str, Any]


def among(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """``column IN (…)``, with a list of any length as the one value ``name``."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(bindparam(name, type_=JsonList())).table_valued("value").c.value))
    return column == func.any(bindparam(name, type_=ARRAY(Text())))


class Statement:
    """A statement that is made for a dialect's name when it is first run there, and kept."""

    def __init__(self, make: Callable[[str], Any]) -> None:
        self._make = make
        self._compiled: dict[str, _Compiled] = {}

    def all(self, conn: Connection, values: Values) -> list[Any]:
        """All rows, as named tuples."""
        compiled = self._of(conn)
        cursor = compiled.execute(conn, values)
        return compiled.rows(cursor.fetchall())

    def first(self, conn: Connection, values: Values) -> Any:
        """The first row, or None."""
        compiled = self._of(conn)
        row = compiled.execute(conn, values).fetchone()
        return None if row is None else compiled.row(row)

    def run(self, conn: Connection, values: Values) -> int:
        """Run it for its effect; how many rows that had one on."""
        return int(self._of(conn).execute(conn, values).rowcount)

    def each(self, conn: Connection, rows: Sequence[Values]) -> None:
        """Run it once for each of these, on SQLite; PostgreSQL takes many at once (:mod:`ledger.batches`)."""
        compiled = self._of(conn)
        cursor = cursor_within(conn)
        try:
            cursor.executemany(compiled.text, compiled.bind_all(rows))
        except compiled.errors as error:
            raise fault(conn, compiled.text, error) from error

    def _of(self, conn: Connection) -> "_Compiled":
        dialect = conn.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self._make(dialect.name), dialect)
        return found


class _Compiled:
    """The text of a statement in one dialect, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect) -> None:
        own = dialect if dialect.name == "sqlite" else libpq.DIALECT
        compiled = statement.compile(dialect=own, compile_kwargs={"render_postcompile": True})
        driver: Any = dialect.dbapi
        self.errors: Any = driver.Error
        self.text = str(compiled)
        self._fixed = {name: bind.value for bind, name in compiled.bind_names.items() if not bind.required}
        kinds = {name: bind.type for bind, name in compiled.bind_names.items()}
        self._in = [(name, into(kinds[name], dialect.name)) for name in compiled.positiontup or ()]
        columns = list(statement.exported_columns) if statement.is_select or compiled.effective_returning else []
        out = [(index, out_of(column.type, dialect.name)) for index, column in enumerate(columns)]
        self._out = [(index, convert) for index, convert in out if convert is not None]
        self._many_in = [(name, of_many(convert)) for name, convert in self._in]
        self._many_out = [(index, of_many(convert)) for index, convert in self._out]
        row = cast(Any, namedtuple)("Row", [column.key for column in columns], rename=True)
        self._make = partial(tuple.__new__, row)

    def execute(self, conn: Connection, values: Values) -> Any:
        """Run it; the cursor with what it gave, which is good until the next statement on this connection."""
        cursor = cursor_within(conn)
        try:
            cursor.execute(self.text, self.bind(values))
        except self.errors as error:
            raise fault(conn, self.text, error) from error
        return cursor

    def bind(self, values: Values) -> Any:
        """What the driver is given; a value that the statement asks for and is not there is a KeyError."""
        given = {**self._fixed, **values} if self._fixed else values
        return [
            value if convert is None or value is None else convert(value)
            for name, convert in self._in
            for value in (given[name],)
        ]

    def bind_all(self, rows: Sequence[Values]) -> Iterable[Any]:
        """The same for many rows that give the same columns, column by column."""
        columns = []
        for name, convert in self._many_in:
            if name in rows[0]:
                columns.append(convert([row[name] for row in rows]))
            else:
                columns.append([self._fixed[name]] * len(rows))
        return zip(*columns, strict=True)

    def row(self, raw: Sequence[Any]) -> Any:
        """A row as a named tuple."""
        if not self._out:
            return self._make(raw)
        values = list(raw)
        for index, convert in self._out:
            if values[index] is not None:
                values[index] = convert(values[index])
        return self._make(values)

    def rows(self, raw: Sequence[Sequence[Any]]) -> list[Any]:
        """The same of many, column by column."""
        if not self._out or not raw:
            return list(map(self._make, raw))
        if len(raw) == 1:
            return [self.row(raw[0])]
        columns: list[Sequence[Any]] = list(zip(*raw, strict=True))
        for index, convert in self._many_out:
            columns[index] = convert(columns[index])
        return list(map(self._make, zip(*columns, strict=True)))
