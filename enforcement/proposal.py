"""A policy that an owner may publish, made of what a network tells of signs at a station. As it is, it costs nothing.

A sign is the owner's, or the city's; a network's word on it is no notice to a driver. So nothing follows from it but
this text, with every price at 0: a person sets the prices, sees that the sign stands there, and publishes.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

_WORDS = {
    "PLUGGED": "only while plugged in",
    "EV_ONLY": "electric vehicles only: no sensor tells one, so no clause follows",
    "DISABLED": "disabled drivers only: no clause follows, a permit can be spared by exempt_permits",
    "CUSTOMERS": "customers only: no clause follows",
    "MOTORCYCLES": "motorcycles only: no clause follows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldOfSigns:
    """What a network tells of a station: its EVSEs' restrictions, and the time limits of its bays in minutes."""

    station: str
    name: str
    restrictions: Collection[str]
    limits_min: Collection[int]


def propose(told: ToldOfSigns, currency: str, since: datetime) -> str:
    """The document; of several limits the longest holds. Raises ValueError where nothing told is a clause."""
    clauses = []
    if "PLUGGED" in told.restrictions:
        clauses.append('[[clause]]           # the sign: only while plugged in\nkind = "unplugged"\ngrace = "10m"')
    if told.limits_min:
        limit = max(told.limits_min)
        clauses.append(f'[[clause]]           # the sign: {limit} minutes\nkind = "overtime"\nstart_after = "{limit}m"')
    if not clauses:
        raise ValueError("its network tells neither of a time limit nor of places that are only for plugged vehicles")
    heard = [f"#   {word}: {_WORDS.get(word, 'no clause follows')}" for word in sorted(told.restrictions)]
    heard += [f"#   time limits of {', '.join(map(str, sorted(set(told.limits_min))))} minutes"] * bool(told.limits_min)
    head = (
        "# Proposed from what the charging network tells of the signs there:",
        *heard,
        "# Nothing costs anything yet. See that the signs stand there, set the prices, then publish it.",
        f'id = "{_slug(told.station)}"',
        "version = 1",
        f"title = {_quoted(f'Signs at {told.name}')}",
        f"effective_from = {since.isoformat()}",
        f'currency = "{currency}"',
        f"stations = [{_quoted(told.station)}]",
    )
    priced = (f'{clause}\nrate = "0"           # set it\nper = "1m"' for clause in clauses)
    return "\n\n".join(("\n".join(head), *priced)) + "\n"


def _slug(station: str) -> str:
    kept = "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in station.lower())
    return f"signs-{kept.strip('-')}"[:64].rstrip("-")


def _quoted(text: str) -> str:
    """A TOML string: what networks call their stations may hold anything."""
    safe = "".join(letter for letter in text if letter.isprintable())
    return '"' + safe.replace("\\", "\\\\").replace('"', '\\"') + '"'
