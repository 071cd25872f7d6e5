"""What a setting's value may be. Each reader returns the value, or raises ValueError saying what it is not."""

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

_SHORTEST_SECRET = 32


def text(value: str) -> str:
    """Any text."""
    return value.strip()


def whole(low: int, high: int) -> Callable[[str], int]:
    """A whole number in a range, both ends included."""

    def read(value: str) -> int:
        if not value.strip().isdecimal() or not low <= int(value) <= high:
            raise ValueError(f"is not a whole number from {low} to {high}")
        return int(value)

    return read


def none_or(low: int, high: int) -> Callable[[str], int]:
    """A whole number in a range, or 0."""
    within = whole(low, high)

    def read(value: str) -> int:
        try:
            return 0 if value.strip() == "0" else within(value)
        except ValueError as error:
            raise ValueError(f"{error}, or 0") from None

    return read


def choice(*allowed: str) -> Callable[[str], str]:
    """One of a few words, in any case."""

    def read(value: str) -> str:
        found = next((one for one in allowed if one.casefold() == value.strip().casefold()), None)
        if found is None:
            raise ValueError(f"is not one of {', '.join(allowed)}")
        return found

    return read


def switch(value: str) -> bool:
    """Yes or no."""
    said = value.strip().casefold()
    if said not in {"yes", "true", "1", "no", "false", "0"}:
        raise ValueError("is not yes or no")
    return said in {"yes", "true", "1"}


def code(length: int, what: str) -> Callable[[str], str]:
    """An upper-case code of a fixed length."""

    def read(value: str) -> str:
        found = value.strip().upper()
        if len(found) != length or not found.isascii() or not found.isalnum():
            raise ValueError(f"is not {what}")
        return found

    return read


def phone(value: str) -> str:
    """A telephone number as it is printed on signs, or nothing."""
    found = value.strip()
    if found and not re.fullmatch(r"\+?[0-9][0-9 ().-]{2,24}", found):
        raise ValueError("is not a telephone number")
    return found


def countries(value: str) -> tuple[str, ...]:
    """Country codes of two letters (ISO 3166), separated by spaces or commas."""
    found = tuple(value.upper().replace(",", " ").split())
    if not found or not all(re.fullmatch(r"[A-Z]{2}", each) for each in found):
        raise ValueError("is not a list of country codes of two letters")
    return found


def database(value: str) -> str:
    """A database URL; ``postgresql://`` means the driver that is installed."""
    found = value.strip()
    if found.startswith(("postgresql://", "postgres://")):
        found = "postgresql+psycopg://" + found.partition("://")[2]
    if found and not found.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("is not a URL like postgresql://user:password@host/name or sqlite:///path")
    return found


def url(*schemes: str) -> Callable[[str], str]:
    """A URL with a host, or nothing."""

    def read(value: str) -> str:
        found = value.strip().rstrip("/")
        try:
            parts = urlsplit(found)
            is_usable = not found or (parts.scheme in schemes and bool(parts.hostname) and parts.port != 0)
        except ValueError:
            is_usable = False
        if not is_usable:
            raise ValueError(f"is not a URL like {schemes[0]}://host:port")
        return found

    return read


def folder(value: str) -> Path:
    """A folder, there or not yet."""
    if not value.strip():
        raise ValueError("is empty")
    return Path(value.strip()).expanduser().absolute()


def file(value: str) -> Path | None:
    """A file that is there, or nothing."""
    if not value.strip():
        return None
    path = Path(value.strip()).expanduser()
    if not path.is_file():
        raise ValueError("is not a file that can be found")
    return path


def secret(value: str) -> str:
    """A secret that can't be guessed, or nothing."""
    found = value.strip()
    if found and len(found) < _SHORTEST_SECRET:
        raise ValueError(f"is shorter than {_SHORTEST_SECRET} characters")
    return found
