"""Fields as we write them, from what networks said: what is not valid is left out, and what is too long is cut."""

import re
import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from ocpi.vocabulary import OLD
from ocpi.wire import Document

_COUNTRY = re.compile(r"[A-Z]{3}")


# A place that its network did not tell: 0,0 is how networks say that.
NOWHERE = {"latitude": "0.000000", "longitude": "0.000000"}


def objects_in(document: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    """The objects in a list."""
    value = document.get(name)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def texts_of(stored: Mapping[str, Any], version: str, *wanted: tuple[str, int]) -> Document:
    """Those of the wanted texts that there are, each cut to its length."""
    found = {name: text_of(stored.get(name), limit, version) for name, limit in wanted}
    return {name: text for name, text in found.items() if text}


def text_of(value: Any, limit: int, version: str) -> str | None:
    """Text cut to a length; 2.1.1 knows printable ASCII only, so letters lose their accents. None where it is none."""
    if not isinstance(value, (str, int, Decimal)) or isinstance(value, bool):
        return None
    said = str(value)
    if version == OLD:
        said = unicodedata.normalize("NFKD", said).encode("ascii", "ignore").decode()
    return "".join(char if char.isprintable() else " " for char in said).strip()[:limit].strip() or None


def country_of(stored: Mapping[str, Any]) -> str:
    """The country of a place in three letters (ISO 3166-1); XXX where its network did not tell it."""
    country = str(stored.get("country") or "").strip().upper()
    return country if _COUNTRY.fullmatch(country) else "XXX"


def coordinates_of(value: Any) -> Document | None:
    """A GeoLocation in degrees, with six decimals."""
    if not isinstance(value, dict):
        return None
    try:
        latitude, longitude = (Decimal(str(value.get(name))) for name in ("latitude", "longitude"))
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):
            return None
    except InvalidOperation:
        return None
    return {"latitude": f"{latitude:.6f}", "longitude": f"{longitude:.6f}"}


def whole_of(value: Any) -> int | None:
    """A whole number, of volts or amperes; fractions are dropped."""
    try:
        number = Decimal(str(value))
        return int(number) if 0 <= number < 1_000_000 else None
    except (InvalidOperation, ValueError):
        return None
