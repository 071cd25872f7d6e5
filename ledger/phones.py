"""Phone numbers: written in E.164, and known by their keyed hash, so that none is decrypted to be found."""

import re

from ledger.vault import Vault

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


def is_e164(phone: str) -> bool:
    """Whether a number is written in E.164."""
    return _E164.fullmatch(phone) is not None


def require_e164(phone: str) -> None:
    """Raise ValueError, which does not quote the number, where it is not written in E.164."""
    if not is_e164(phone):
        raise ValueError("a phone number is written in E.164: a plus sign, then 7 to 15 digits")


def phone_hash(vault: Vault, phone: str) -> str:
    """What a number is known by."""
    return vault.pseudonym("phone", phone)
