"""Commands as an operator types them, in a folder of each test's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from app import main
from tests.support.migrated import put_migrated

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command on a database of its own; gives exit code, output and errors."""
    monkeypatch.setenv("BAYWARDEN_DATA_DIR", str(tmp_path / "var"))

    def _run(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main(words)
        said = capsys.readouterr()
        return code, said.out, said.err

    return _run


@pytest.fixture
def migrated(run: Run, tmp_path: Path) -> Run:
    """The same on a database that is up to date."""
    put_migrated(tmp_path / "var")
    return run
