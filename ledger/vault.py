"""Personal data: encrypted with rotating keys, found again by keyed hashes, every read logged.

Fernet (AES-128-CBC with HMAC-SHA-256) from the ``cryptography`` package; the first key encrypts, all decrypt. The
hash key is derived from the *last* (oldest) key, so that adding a key in front does not change pseudonyms.
"""

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, MultiFernet
from sqlalchemy import Connection

from models import AccessLog


class Vault:
    """Encrypts, decrypts and pseudonymises."""

    def __init__(self, keys: Sequence[str]) -> None:
        """``keys``: Fernet keys (32 bytes, url-safe base64), newest first. Raises ValueError on a wrong one."""
        self._fernet = MultiFernet([Fernet(key) for key in keys])
        self._hash_key = hashlib.sha256(b"baywarden pseudonym" + keys[-1].encode()).digest()

    def encrypt(self, text: str) -> str:
        """Ciphertext of a text, different each time."""
        return self._fernet.encrypt(text.encode()).decode()

    def decrypt(self, ciphertext: str) -> str:
        """The text again. Raises ``cryptography.fernet.InvalidToken`` if no key fits."""
        return self._fernet.decrypt(ciphertext.encode()).decode()

    def pseudonym(self, *parts: str) -> str:
        """A keyed hash (HMAC-SHA-256, hex) that names a value without telling it. Parts are casefolded."""
        message = "\x1f".join(part.casefold() for part in parts)
        return hmac.new(self._hash_key, message.encode(), hashlib.sha256).hexdigest()


def token_key(vault: Vault, country_code: str, party_id: str, uid: str) -> str:
    """The pseudonym of an OCPI token: what evidence knows a driver by."""
    return vault.pseudonym("token", country_code, party_id, uid)


def log_access(conn: Connection, at: datetime, reader: str, what: str, subject: str, purpose: str) -> None:
    """Note that personal data was read."""
    row = AccessLog(at=at, reader=reader, what=what, subject=subject, purpose=purpose)
    conn.execute(AccessLog.__table__.insert(), row.model_dump(exclude={"id"}))  # type: ignore[attr-defined]
