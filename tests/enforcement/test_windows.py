"""Windows: hours in the station's zone, across midnight and both changes of the clock."""

from datetime import UTC, datetime, timedelta

import pytest

from enforcement.intervals import total
from enforcement.policy_document import PolicyError
from enforcement.windows import Window, next_edge, open_spans
from tests.support.builders import Lines, charged, clause, policy, told

# Noon in the tests is 12:00 in Toronto on a Monday.


def fee(*windows: tuple[str, ...], zero: str = "0m") -> dict[str, int]:
    under = policy(clause("idle", grace=zero, windows=windows))
    return told([charged(0, 60, 180)], 300, under=under).fees


def test_only_time_inside_counts() -> None:
    assert fee(("13:30", "14:30")) == {"idle": 60 * 40}
    assert fee(("08:00", "12:00")) == {}


def test_several_windows_that_overlap_count_once() -> None:
    assert fee(("13:00", "14:00"), ("13:30", "14:30")) == {"idle": 90 * 40}


def test_other_weekdays_do_not_count() -> None:
    assert fee(("00:00", "24:00", "tue")) == {}
    assert fee(("00:00", "24:00", "mon")) == {"idle": 120 * 40}


def test_the_grace_runs_outside_the_windows_too() -> None:
    under = policy(clause("idle", grace="60m", windows=(("14:00", "20:00"),)))
    violation = told([charged(0, 60, 180)], 300, under=under).only
    assert Lines(violation).minutes_of == {"grace": 60, "billed": 60}


def test_outside_a_window_nothing_is_violated_yet_and_it_is_looked_at_when_it_opens() -> None:
    under = policy(clause("idle", grace="0m", windows=(("14:00", "20:00"),)))
    found = told([charged(0, 60)], 61, under=under)
    assert (found.only.state, found.only.violated_at) == ("watched", None)
    assert found.decision.next_look == datetime(2026, 3, 2, 19, 0, tzinfo=UTC)


def spans(window: Window, zone: str, lo: str, hi: str) -> list[tuple[str, str]]:
    found = open_spans([window], zone, datetime.fromisoformat(lo), datetime.fromisoformat(hi))
    return [(a.strftime("%dT%H:%M"), b.strftime("%dT%H:%M")) for a, b in found]


def night(start: str, end: str) -> Window:
    return Window(
        datetime.fromisoformat(f"2026-01-01T{start}").time(), datetime.fromisoformat(f"2026-01-01T{end}").time()
    )


def test_a_window_may_end_on_the_next_day() -> None:
    got = spans(night("22:00", "06:00"), "America/Toronto", "2026-01-10T00:00Z", "2026-01-12T00:00Z")
    assert got == [("10T03:00", "10T11:00"), ("11T03:00", "11T11:00")]


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-07", 24), ("2026-03-08", 23), ("2026-11-01", 25)],
    ids=["usual", "clocks go forward", "clocks go back"],
)
def test_a_whole_local_day_is_as_long_as_it_is(day: str, hours: int) -> None:
    start = datetime.fromisoformat(f"{day}T05:00Z" if day != "2026-11-01" else f"{day}T04:00Z")
    window = Window(night("00:00", "00:00").start, night("00:00", "00:00").end, frozenset({start.weekday()}))
    found = open_spans([window], "America/Toronto", start - timedelta(days=1), start + timedelta(days=2))
    assert total(found) == timedelta(hours=hours)


def test_a_night_in_which_the_clocks_go_forward_is_an_hour_shorter() -> None:
    got = spans(night("22:00", "06:00"), "America/Toronto", "2026-03-08T00:00Z", "2026-03-09T00:00Z")
    assert got == [("08T03:00", "08T10:00")]


def test_a_night_in_which_they_go_back_is_an_hour_longer() -> None:
    got = spans(night("22:00", "06:00"), "America/Toronto", "2026-11-01T00:00Z", "2026-11-02T00:00Z")
    assert got == [("01T02:00", "01T11:00")]


def test_the_next_edge_is_found_days_ahead() -> None:
    sunday = Window(night("08:00", "20:00").start, night("08:00", "20:00").end, frozenset({6}))
    after = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    assert next_edge([sunday], "UTC", after) == datetime(2026, 1, 11, 8, 0, tzinfo=UTC)
    assert next_edge([], "UTC", after) is None


def test_a_window_that_is_no_time_is_refused() -> None:
    with pytest.raises(PolicyError, match="clause 1, window 1: from"):
        fee(("25:00", "26:00"))
