"""Short codes that people read off a sign or a message and type: no look-alikes, and a check character.

The alphabet has 29 characters, a prime, so that the weighted check finds every single wrong character and every two
that changed places. Six of them are random: of 595 million codes a town of a thousand bays uses every 600,000th.
"""

from collections.abc import Callable, Sequence

# Without 0 O Q, 1 I L, 2 Z, U V: no two of the rest are taken for each other.
ALPHABET = "23456789ABCDEFGHJKMNPRSTUWXYQ"
LENGTH = 7
_HEARD_AS = str.maketrans({"0": "Q", "O": "Q", "Z": "2", "V": "U"})


def make(choose: Callable[[Sequence[str]], str]) -> str:
    """A new code. ``choose`` picks one of several at random; for codes that matter, ``secrets.choice``."""
    body = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    return body + _check(body)


def read(typed: str) -> str | None:
    """The code that somebody typed, in any case and with any spaces or dashes; None if it can't be one."""
    if len(typed) > 4 * LENGTH:
        return None
    plain = "".join(char for char in typed.upper() if char.isalnum()).translate(_HEARD_AS)
    is_code = len(plain) == LENGTH and set(plain) <= set(ALPHABET) and plain[-1] == _check(plain[:-1])
    return plain if is_code else None


def shown(code: str) -> str:
    """A code as it is printed: ``K7M 4RXP``."""
    return f"{code[:3]} {code[3:]}"


def _check(body: str) -> str:
    total = sum(weight * ALPHABET.index(char) for weight, char in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]
