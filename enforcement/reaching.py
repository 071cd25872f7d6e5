"""Who may be tied to a stay and to a token, how long a code holds, and how often anything may be tried.

A phone at a bay proves that somebody stands at the sign, not that the vehicle is theirs. So a claim brings messages and
a look at the stay, never a debt; it takes nothing from a driver who is known already; and what a scan says of a token
names no place until a second stay of that token was claimed by the same phone.
"""

from dataclasses import dataclass
from datetime import timedelta

# A vehicle stands there: only then has a claim anything to be about.
OCCUPIED = frozenset({"charging", "idle", "overstaying", "unplugged"})
CODE_LIVES = timedelta(minutes=10)
CODE_TRIES = 5
CLAIMS_A_STAY = 4
TOKENS_BY_SCAN = 3
# A phone that was confirmed needs no second code for so long.
CONFIRMED_FOR = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``count`` in any span of ``per`` that begins at a whole multiple of it."""

    count: int
    per: timedelta


_MINUTES, _HOUR, _DAY = timedelta(minutes=10), timedelta(hours=1), timedelta(days=1)
# Codes by SMS: each costs money and rings a telephone that may be anybody's.
SMS_BY_ADDRESS = (Rate(5, _MINUTES), Rate(20, _DAY))
SMS_BY_PHONE = (Rate(3, _HOUR), Rate(6, _DAY))
SMS_BY_BAY = (Rate(6, _HOUR), Rate(30, _DAY))
# Guesses: of codes that were sent, of bays' codes and of stays' codes.
GUESSES_BY_ADDRESS = (Rate(30, _MINUTES), Rate(200, _DAY))
# Stays that one phone claims, by text or on a page where it is known.
CLAIMS_BY_PHONE = (Rate(10, _HOUR), Rate(30, _DAY))
# Sessions that one phone asks networks to start.
STARTS_BY_PHONE = (Rate(5, _HOUR), Rate(10, _DAY))
DISPUTES_BY_PHONE = (Rate(5, _HOUR), Rate(10, _DAY))


def all_codes(an_hour: int) -> tuple[Rate, ...]:
    """How many codes may leave in all."""
    return (Rate(an_hour, _HOUR),)


def may_claim(condition: str, claims: int) -> bool:
    """Whether a stay in a bay of this condition, with so many claims by others, may be claimed."""
    return condition in OCCUPIED and claims < CLAIMS_A_STAY


def may_start(condition: str) -> bool:
    """Whether a session may be started in a bay of this condition: a vehicle stands there and has none."""
    return condition == "unplugged"


def may_take_token(holder: int | None, driver: int, tokens_by_scan: int) -> bool:
    """Whether a driver may have messages about a token because they scanned a bay where it is charging.

    Not if somebody else has them already, and not for more tokens than a household has.
    """
    return holder in (None, driver) and tokens_by_scan < TOKENS_BY_SCAN
