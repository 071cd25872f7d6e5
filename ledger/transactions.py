"""A transaction that writes, and what is written in it: rows by their keys, and that the registry changed."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection
from sqlmodel import SQLModel

from ledger import registry_changes
from ledger.batches import Rows
from ledger.composer import Composer
from ledger.cursors import say
from ledger.memory import Memory
from ledger.registry_changes import Find
from ledger.tables import insert_in
from ledger.vault import Vault


class Outdated(Exception):  # noqa: N818 - not an error: what was remembered holds no longer, so it is asked anew
    """The registry changed since what was remembered of it."""


@dataclass(slots=True)
class Tx:
    """One write transaction: everything that is decided at ``now`` is committed in it, or nothing is.

    ``undo``: what is to be done in this process if nothing is.
    """

    conn: Connection
    now: datetime
    vault: Vault
    composer: Composer
    memory: Memory
    undo: list[Callable[[], None]] = field(default_factory=list)


class Brief:
    """A transaction in two words of the driver's; a generator would cost as much again."""

    __slots__ = ("_tx",)

    def __init__(self, tx: Tx) -> None:
        self._tx = tx

    def __enter__(self) -> Tx:
        say(self._tx.conn, "BEGIN IMMEDIATE")
        return self._tx

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        say(self._tx.conn, "COMMIT" if kind is None else "ROLLBACK")


def insert(conn: Connection, model: type[SQLModel]) -> Any:
    """The dialect's own INSERT, with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_in(conn.dialect.name, model)


def upsert(
    conn: Connection, model: type[SQLModel], key: Sequence[str], rows: Sequence[Mapping[str, Any]], *keep: str
) -> None:
    """Insert rows, or where ``key`` is already there set all other columns, but those in ``keep``."""
    if rows:
        _rows(model, tuple(key), tuple(rows[0]), keep).write(conn, rows)


def registry_changed(tx: Tx, find: Find | None = None) -> None:
    """Tell all processes that what they remember of the registry no longer holds, as of this transaction's commit.

    ``find`` tells what of it, where that is certain; all else they go on remembering. Told after what it is about is
    written, and before anything of that is asked again.
    """
    registry_changes.note(tx.conn, find)
    tx.memory = Memory(-1) if find is None else tx.memory.of_its_own()


@lru_cache(maxsize=200)
def _rows(model: type[SQLModel], key: tuple[str, ...], _names: tuple[str, ...], keep: tuple[str, ...]) -> Rows:
    return Rows(model, key, *keep)
