"""Windows: when a fee may run, in the station's local time, right across midnight and both changes of the clock."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from enforcement.intervals import Span, merged

_SECOND = timedelta(seconds=1)
EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Window:
    """Local time from ``start`` to ``end`` on the given weekdays (Monday is 0).

    ``end`` at or before ``start`` means the next day; a window belongs to the day on which it starts. On public
    holidays it is open too (``include``), closed (``exclude``), or it is open on holidays only, whatever weekday
    they are (``only``). While the calendar is not known, a window that asks for it stays closed.
    """

    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY
    holidays: Literal["include", "exclude", "only"] = "include"

    def opens_on(self, day: date, calendar: Container[date] | None) -> bool:
        """Whether the window opens on a local day; ``calendar`` holds the public holidays, None: not known."""
        if self.holidays == "include":
            return day.weekday() in self.weekdays
        if calendar is None:
            return False
        return day in calendar if self.holidays == "only" else day.weekday() in self.weekdays and day not in calendar


def open_spans(
    windows: Sequence[Window], zone: str, lo: datetime, hi: datetime, calendar: Container[date] | None = None
) -> list[Span]:
    """The spans within ``[lo, hi)`` that lie in any window; everything, where there are no windows."""
    if not windows:
        return merged([(lo, hi)])
    tz = ZoneInfo(zone)
    spans: list[Span] = []
    for day in _days(lo.astimezone(tz).date(), hi.astimezone(tz).date()):
        for window in windows:
            if window.opens_on(day, calendar):
                start, end = _on(window, day, tz)
                spans.append((max(lo, start), min(hi, end)))
    return merged(spans)


def next_edge(
    windows: Sequence[Window], zone: str, after: datetime, calendar: Container[date] | None = None
) -> datetime | None:
    """The next moment at which a window opens or closes, within the following 8 days."""
    if not windows:
        return None
    spans = open_spans(windows, zone, after - timedelta(days=1), after + timedelta(days=8), calendar)
    return min((edge for span in spans for edge in span if edge > after), default=None)


def _days(first: date, last: date) -> Iterator[date]:
    """From the day before (its windows may reach into the first) to the last."""
    day = first - timedelta(days=1)
    while day <= last:
        yield day
        day += timedelta(days=1)


def _on(window: Window, day: date, tz: ZoneInfo) -> Span:
    until = day if window.end > window.start else day + timedelta(days=1)
    return _utc(day, window.start, tz), _utc(until, window.end, tz)


def _utc(day: date, wall: time, tz: ZoneInfo) -> datetime:
    """When the local clock first shows this time or a later one: of one that comes twice, the first.

    One that the spring change skips is the moment of the change, so that no fee runs at an hour outside its window.
    """
    local = datetime.combine(day, wall, tzinfo=tz)
    late, early = local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)
    if late <= early:
        return late
    # Skipped: read with the offset from before the change it is too late, with the one from after it too early.
    while late - early > _SECOND:
        middle = early + (late - early) // 2
        late, early = (late, middle) if tz.utcoffset(middle.astimezone(tz)) == local.utcoffset() else (middle, early)
    return late.replace(microsecond=0)
