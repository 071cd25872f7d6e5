"""Personal data: encrypted with rotating keys, found again by keyed hashes, every read logged.

Fernet (AES-128-CBC with HMAC-SHA-256) from the ``cryptography`` package; the first key encrypts, all decrypt. What
names a driver in evidence is made with a key of its own that never changes, so that keys can come and go.
"""

import hmac
import re
from collections.abc import Callable, Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection

from configuration.keys import pseudonym_key_of
from models import AccessLog

# How a Fernet token looks, wherever it stands in a text: version 0x80 and a 64-bit time, in url-safe base64.
_SEALED = re.compile(r"gAAAAA[0-9A-Za-z_-]{90,}={0,2}")

Reread = Callable[[], Sequence[str] | None]


class Vault:
    """Encrypts, decrypts and pseudonymises."""

    def __init__(self, keys: Sequence[str], pseudonym_key: str = "", reread: Reread | None = None) -> None:
        """``keys``: Fernet keys (32 bytes, url-safe base64), newest first. Raises ValueError on a wrong one.

        ``pseudonym_key``: 32 bytes in hex (``configuration.keys``); without one it follows from the oldest key.
        ``reread``: the keys anew if they changed since it was asked last, else None; asked before each use, so that
        keys are rotated under processes that run.
        """
        self._reread = reread
        self._hash_key = bytes.fromhex(pseudonym_key or pseudonym_key_of(keys[-1]))
        self._take(keys)

    def encrypt(self, text: str) -> str:
        """Ciphertext of a text, different each time."""
        self._refresh()
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, ciphertext: str) -> str:
        """The text again. Raises ``cryptography.fernet.InvalidToken`` if no key fits."""
        self._refresh()
        return self._fernet.decrypt(ciphertext.encode()).decode()

    def encrypt_bytes(self, content: bytes) -> str:
        """Ciphertext of any content, such as a photo."""
        self._refresh()
        return self._fernet.encrypt(content).decode()

    def decrypt_bytes(self, ciphertext: str) -> bytes:
        """The content again. Raises ``cryptography.fernet.InvalidToken`` if no key fits."""
        self._refresh()
        return self._fernet.decrypt(ciphertext.encode())

    def renewed(self, text: str) -> str:
        """A text in which all ciphertexts are encrypted with the newest key; what no key opens stays as it is."""
        self._refresh()
        return _SEALED.sub(lambda found: self._renewed(found.group()), text)

    def fingerprint(self) -> str:
        """What tells two pseudonym keys apart and says nothing of either."""
        return self.pseudonym("fingerprint")[:32]

    def _renewed(self, ciphertext: str) -> str:
        try:
            self._newest.decrypt(ciphertext.encode())
        except InvalidToken:
            try:
                return self._fernet.rotate(ciphertext.encode()).decode()
            except InvalidToken:
                return ciphertext
        return ciphertext

    def _refresh(self) -> None:
        keys = None if self._reread is None else self._reread()
        if keys:
            self._take(keys)

    def _take(self, keys: Sequence[str]) -> None:
        self._newest = Fernet(keys[0])
        self._fernet = MultiFernet([self._newest, *(Fernet(key) for key in keys[1:])])

    def pseudonym(self, *parts: str) -> str:
        """A keyed hash (HMAC-SHA-256, hex) that names a value without telling it. Parts are casefolded."""
        return hmac.digest(self._hash_key, "\x1f".join(parts).casefold().encode(), "sha256").hex()


def token_key(vault: Vault, country_code: str, party_id: str, uid: str) -> str:
    """The pseudonym of an OCPI token: what evidence knows a driver by."""
    return vault.pseudonym("token", country_code, party_id, uid)


def contract_key(vault: Vault, contract_id: str) -> str:
    """The pseudonym of a contract's id (eMAID). It is written with separators or without: ``NL-TST-C12345678-S``."""
    return vault.pseudonym("contract", "".join(char for char in contract_id if char.isalnum()))


def log_access(conn: Connection, at: datetime, reader: str, what: str, subject: str, purpose: str) -> None:
    """Note that personal data was read."""
    row = AccessLog(at=at, reader=reader, what=what, subject=subject, purpose=purpose)
    conn.execute(AccessLog.__table__.insert(), row.model_dump(exclude={"id"}))  # type: ignore[attr-defined]
