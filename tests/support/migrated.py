"""A data folder as ``baywarden migrate`` leaves it, made once in a process: that takes longer than most commands."""

import os
import shutil
from contextlib import redirect_stdout
from functools import cache
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from app import main


def put_migrated(folder: Path) -> None:
    """Make a folder with a database that is up to date, and with the secrets that the command made."""
    shutil.copytree(_made().name, folder)


@cache
def _made() -> "TemporaryDirectory[str]":
    """It goes with this process."""
    folder: TemporaryDirectory[str] = TemporaryDirectory(prefix="baywarden-migrated-")
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BAYWARDEN_")}
    with patch.dict(os.environ, plain | {"BAYWARDEN_DATA_DIR": folder.name}, clear=True), redirect_stdout(StringIO()):
        assert main(["migrate"]) == 0
    return folder
