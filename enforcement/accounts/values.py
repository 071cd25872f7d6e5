"""Times and amounts in an account's words: the same digits in both languages."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from enforcement.accounts.account import AccountLine
from enforcement.fee_lines import Treatment
from enforcement.money import exponent, half_up, to_major
from enforcement.phrases import number

_DECIMALS = 4


def span(start: datetime, end: datetime, zone: str) -> str:
    """Local times, with the date where the day is another: ``14:05-14:20``, seconds only where there are any."""
    tz = ZoneInfo(zone)
    lo, hi = start.astimezone(tz), end.astimezone(tz)
    until = clock(end, zone) if lo.date() == hi.date() else f"{hi:%Y-%m-%d} {clock(end, zone)}"
    return f"{lo:%Y-%m-%d} {clock(start, zone)}-{until}"


def clock(at: datetime, zone: str) -> str:
    """The wall clock, with seconds only where there are any."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def utc_span(start: datetime, end: datetime) -> str:
    """Both moments in UTC, to the second."""
    lo, hi = start.astimezone(UTC), end.astimezone(UTC)
    return f"{lo:%Y-%m-%d %H:%M:%S}-{hi:%H:%M:%S}" if lo.date() == hi.date() else f"{lo:%F %T}-{hi:%F %T}"


def money(amount: Fraction, currency: str, language: str) -> str:
    """An exact amount in major units; one that 4 decimals can't hold is rounded to them and marked so."""
    scaled = abs(amount) * 10**_DECIMALS
    is_exact = scaled.denominator == 1
    shown = Fraction(half_up(scaled), 10**_DECIMALS)
    sign, about = ("-" if amount < 0 else ""), ("" if is_exact else "≈ ")
    return f"{about}{sign}{number(shown, exponent(currency), language)} {currency}"


def minor(amount_minor: int, currency: str, language: str) -> str:
    """An amount in minor units."""
    return money(to_major(amount_minor, currency), currency, language)


def joined(lines: Iterable[AccountLine], *, by_price: bool = True) -> list[AccountLine]:
    """Lines that follow each other and differ in nothing that is asked for are one.

    ``by_price``: what pricing made of them matters; without, only what was seen and whether it is confirmed.
    """
    out: list[AccountLine] = []
    for line in lines:
        if out and _asked(out[-1], by_price) == _asked(line, by_price):
            out[-1] = replace(out[-1], end=line.end, amount=out[-1].amount + line.amount)
        else:
            out.append(line)
    return out


def _asked(line: AccountLine, by_price: bool) -> tuple[object, ...]:
    seen = line.condition, line.reason
    if by_price:
        return *seen, line.treatment, line.tier
    return *seen, line.treatment is Treatment.UNCONFIRMED, line.treatment is Treatment.NETWORK_BILLED
