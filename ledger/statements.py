"""Statements that run with every fact: made with SQLAlchemy Core, compiled once, run on the driver's own cursor.

SQLAlchemy takes 200 us to run a statement that SQLite runs in 5. What is asked with every fact goes this way; the rest
goes SQLAlchemy's own way, in the same transaction. Errors are SQLAlchemy's in both.
"""

import json
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import partial
from typing import Any, cast

import msgspec
from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    DateTime,
    String,
    Text,
    bindparam,
    column,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy import Enum as SqlEnum
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlalchemy.types import Boolean, TypeDecorator, TypeEngine
from sqlmodel import AutoString, SQLModel

from ledger import libpq
from ledger.tables import insert_in, table

Convert = Callable[[Any], Any]
Values = Mapping[str, Any]
CURSOR = "baywarden_cursor"
_ENCODE = msgspec.json.Encoder().encode


def among(dialect: str, column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """``column IN (…)``, with a list of any length as the one value ``name``."""
    if dialect == "sqlite":
        return column.in_(select(func.json_each(bindparam(name, type_=_JsonList())).table_valued("value").c.value))
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
        return [compiled.row(row) for row in cursor.fetchall()]

    def first(self, conn: Connection, values: Values) -> Any:
        """The first row, or None."""
        compiled = self._of(conn)
        row = compiled.execute(conn, values).fetchone()
        return None if row is None else compiled.row(row)

    def run(self, conn: Connection, values: Values) -> int:
        """Run it for its effect; how many rows that had one on."""
        return int(self._of(conn).execute(conn, values).rowcount)

    def each(self, conn: Connection, rows: Sequence[Values]) -> int:
        """Run it once for each of these; how many rows that had an effect on."""
        compiled = self._of(conn)
        cursor = _cursor(conn)
        try:
            cursor.executemany(compiled.text, [compiled.bind(row) for row in rows])
        except compiled.errors as error:
            raise _fault(conn, compiled.text, error) from error
        return int(cursor.rowcount)

    def _of(self, conn: Connection) -> "_Compiled":
        dialect = conn.dialect
        found = self._compiled.get(dialect.name)
        if found is None:
            found = self._compiled[dialect.name] = _Compiled(self._make(dialect.name), dialect)
        return found


def begin(conn: Connection, text: str) -> None:
    """Begin a transaction with the driver's own words; an error is SQLAlchemy's, as everywhere."""
    driver: Any = conn.dialect.dbapi
    try:
        cursor_of(conn).execute(text)
    except driver.Error as error:
        raise _fault(conn, text, error) from error


def say(conn: Connection, text: str) -> None:
    """The driver's own words, such as BEGIN and COMMIT, of which SQLAlchemy is not told."""
    driver: Any = conn.dialect.dbapi
    try:
        _cursor(conn).execute(text)
    except driver.Error as error:
        raise _fault(conn, text, error) from error


class Rows:
    """An INSERT of many rows, each of which may be there already.

    ``key``: the columns that tell, none where rows are always new. A row that is there takes all other columns, but
    those in ``keep``, and those in ``unless_none`` where the new row has none; with ``newest_by`` only if it is not
    newer by that column, with ``update=False`` never. The first row that is written says which columns are given.
    """

    def __init__(
        self,
        model: type[SQLModel],
        key: Sequence[str] = (),
        *keep: str,
        unless_none: Sequence[str] = (),
        newest_by: str = "",
        update: bool = True,
    ) -> None:
        self._model, self._key, self._keep = model, tuple(key), keep
        self._unless_none, self._newest_by, self._update = unless_none, newest_by, update
        self._names: tuple[str, ...] = ()
        self._one = Statement(self._of_one)
        self._many = Statement(self._of_many)
        row_id = column("rowid", BigInteger)
        self._last = Statement(lambda _: select(func.max(row_id).label("id")).select_from(table(model)))
        self._since = Statement(
            lambda _: select(*(table(model).c[name] for name in key)).where(row_id > bindparam("last")).order_by(row_id)
        )

    def write(self, conn: Connection, rows: Sequence[Values]) -> None:
        """Write all; no two may have the same key."""
        if not rows:
            return
        self._names = self._names or tuple(rows[0])
        if conn.dialect.name == "sqlite":
            self._one.each(conn, rows)
        elif len(rows) == 1:
            self._one.run(conn, rows[0])
        else:
            self._many.run(conn, _turned(self._names, rows))

    def new(self, conn: Connection, rows: Sequence[Values]) -> list[Any]:
        """Write those that are not there (``update=False``), and return their keys."""
        if not rows:
            return []
        self._names = self._names or tuple(rows[0])
        if len(rows) == 1:
            return self._one.all(conn, rows[0])
        if conn.dialect.name == "sqlite":
            return self._new_in_sqlite(conn, rows)
        return self._many.all(conn, _turned(self._names, rows))

    def _new_in_sqlite(self, conn: Connection, rows: Sequence[Values]) -> list[Any]:
        """With its one writer, what has a higher row id than all before is new."""
        last = self._last.first(conn, {}).id or 0
        self._one.each(conn, rows)
        return self._since.all(conn, {"last": last})

    def _of_one(self, dialect: str) -> Any:
        given: dict[str, Any] = {name: bindparam(name) for name in self._names}
        return self._guarded(insert_in(dialect, self._model).values(given | self._defaults()))

    def _of_many(self, dialect: str) -> Any:
        """One array a column: PostgreSQL takes a batch in one statement that is always the same."""
        defaults = self._defaults()
        rows = select(*_arrays(self._model, self._names).values(), *defaults.values())
        insert = insert_in(dialect, self._model)
        return self._guarded(insert.from_select([*self._names, *defaults], rows, include_defaults=False))

    def _defaults(self) -> dict[str, Any]:
        """What new rows have in columns that are not given: SQLAlchemy fills these in only where it runs itself."""
        return {
            column.name: literal(column.default.arg, column.type)
            for column in table(self._model).c
            if column.name not in self._names and isinstance(column.default, ScalarElementColumnDefault)
        }

    def _guarded(self, statement: Any) -> Any:
        columns, new = table(self._model).c, statement.excluded
        changed = {name: new[name] for name in self._names if name not in self._key and name not in self._keep}
        if not self._key:
            return statement
        changed |= {name: func.coalesce(new[name], columns[name]) for name in self._unless_none}
        if self._update and changed:
            stamp = self._newest_by
            is_news = or_(columns[stamp].is_(None), columns[stamp] <= new[stamp]) if stamp else None
            return statement.on_conflict_do_update(index_elements=self._key, set_=changed, where=is_news)
        statement = statement.on_conflict_do_nothing(index_elements=self._key)
        return statement.returning(*(columns[name] for name in self._key))


class Changes:
    """An UPDATE of rows that are there. Each is given with its key and what changes; SQLite rewrites every index of a
    column that is set, even to what it was.
    """

    def __init__(self, model: type[SQLModel], key: str) -> None:
        self._model, self._key = model, key
        self._statements: dict[tuple[str, ...], Statement] = {}

    def write(self, conn: Connection, rows: Iterable[Values]) -> None:
        """Write all, those that change the same columns at once; no two may have the same key."""
        alike: dict[tuple[str, ...], list[Values]] = {}
        for row in rows:
            alike.setdefault(tuple(row), []).append(row)
        for names, some in alike.items():
            statement = self._statements.setdefault(names, Statement(partial(self._of, names)))
            if conn.dialect.name == "sqlite":
                statement.each(conn, some)
            else:
                statement.run(conn, _turned(names, some))

    def _of(self, names: tuple[str, ...], dialect: str) -> Any:
        rows = table(self._model)
        given: Any = {name: bindparam(name, type_=rows.c[name].type) for name in names}
        if dialect != "sqlite":
            given = select(*(each.label(name) for name, each in _arrays(self._model, names).items())).subquery().c
        changed = {rows.c[name]: given[name] for name in names if name != self._key}
        return update(rows).where(rows.c[self._key] == given[self._key]).values(changed)


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
        self._in = [(name, _into(kinds[name], dialect.name)) for name in compiled.positiontup or ()]
        columns = list(statement.exported_columns) if statement.is_select or compiled.effective_returning else []
        out = [(index, _out_of(column.type, dialect.name)) for index, column in enumerate(columns)]
        self._out = [(index, convert) for index, convert in out if convert is not None]
        self._make = cast(Any, namedtuple)("Row", [column.key for column in columns], rename=True)._make

    def execute(self, conn: Connection, values: Values) -> Any:
        """Run it; the cursor with what it gave, which is good until the next statement on this connection."""
        cursor = _cursor(conn)
        try:
            cursor.execute(self.text, self.bind(values))
        except self.errors as error:
            raise _fault(conn, self.text, error) from error
        return cursor

    def bind(self, values: Values) -> Any:
        """What the driver is given; a value that the statement asks for and is not there is a KeyError."""
        given = {**self._fixed, **values} if self._fixed else values
        return [
            value if convert is None or value is None else convert(value)
            for name, convert in self._in
            for value in (given[name],)
        ]

    def row(self, raw: Sequence[Any]) -> Any:
        """A row as a named tuple."""
        if not self._out:
            return self._make(raw)
        values = list(raw)
        for index, convert in self._out:
            if values[index] is not None:
                values[index] = convert(values[index])
        return self._make(values)


def _cursor(conn: Connection) -> Any:
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


def _fault(conn: Connection, text: str, error: Any) -> Exception:
    """The driver's error as SQLAlchemy's; a connection that is gone is not used again."""
    driver: Any = conn.dialect.dbapi
    is_gone = conn.dialect.is_disconnect(error, conn.connection, None)
    raised: Exception = DBAPIError.instance(text, None, error, driver.Error, True, is_gone, conn.dialect)
    if is_gone:
        conn.invalidate(error)
    return raised


def _arrays(model: type[SQLModel], names: Iterable[str]) -> dict[str, ColumnElement[Any]]:
    """For each column of a batch the array that holds its values."""
    columns = table(model).c
    return {name: func.unnest(bindparam(name, type_=ARRAY(_element(columns[name].type)))) for name in names}


def _turned(names: Iterable[str], rows: Sequence[Values]) -> Values:
    return {name: [row[name] for row in rows] for name in names}


class _JsonList(TypeDecorator[Any]):
    """A list that SQLite takes apart itself."""

    impl = Text
    cache_ok = True


class _Word(TypeDecorator[Any]):
    """A value of an enumeration, in an array."""

    impl = Text
    cache_ok = True


def _element(kind: TypeEngine[Any]) -> TypeEngine[Any]:
    """What an array of a column's values holds. Without a length: a cast would cut what a column refuses."""
    if isinstance(kind, SqlEnum):
        return _Word()
    return Text() if isinstance(kind, String | AutoString) else kind


def _into(kind: TypeEngine[Any], dialect: str) -> Convert | None:
    """How a value of a column goes to the driver; None: as it is."""
    if isinstance(kind, ARRAY):
        return partial(_array, _into(kind.item_type, dialect) or (lambda value: value))
    if isinstance(kind, _JsonList):
        return json.dumps
    if isinstance(kind, SqlEnum | _Word):
        return _plain
    if _is_moment(kind):
        return _text_of if dialect == "sqlite" else _iso
    return None


def _out_of(kind: TypeEngine[Any], dialect: str) -> Convert | None:
    if isinstance(kind, SqlEnum):
        return {member.value: member for member in cast(Any, kind.enum_class)}.__getitem__
    if _is_moment(kind):
        return _moment_of if dialect == "sqlite" else _utc
    return bool if isinstance(kind, Boolean) and dialect == "sqlite" else None


def _is_moment(kind: TypeEngine[Any]) -> bool:
    return isinstance(kind.impl if isinstance(kind, TypeDecorator) else kind, DateTime)


def _array(convert: Convert, values: Sequence[Any]) -> str:
    """A list as PostgreSQL's own text of an array: the driver would take ten times as long to write it."""
    return "{" + ",".join(["NULL" if value is None else _item(convert(value)) for value in values]) + "}"


def _item(value: Any) -> str:
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return str(value)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Enum) else value


def _utc(moment: datetime) -> datetime:
    if moment.tzinfo is UTC:
        return moment
    if moment.utcoffset() is None:
        raise ValueError("a moment without its offset")
    return moment.astimezone(UTC)


def _iso(moment: datetime) -> str:
    return _utc(moment).isoformat()


def _text_of(moment: datetime) -> str:
    """As SQLAlchemy writes it on SQLite: UTC without its offset, microseconds always."""
    text = _ENCODE(_utc(moment)).decode()  # in quotes and with a Z; datetime's own isoformat takes five times as long
    return f"{text[1:11]} {text[12:20]}{text[20:-2] or '.000000'}"


def _moment_of(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+00:00")
