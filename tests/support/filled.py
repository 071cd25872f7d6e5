"""The filled town on SQLite, filled once in a process: that takes longer than most tests that begin with it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from ledger.database import Ledger
from tests.conftest import NOON, empty, ledger_of
from tests.support.browsing import add_owner
from tests.support.town import POLICY, Town, fill


@contextmanager
def filled(path: Path, policy: str = POLICY) -> Iterator[Town]:
    """The town and its owner in a file of one's own."""
    town, content = _made(policy)
    path.write_bytes(content)
    with closing(_ledger(path)) as ledger:
        yield town.in_(ledger)


@cache
def _made(policy: str) -> tuple[Town, bytes]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "town.db"
        empty(f"sqlite:///{path}")
        with closing(_ledger(path)) as ledger:
            town = fill(ledger, NOON, policy)
            add_owner(ledger, NOON)
        return town, path.read_bytes()


def _ledger(path: Path) -> Ledger:
    return ledger_of(f"sqlite:///{path}")
