"""Environments of their own for programs that we did not write: they pin libraries older than ours.

Each is made once from its lock file (exact versions with hashes), in ``.environments``, and kept until the lock changes.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[2]
_LOCKS = _ROOT / "tests" / "third_party"
_FOLDER = _ROOT / ".environments"


def python_of(name: str) -> Path:
    """The interpreter of an environment. Skips where it can't be made, but fails in CI, where it must be."""
    lock = _LOCKS / f"{name}.lock"
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    place = _FOLDER / f"{name}-{version}-{hashlib.sha256(lock.read_bytes()).hexdigest()[:12]}"
    _FOLDER.mkdir(exist_ok=True)
    with (_FOLDER / f"{name}.busy").open("w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        if not (place / "made").exists():
            _make(place, lock)
    return place / "bin" / "python"


def _make(place: Path, lock: Path) -> None:
    shutil.rmtree(place, ignore_errors=True)
    python = str(place / "bin" / "python")
    quiet = ("--quiet", "--disable-pip-version-check", "--require-hashes")
    for command in (
        (sys.executable, "-m", "venv", str(place)),
        (python, "-m", "pip", "install", *quiet, "-r", str(lock)),
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            words = f"{lock.name} can't be installed: {done.stderr[-500:]}"
            pytest.fail(words) if os.environ.get("CI") else pytest.skip(words)
    (place / "made").touch()
