"""Secrets that are made once and kept beside the data, readable by their owner only."""

import os
from collections.abc import Callable
from pathlib import Path


def kept(path: Path, make: Callable[[], str]) -> str:
    """The text in a file of mode 0600, made if it is not there yet.

    Two processes at once get the same text: the file appears whole, under its name, or not at all.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = _draft(path, make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its text counts
        finally:
            draft.unlink()
    return path.read_text(encoding="utf-8").strip()


def replace_kept(path: Path, text: str) -> None:
    """Put another text in its place, all at once."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _draft(path, text).replace(path)


def _draft(path: Path, text: str) -> Path:
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return draft
