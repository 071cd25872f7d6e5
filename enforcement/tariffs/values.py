"""Reading single values of decoded OCPI JSON. Whatever is wrong is a :class:`TariffError` that names its place."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from enforcement.tariffs.vocabulary import TariffError

# Beyond this many digits a number is an attack or a fault, and its fraction would eat the memory.
_MAX_DIGITS = 24


def number(value: Any, where: str) -> Fraction:
    """An exact number from a Decimal, an int or a numeric string (partners send all of them).

    Raises for a float: it is no longer what was sent. Decode the JSON with ``parse_float=Decimal``.
    """
    if isinstance(value, float):
        raise TariffError(f"{where}: {value!r} is a float: decode JSON with parse_float=Decimal")
    if isinstance(value, bool) or not isinstance(value, Decimal | int | str):
        raise TariffError(f"{where}: {value!r} is not a number")
    try:
        exact = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation as error:
        raise TariffError(f"{where}: {value!r} is not a number") from error
    if not exact.is_finite() or abs(exact.adjusted()) > _MAX_DIGITS or len(exact.as_tuple().digits) > 2 * _MAX_DIGITS:
        raise TariffError(f"{where}: not a number of at most {_MAX_DIGITS} digits")
    return Fraction(exact)


def optional_number(source: Mapping[str, Any], key: str, where: str) -> Fraction | None:
    """A number that may be absent or null."""
    return None if source.get(key) is None else number(source[key], f"{where}.{key}")


def table(value: Any, where: str) -> Mapping[str, Any]:
    """A JSON object."""
    if not isinstance(value, Mapping):
        raise TariffError(f"{where}: not an object")
    return value


def tables(value: Any, where: str) -> list[tuple[str, Mapping[str, Any]]]:
    """A JSON list of objects, each with its place; absent or null is an empty one."""
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise TariffError(f"{where}: not a list")
    return [(f"{where}[{i}]", table(item, f"{where}[{i}]")) for i, item in enumerate(value)]


def text(source: Mapping[str, Any], key: str, where: str) -> str:
    """A text that must be there."""
    value = source.get(key)
    if not isinstance(value, str) or not value.strip():
        raise TariffError(f"{where}.{key}: missing, or not a text")
    return value.strip()


def instant(value: Any, where: str) -> datetime:
    """An OCPI DateTime: RFC 3339 in UTC, with ``Z`` or nothing; other offsets are accepted."""
    if not isinstance(value, str):
        raise TariffError(f"{where}: missing, or not a time")
    try:
        at = datetime.fromisoformat(value.strip())
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise TariffError(f"{where}: {value!r} is not a time") from error


def optional_instant(source: Mapping[str, Any], key: str, where: str) -> datetime | None:
    """A DateTime that may be absent or null."""
    return None if source.get(key) is None else instant(source[key], f"{where}.{key}")


def wall_time(source: Mapping[str, Any], key: str, where: str) -> time | None:
    """``HH:MM``, or ``HH:MM:SS`` as seen in the wild; ``24:00`` is read as 00:00."""
    value = source.get(key)
    if value is None:
        return None
    try:
        at = time(0) if str(value) in ("24:00", "24:00:00") else time.fromisoformat(str(value).strip())
    except ValueError as error:
        raise TariffError(f"{where}.{key}: {value!r} is not a time of day") from error
    if at.tzinfo is not None:
        raise TariffError(f"{where}.{key}: {value!r} has an offset: times of day are local")
    return at


def day(source: Mapping[str, Any], key: str, where: str) -> date | None:
    """``YYYY-MM-DD``, which may be absent or null."""
    value = source.get(key)
    try:
        return None if value is None else date.fromisoformat(str(value).strip())
    except ValueError as error:
        raise TariffError(f"{where}.{key}: {value!r} is not a date") from error
