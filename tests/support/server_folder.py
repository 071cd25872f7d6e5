"""Where a PostgreSQL server of a test's keeps its data, and who it is where root runs the tests."""

import os
import pwd
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

_USER = "pgserver"


@contextmanager
def server_folder() -> Iterator[Path]:
    """A folder apart from pytest's own: those are closed to all other users whenever a run of pytest begins.

    A server that root starts is another user, and would lose its data under its feet.
    """
    with TemporaryDirectory(prefix="baywarden-test-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "postgres"


def make_servers_user() -> None:
    """The user that the wheel's server is where root runs the tests, made once.

    The wheel makes it where it is missing, and two processes that do so at once fail at it.
    """
    if os.geteuid() == 0 and not any(user.pw_name == _USER for user in pwd.getpwall()):
        subprocess.run(["useradd", "--shell", "/bin/bash", _USER], check=True)
