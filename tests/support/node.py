"""What tests need from npm, as locked in tests/package-lock.json, installed once whichever test process comes first."""

import fcntl
import subprocess
import tempfile
from pathlib import Path

from tests.conftest import require_tool

TESTS = Path(__file__).resolve().parents[1]


def node_module(path: str) -> Path:
    """A file in node_modules. Skips without npm, but fails in CI."""
    found = TESTS / "node_modules" / path
    with (Path(tempfile.gettempdir()) / "baywarden-tests-npm.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not found.exists():
            npm = require_tool("npm")
            command = [npm, "ci", "--prefix", str(TESTS), "--no-audit", "--no-fund"]
            subprocess.run(command, check=True, capture_output=True)
    return found
