"""Windows: when a fee may run, in the station's local time, right across midnight and both changes of the clock."""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from enforcement.intervals import Span, merged

EVERY_DAY = frozenset(range(7))


@dataclass(frozen=True, slots=True)
class Window:
    """Local time from ``start`` to ``end`` on the given weekdays (Monday is 0).

    ``end`` at or before ``start`` means the next day; a window belongs to the day on which it starts. On public
    holidays it is open too (``include``), closed (``exclude``), or it is open on holidays only, whatever weekday
    they are (``only``).
    """

    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY
    holidays: Literal["include", "exclude", "only"] = "include"

    def opens_on(self, day: date, calendar: Container[date]) -> bool:
        """Whether the window opens on a local day; ``calendar`` holds the public holidays."""
        if self.holidays == "only":
            return day in calendar
        return day.weekday() in self.weekdays and (self.holidays == "include" or day not in calendar)


def open_spans(
    windows: Sequence[Window], zone: str, lo: datetime, hi: datetime, calendar: Container[date] = ()
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


def next_edge(windows: Sequence[Window], zone: str, after: datetime, calendar: Container[date] = ()) -> datetime | None:
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
    """A wall time that the spring change skips is read on the clock before it; one that comes twice is its first."""
    return datetime.combine(day, wall, tzinfo=tz).astimezone(UTC)
