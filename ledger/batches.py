"""Batches: rows that are put in together, in one statement that is always the same or in one that is run for each."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Connection,
    bindparam,
    column,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import SQLModel

from ledger.conversions import element
from ledger.statements import Statement, Values
from ledger.tables import insert_in, table


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
        self._new_one = Statement(lambda dialect: self._telling_keys(self._of_one(dialect)))
        self._new_many = Statement(lambda dialect: self._telling_keys(self._of_many(dialect)))
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
            self._many.run(conn, turned(self._names, rows))

    def new(self, conn: Connection, rows: Sequence[Values]) -> list[Any]:
        """Write those that are not there (``update=False``), and return their keys."""
        if not rows:
            return []
        self._names = self._names or tuple(rows[0])
        if len(rows) == 1:
            return self._new_one.all(conn, rows[0])
        if conn.dialect.name == "sqlite":
            return self._new_in_sqlite(conn, rows)
        return self._new_many.all(conn, turned(self._names, rows))

    def _new_in_sqlite(self, conn: Connection, rows: Sequence[Values]) -> list[Any]:
        """With its one writer, what has a higher row id than all before is new.

        The driver of newer Pythons (3.13, 3.14) runs nothing that returns rows many times at once.
        """
        last = self._last.first(conn, {}).id or 0
        self._one.each(conn, rows)
        return self._since.all(conn, {"last": last})

    def _of_one(self, dialect: str) -> Any:
        given: dict[str, Any] = {name: bindparam(name) for name in self._names}
        return self._guarded(insert_in(dialect, self._model).values(given | self._defaults()))

    def _of_many(self, dialect: str) -> Any:
        """One array a column: PostgreSQL takes a batch in one statement that is always the same."""
        defaults = self._defaults()
        rows = select(*arrays(self._model, self._names).values(), *defaults.values())
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
        return statement.on_conflict_do_nothing(index_elements=self._key)

    def _telling_keys(self, statement: Any) -> Any:
        return statement.returning(*(table(self._model).c[name] for name in self._key))


def arrays(model: type[SQLModel], names: Iterable[str]) -> dict[str, ColumnElement[Any]]:
    """For each column of a batch the array that holds its values."""
    columns = table(model).c
    return {name: func.unnest(bindparam(name, type_=ARRAY(element(columns[name].type)))) for name in names}


def turned(names: Iterable[str], rows: Sequence[Values]) -> Values:
    """A batch by columns."""
    return {name: [row[name] for row in rows] for name in names}
