"""Keys of the vault: read, made, kept in a file that is read again when it changes, and what follows from them."""

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path


def fernet_keys(value: str) -> tuple[str, ...]:
    """Encryption keys, newest first, separated by spaces or commas."""
    keys = tuple(value.replace(",", " ").split())
    if not keys:
        return ()
    from cryptography.fernet import Fernet  # noqa: PLC0415 - slow to load, and not needed without keys

    for key in keys:
        try:
            Fernet(key)
        except ValueError:
            raise ValueError("holds a key that is not 32 bytes in url-safe base64") from None
    return keys


def hex_key(value: str) -> str:
    """A key of 32 bytes in hexadecimal, or nothing."""
    found = value.strip().lower()
    if found and not re.fullmatch(r"[0-9a-f]{64}", found):
        raise ValueError("is not 64 hexadecimal digits")
    return found


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
