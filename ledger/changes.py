"""Changes of many rows that are there, in one statement or in one that is run for each (:mod:`ledger.batches`)."""

from collections.abc import Iterable
from functools import partial
from typing import Any

from sqlalchemy import Connection, bindparam, select, update
from sqlmodel import SQLModel

from ledger.batches import arrays, turned
from ledger.statements import Statement, Values
from ledger.tables import table


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
                statement.run(conn, turned(names, some))

    def _of(self, names: tuple[str, ...], dialect: str) -> Any:
        rows = table(self._model)
        given: Any = {name: bindparam(name, type_=rows.c[name].type) for name in names}
        if dialect != "sqlite":
            given = select(*(each.label(name) for name, each in arrays(self._model, names).items())).subquery().c
        changed = {rows.c[name]: given[name] for name in names if name != self._key}
        return update(rows).where(rows.c[self._key] == given[self._key]).values(changed)
