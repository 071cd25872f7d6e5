"""What a person attested of the sign at a place, from when to when, and what of it holds for a stay."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from enum import StrEnum

from enforcement.rules.offences import Offence
from enforcement.rules.place import PlaceFacts, PlaceKind
from enforcement.windows import Window


class PlaceLand(StrEnum):
    """Whose land a bay is on, and who may drive there."""

    PUBLIC = "public"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SignSeen:
    """What somebody saw of the sign at a station, or at one bay of it, and of the place.

    ``forbids``: what the sign itself forbids, for rules that leave it to the sign; ``limit``: the longest stay on it;
    ``hours``: those for which it reserves the bay (none: always).
    """

    station: str
    bay: str | None = None
    kind: PlaceKind = PlaceKind.LOT
    land: PlaceLand = PlaceLand.PUBLIC
    states_penalty: bool = False
    forbids: frozenset[Offence] = frozenset()
    limit: timedelta | None = None
    hours: tuple[Window, ...] = ()

    def facts(self, since: datetime, until: datetime | None) -> PlaceFacts:
        """As rules are judged by it."""
        return PlaceFacts(
            kind=self.kind,
            is_private=self.land is not PlaceLand.PUBLIC,
            is_open_to_public=self.land is not PlaceLand.CLOSED,
            sign_attested_at=since,
            sign_gone_at=until,
            sign_states_penalty=self.states_penalty,
            sign_hours=self.hours,
            signed=self.forbids,
            signed_limit=self.limit,
        )


@dataclass(frozen=True, slots=True)
class Attested:
    """That it stood there ``since`` it was seen, ``until`` somebody said that it is gone or otherwise (None: still)."""

    seen: SignSeen
    since: datetime
    until: datetime | None = None

    def reaches(self, start: datetime, end: datetime) -> bool:
        """Whether it held at any moment of a stay."""
        return self.since < end and (self.until is None or self.until > start)


def attested_for(attested: Sequence[Attested], bay: str, start: datetime, end: datetime) -> Attested | None:
    """What was attested for a stay in a bay: of the bay itself, else of its station.

    The earliest that reaches the stay, as long as it was said again without a change; where none does, the first that
    came after it, which proves nothing for it; else None.
    """
    for wanted in (bay, None):
        mine = sorted((each for each in attested if each.seen.bay == wanted), key=lambda each: each.since)
        reaching = [each for each in mine if each.reaches(start, end)]
        if reaching:
            return _said_again(reaching[0], reaching[1:])
    later = [each for each in attested if each.seen.bay in (bay, None) and each.since >= end]
    return min(later, key=lambda each: each.since, default=None)


def _said_again(first: Attested, others: Sequence[Attested]) -> Attested:
    for other in others:
        if other.since == first.until and other.seen == first.seen:
            first = replace(first, until=other.until)
    return first


_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def read_hours(text: str) -> Window:
    """Hours on a sign: ``08:00-18:00`` or ``08:00-18:00 mon tue``. Raises :class:`ValueError`."""
    first, *days = text.casefold().split()
    start, _, end = first.partition("-")
    if not set(days) <= set(_DAYS):
        raise ValueError(f"days are {', '.join(_DAYS)}")
    try:
        return Window(
            time.fromisoformat(start), time.fromisoformat(end), frozenset(map(_DAYS.index, days or _DAYS))
        )  # fmt: skip
    except ValueError as error:
        raise ValueError(f"{first!r} is not like 08:00-18:00") from error


def hours_text(window: Window) -> str:
    """The same as it is read."""
    days = (
        "" if len(window.weekdays) == len(_DAYS) else " ".join(("", *(_DAYS[day] for day in sorted(window.weekdays))))
    )
    return f"{window.start:%H:%M}-{window.end:%H:%M}{days}"
