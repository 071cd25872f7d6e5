"""A new key goes through everything that is encrypted: table by table, in short transactions, as often as it takes.

Which columns hold ciphertexts, the rows say (``models.base.SEALED``). A row that somebody changes meanwhile is left to
them: what they write is under the newest key already. Stopped anywhere, it is simply started again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Table, or_, select, tuple_, update

from ledger.database import Ledger, Tx
from models import METADATA

_BATCH = 500


def sealed_columns() -> dict[Table, list[Column[Any]]]:
    """The columns with ciphertexts, by table."""
    found = {each: [column for column in each.columns if column.info.get("sealed")] for each in METADATA.sorted_tables}
    return {each: columns for each, columns in found.items() if columns}


def reseal(ledger: Ledger, clock: Callable[[], datetime], batch: int = _BATCH) -> Iterator[tuple[str, int]]:
    """Encrypt everything with the newest key. Yields each table's name and in how many rows something was renewed."""
    for of, columns in sealed_columns().items():
        renewed, last = 0, None
        while True:
            with ledger.write(clock()) as tx:
                rows = _rows(tx, of, columns, last, batch)
                renewed += sum(_renew(tx, of, columns, row) for row in rows)
            if len(rows) < batch:
                break
            last = tuple(rows[-1][key.name] for key in of.primary_key)
        yield of.name, renewed


def _rows(tx: Tx, of: Table, columns: Sequence[Column[Any]], last: Any, limit: int) -> Sequence[Any]:
    keys = list(of.primary_key)
    query = select(*keys, *columns).order_by(*keys).limit(limit)
    # Most rows of some tables hold no ciphertext at all: a Fernet token begins with its version and time.
    query = query.where(or_(*(column.contains("gAAAAA", autoescape=True) for column in columns)))
    if last is not None:
        query = query.where(tuple_(*keys) > last)
    return tx.conn.execute(query).mappings().all()


def _renew(tx: Tx, of: Table, columns: Sequence[Column[Any]], row: Any) -> bool:
    before = {column.name: row[column.name] for column in columns if row[column.name]}
    after = {name: tx.vault.renewed(text) for name, text in before.items()}
    if before == after:
        return False
    is_it = [key == row[key.name] for key in of.primary_key]
    is_unchanged = [of.c[name] == text for name, text in before.items()]
    return bool(tx.conn.execute(update(of).where(*is_it, *is_unchanged).values(after)).rowcount)
