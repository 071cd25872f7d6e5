"""Keys of the vault: made, kept in a file that processes read again when it changes, and what follows from them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from configuration.values import fernet_keys


class KeyFile:
    """A file of vault keys, newest first. Called, it gives the keys if the file changed since it was asked last."""

    def __init__(self, path: Path) -> None:
        """``path``: the file. Asked first, it is read."""
        self._path = path
        self._seen: tuple[int, int] | None = None

    def __call__(self) -> Sequence[str] | None:
        """The keys anew, or None: nothing changed, or the file can't be read now (then what is known holds on)."""
        stamp = self._stamp()
        if stamp is None or stamp == self._seen:
            return None
        try:
            keys = fernet_keys(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        self._seen = stamp
        return keys

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino


def new_vault_key() -> str:
    """A Fernet key."""
    from cryptography.fernet import Fernet  # noqa: PLC0415 - slow to load, and seldom needed

    return Fernet.generate_key().decode()


def pseudonym_key_of(vault_key: str) -> str:
    """The pseudonym key that follows from a vault key and does not tell it (SHA-256, hex)."""
    return hashlib.sha256(b"baywarden pseudonym" + vault_key.encode()).hexdigest()
