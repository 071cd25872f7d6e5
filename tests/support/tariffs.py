"""Tariffs and charge records for tests, as the JSON of 2.2.1 and shorter than it."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.reading import read_tariff
from enforcement.tariffs.vocabulary import Cdr, Tariff

MONDAY = datetime(2019, 1, 7, tzinfo=UTC)


def load(path: Path) -> Any:
    """Decoded JSON with exact numbers."""
    return json.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def component(dimension: str, price: str, step: int = 1, vat: str | None = None) -> dict[str, Any]:
    """A price component."""
    taxed = {} if vat is None else {"vat": Decimal(vat)}
    return {"type": dimension, "price": Decimal(price), "step_size": step, **taxed}


def element(*components: dict[str, Any], **restrictions: Any) -> dict[str, Any]:
    """A tariff element."""
    return {"price_components": list(components), **({"restrictions": restrictions} if restrictions else {})}


def tariff(*elements: dict[str, Any], version: str = "2.2.1", **fields: Any) -> Tariff:
    """A tariff in EUR of these elements."""
    return read_tariff({"id": "T", "currency": "EUR", "elements": list(elements), **fields}, version)


def cdr(*periods: tuple[float, float, dict[str, Any]], start: datetime = MONDAY, **fields: Any) -> Cdr:
    """A record of (start minute, minutes, volumes) periods; TIME and PARKING_TIME volumes may be minutes: ``"30m"``."""
    first, last = periods[0][0], max(begin + length for begin, length, _ in periods)
    listed = [
        {
            "start_date_time": (start + timedelta(minutes=begin)).isoformat(),
            "dimensions": [{"type": kind, "volume": Decimal(0)} for kind in volumes],
        }
        for begin, _, volumes in periods
    ]
    record = read_cdr(
        {
            "currency": "EUR",
            "start_date_time": (start + timedelta(minutes=first)).isoformat(),
            "end_date_time": (start + timedelta(minutes=last)).isoformat(),
            "charging_periods": listed,
            **fields,
        },
        "2.2.1",
    )
    for period, (_, _, volumes) in zip(record.periods, periods, strict=True):
        assert isinstance(period.volumes, dict)
        period.volumes.update({kind: volume(value) for kind, value in volumes.items()})
    return record


def volume(value: Any) -> Fraction:
    """``"90m"`` is an exact hour and a half; anything else is the number."""
    if isinstance(value, str) and value.endswith("m"):
        return Fraction(value[:-1]) / 60
    return Fraction(str(value))


def charging(minutes: float, **more: Any) -> dict[str, Any]:
    """Volumes of a period that charges."""
    return {"TIME": f"{minutes}m", **more}


def parking(minutes: float) -> dict[str, Any]:
    """Volumes of a period in which the vehicle asks for no power."""
    return {"PARKING_TIME": f"{minutes}m"}
