"""One row of a history: what is known of one past session, checked against itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from enforcement.facts import Contract

FIRST_YEAR, LAST_YEAR = 2000, 2100
LONGEST_STAY = timedelta(days=366)
MOST_KWH = Decimal(100_000)
MOST_KW = Decimal(100_000)
_LONGEST_NUMBER = 40
LONGEST_TEXT = 255


class HistoryRow(NamedTuple):
    """A past session. None is *unknown*, never zero and never "did not happen". Times are aware and in UTC.

    ``line`` is the line of the file on which the row begins. ``zone``: the IANA time zone of its station. ``site`` and
    ``bay`` tell which stations and EVSEs of several networks are one place, ``driver`` which tokens are one person.
    ``soc``: when the network first reported which state of charge, in percent. ``groups``: those of the token, empty:
    none.
    """

    line: int
    session_id: str
    network: str | None = None
    station: str | None = None
    evse: str | None = None
    token: str | None = None
    arrived_at: datetime | None = None
    plugged_in_at: datetime | None = None
    charging_ended_at: datetime | None = None
    unplugged_at: datetime | None = None
    left_at: datetime | None = None
    energy_kwh: Decimal | None = None
    power_kw: Decimal | None = None
    tariff_power_class: str | None = None
    zone: str | None = None
    site: str | None = None
    bay: str | None = None
    contract: Contract | None = None
    groups: frozenset[str] = frozenset()
    tax_region: str | None = None
    driver: str | None = None
    warned_at: datetime | None = None
    soc: tuple[tuple[datetime, int], ...] = ()

    @property
    def moments(self) -> list[datetime]:
        """All times that are known, in the order in which they must lie."""
        ordered = (self.arrived_at, self.plugged_in_at, self.charging_ended_at, self.unplugged_at, self.left_at)
        return [moment for moment in ordered if moment is not None]

    @property
    def who(self) -> str | None:
        """Whom the cap of a driver's day is for: the driver, or else the token."""
        return self.driver or self.token


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that can't be believed, and why. ``session_id`` is empty where it could not be read."""

    line: int
    session_id: str
    reason: str


def contradictions(row: HistoryRow) -> Iterator[str]:
    """What a row says against itself; nothing, if it can be true."""
    moments = row.moments
    if moments != sorted(moments):
        yield from _disorder(row)
    elif moments and moments[-1] - moments[0] > LONGEST_STAY:
        yield f"it lasts longer than {LONGEST_STAY.days} days"
    for at, percent in row.soc:
        if not moments or not moments[0] <= at <= moments[-1]:
            yield f"soc_{percent}_at is not within the stay"
    if list(row.soc) != sorted(row.soc, key=lambda seen: seen[1]):
        yield "a lower state of charge is reported after a higher one"
    if row.warned_at is not None and (not moments or row.warned_at < moments[0]):
        yield "warned_at is before the stay"


def _disorder(row: HistoryRow) -> Iterator[str]:
    names = ("arrived_at", "plugged_in_at", "charging_ended_at", "unplugged_at", "left_at")
    known = [(name, at) for name in names if (at := getattr(row, name)) is not None]
    for index, (name, at) in enumerate(known):
        for later, after in known[index + 1 :]:
            if after < at:
                yield f"{later} is before {name}"


def instant(text: str) -> datetime:
    """An ISO 8601 time with offset, in UTC. Raises ValueError with the reason, in words for the file's owner."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{shown(text)} is not an ISO 8601 time") from None
    if moment.tzinfo is None:
        raise ValueError(f"{shown(text)} has no offset from UTC, so which moment it is can't be known")
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        raise ValueError(f"{shown(text)} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return moment.astimezone(UTC)


def amount(text: str, most: Decimal) -> Decimal:
    """A number from 0 to ``most``. Raises ValueError with the reason."""
    try:
        number = Decimal(text) if len(text) <= _LONGEST_NUMBER else None
    except InvalidOperation:
        number = None
    if number is None or not number.is_finite():
        raise ValueError(f"{shown(text)} is not a number")
    if number < 0:
        raise ValueError(f"{shown(text)} is negative")
    if number > most:
        raise ValueError(f"{shown(text)} is more than can be believed ({most})")
    return number


def name(text: str) -> str:
    """An identifier or a name. Raises ValueError if it is longer than any field may be, or not printable."""
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{shown(text)} is longer than {LONGEST_TEXT} characters")
    if not text.isprintable():
        raise ValueError(f"{shown(text)} holds characters that can't be printed")
    return text


def shown(text: str) -> str:
    """A cell as an error may repeat it: quoted, escaped, and cut where it is long."""
    return ascii(text if len(text) <= _LONGEST_NUMBER else text[:_LONGEST_NUMBER] + "...")
