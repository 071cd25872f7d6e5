"""Where a PostgreSQL server of a test's keeps its data."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder apart from pytest's own: those are closed to all other users whenever a run of pytest begins.

    A server that root starts is another user, and would lose its data under its feet.
    """
    with TemporaryDirectory(prefix="baywarden-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "postgres"
