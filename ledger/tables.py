"""Tables of row classes, and the INSERT that each dialect has."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import SQLModel


def table(model: type[SQLModel]) -> Table:
    """The table of a row class."""
    found: Table = model.__table__  # type: ignore[attr-defined]
    return found


def insert_in(dialect: str, model: type[SQLModel]) -> Any:
    """An INSERT with ``on_conflict_do_nothing`` and ``on_conflict_do_update``, by a dialect's name."""
    return (sqlite.insert if dialect == "sqlite" else postgresql.insert)(table(model))
