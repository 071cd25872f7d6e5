"""The database: SQLite (WAL) or PostgreSQL by URL, one short transaction at a time.

SQLAlchemy Core on the tables of ``models``: the ORM costs ten times as much a row, and nothing here needs it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from ledger import registry_changes
from ledger.composer import Composer
from ledger.engines import for_reading, for_writing, make_engine
from ledger.loans import Lender
from ledger.memory import Memory
from ledger.registry_changes import Concern
from ledger.tables import insert_in, table
from ledger.transactions import Brief, Outdated, Tx, insert, registry_changed, upsert
from ledger.vault import Vault

__all__ = [
    "Concern", "Ledger", "Memory", "Outdated", "Tx", "insert", "insert_in", "make_engine", "registry_changed", "table",
    "upsert",
]  # fmt: skip


class Ledger:
    """A database with what a transaction needs. Safe to share between threads; make one a process, after forking."""

    def __init__(self, url: str, vault: Vault, composer: Composer) -> None:
        """``url``: an SQLAlchemy URL, ``sqlite:///var/baywarden.db`` or ``postgresql+psycopg://…``."""
        self.engine = make_engine(url)
        self.reading = for_reading(self.engine)
        self.writing = for_writing(self.engine)
        self.has_one_writer = self.engine.dialect.name == "sqlite"
        self._lender = Lender(self.writing)
        self.vault = vault
        self.composer = composer
        self._memory = Memory(0)

    @contextmanager
    def write(self, now: datetime) -> Iterator[Tx]:
        """A transaction that writes; on SQLite it takes the write lock at once, so that it can't fail half-way."""
        conn = self._lender.lend()
        tx = Tx(conn, now, self.vault, self.composer, self._memory)
        try:
            with conn.begin():
                tx.memory = self._renewed(conn)
                yield tx
        except BaseException:
            for undo in tx.undo:
                undo()
            raise

    def brief(self, now: datetime) -> Brief:
        """The same on SQLite for made statements only (:mod:`ledger.statements`): SQLAlchemy does not know of it.

        What is remembered may be outdated: whoever relies on it asks for
        :data:`ledger.registry_changes.VERSION` and raises :class:`Outdated`.
        """
        return Brief(self.apart(now))

    def apart(self, now: datetime) -> Tx:
        """For made statements that are each a transaction of their own. What is remembered may be outdated."""
        return Tx(self._lender.lend(), now, self.vault, self.composer, self._memory)

    @property
    def remembered(self) -> Memory:
        """What this process remembers, whether it holds or not."""
        return self._memory

    def known(self) -> Memory:
        """What this process remembers, as far as it holds now: one question."""
        return self._renewed(self._lender.lend())

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads, all of it as it was in one moment."""
        with self.reading.connect() as conn:
            yield conn

    def glance(self) -> Connection:
        """This thread's connection for one question, outside of any transaction."""
        return self._lender.lend()

    def _renewed(self, conn: Connection) -> Memory:
        known = self._memory
        version = registry_changes.standing(conn)
        if version == known.version:
            return known
        concern = registry_changes.since(conn, known.version, version)
        renewed = Memory(version) if concern is None else known.after(version, concern)
        if self._memory is known:  # else another thread was first
            self._memory = renewed
        return renewed

    def close(self) -> None:
        """Give all connections back, those of other threads too."""
        self._lender.end()
        self.writing.dispose()
        self.engine.dispose()
