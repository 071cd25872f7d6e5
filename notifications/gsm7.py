"""The GSM 03.38 basic character set (3GPP TS 23.038, 6.2.1), in which an SMS holds 160 characters instead of 70."""

import re
import unicodedata

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
ONE_SEGMENT = 160
# Each part of a longer message gives seven of its characters to the header that joins them.
LATER_SEGMENT = 153

# What NFKD does not take apart into something that GSM-7 has.
_STAND_INS = str.maketrans(
    {
        **dict.fromkeys("‘’‚`´", "'"),
        **dict.fromkeys("“”„«»", '"'),
        **dict.fromkeys("‐‑‒–—―~", "-"),
        **dict.fromkeys("[{", "("),
        **dict.fromkeys("]}", ")"),
        **dict.fromkeys("|\\", "/"),
        **dict(zip("ŒœŁłĐđı€", ("OE", "oe", "L", "l", "D", "d", "i", "EUR"), strict=True)),
    }
)


def to_gsm7(text: str) -> str:
    """The nearest text in the basic set, on one line: accents that it lacks are dropped, and so is what is left."""
    kept = "".join(char if char in BASIC else _nearest(char) for char in text.translate(_STAND_INS))
    return re.sub(r"\s+", " ", kept).strip()


def segments(text: str) -> int:
    """How many SMS a text of the basic set is sent (and paid) as. Raises ValueError on any other character."""
    strangers = set(text) - BASIC
    if strangers:
        raise ValueError(f"not in the GSM 03.38 basic set: {sorted(strangers)}")
    return 1 if len(text) <= ONE_SEGMENT else -(-len(text) // LATER_SEGMENT)


def _nearest(char: str) -> str:
    if char.isspace():
        return " "
    return "".join(part for part in unicodedata.normalize("NFKD", char) if part in BASIC)
