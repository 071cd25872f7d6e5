"""Writing single values of OCPI JSON: the other direction of :mod:`enforcement.tariffs.values`.

Numbers have 4 decimals (types, "number") and are Decimal: encode them as JSON numbers.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from enforcement.intervals import ratio
from enforcement.money import half_up
from enforcement.tiers import Tier

_PLACES = 10_000


def nearest(value: Fraction) -> Decimal:
    """The value rounded to 4 decimals, a half upwards."""
    return _decimal(half_up(value * _PLACES))


def exactly(value: Fraction) -> Decimal | None:
    """The value itself; None where 4 decimals can't hold it."""
    scaled = value * _PLACES
    return _decimal(scaled.numerator) if scaled.denominator == 1 else None


def lowered(value: Fraction) -> Fraction:
    """The highest number of 4 decimals that is not above the value."""
    return Fraction(value * _PLACES // 1, _PLACES)


def hourly(tier: Tier) -> Fraction:
    """The rate of a tier by the hour, as OCPI has all prices of time (mod_tariffs, PriceComponent)."""
    return tier.rate * ratio(timedelta(hours=1), tier.per)


def instant(at: datetime) -> str:
    """A DateTime in UTC, to the millisecond: OCPI has room for 25 characters (types, "DateTime")."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z").replace(".000Z", "Z")


def _decimal(ten_thousandths: int) -> Decimal:
    """Without zeros at the end, and never as 2E+1."""
    number = Decimal(ten_thousandths).scaleb(-4).normalize()
    return number.quantize(Decimal(1)) if number == number.to_integral_value() else number
