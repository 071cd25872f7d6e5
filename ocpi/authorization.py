"""Who calls: the token in the Authorization header, plain or in Base64 (OCPI 2.2.1, 4.1.2)."""

import base64
import binascii
import hashlib
import re

from ledger.database import Ledger, Memory
from ledger.partners import KnownPartner, by_token
from ocpi.errors import unauthorized

_REMEMBERED = 1_000
_HEADER = re.compile(r"\s*token\s+(\S{1,512})\s*", re.IGNORECASE)


def authorize(ledger: Ledger, memory: Memory, header: str | None) -> tuple[KnownPartner, str]:
    """The partner, and the token that it used, as this process remembers. Raises :class:`ocpi.errors.Refused` (401).

    The standard wants Base64, many peers send the token as it is; the standard's own example has a line feed within.
    """
    found = _HEADER.fullmatch(header or "")
    if found is None:
        raise unauthorized("an Authorization header with a token is needed")
    literal = found[1]
    name = hashlib.sha256(literal.encode("utf-8", "surrogatepass")).digest()
    found_before: tuple[KnownPartner, str] | None = memory.partners.get(name)
    if found_before is not None:
        return found_before
    decoded = _decoded(literal)
    partner = by_token(ledger.glance(), *([] if decoded is None else [decoded]), literal)
    if partner is None:
        raise unauthorized("this token is not known")
    if len(memory.partners) >= _REMEMBERED:
        memory.partners.clear()
    memory.partners[name] = partner
    return partner


def _decoded(literal: str) -> str | None:
    try:
        return base64.b64decode(literal + "=" * (-len(literal) % 4), validate=True).decode().strip() or None
    except (binascii.Error, ValueError):
        return None
