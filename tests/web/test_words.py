"""Values as people read them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from enforcement.conditions import Condition
from enforcement.fee_lines import Treatment
from enforcement.violations import State
from models.outbox import Delivery
from tests.conftest import NOON, minutes
from web import words
from web.drawing import draw

ZONE = "America/Toronto"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3600, "1 h"), (7500, "2 h 05 min"),
     (86_400, "1 d"), (100_000, "1 d 3 h"), (-5, "0 s")],
)  # fmt: skip
def test_durations(seconds: float, text: str) -> None:
    assert words.span(seconds) == text


@pytest.mark.parametrize(
    ("back", "text"),
    [(timedelta(0), "12:00"), (timedelta(hours=13), "Sun 23:00"), (timedelta(days=7), "23 Feb, 12:00"),
     (timedelta(days=100), "22 Nov 2025, 12:00"), (-timedelta(days=1), "3 Mar, 12:00")],
)  # fmt: skip
def test_local_times_name_their_day(back: timedelta, text: str) -> None:
    assert words.day_clock(NOON - back, ZONE, NOON) == text


def test_moments_name_their_zone_on_both_sides_of_the_change() -> None:
    assert words.moment(datetime(2026, 3, 8, 6, 59, tzinfo=UTC), ZONE) == "Sun 8 Mar 2026, 01:59:00 EST"
    assert words.moment(datetime(2026, 3, 8, 7, 0, tzinfo=UTC), ZONE) == "Sun 8 Mar 2026, 03:00:00 EDT"


@pytest.mark.parametrize(("rate", "text"), [("1/20", "5"), ("399/4000", "9.975"), ("0", "0"), ("1/8", "12.5")])
def test_rates(rate: str, text: str) -> None:
    assert words.percent(rate) == text


def test_everything_that_can_be_shown_has_words() -> None:
    assert {*Condition} <= words.CONDITIONS.keys() and "free" in words.CONDITIONS
    assert set(State) == words.STATES.keys() and set(Delivery) == words.DELIVERIES.keys()
    assert all(words.treatment(each) for each in Treatment)
    assert words.reason("a_new_code") == "A new code"


def test_drawing_fills_the_width_in_order() -> None:
    drawing = draw(_explanation((0, 30, "charging"), (30, 90, "idle"), (90, 120, "overstaying")), _Violation())
    assert drawing is not None
    assert [(piece.x, piece.width, piece.look) for piece in drawing.stay] == [
        (0.0, 25.0, "charging"),
        (25.0, 50.0, "idle"),
        (75.0, 25.0, "overstaying"),
    ]
    assert [tick.label for tick in drawing.ticks] == ["12:30", "13:00", "13:30"]
    assert [tick.x for tick in drawing.ticks] == [25.0, 50.0, 75.0]
    assert "12:00 to 12:30 (30 min): Charging." in drawing.spoken


@pytest.mark.parametrize("length", [1, 7, 45, 200, 2_000, 20_000, 200_000])
def test_scales_have_few_ticks(length: int) -> None:
    drawing = draw(_explanation((0, length, "idle")), _Violation())
    assert drawing is not None and len(drawing.ticks) <= 7


def test_nothing_to_draw() -> None:
    assert draw({}, _Violation()) is None
    assert draw(_explanation((5, 5, "idle")), _Violation()) is None


class _Violation:
    zone = ZONE


def _explanation(*pieces: tuple[float, float, str]) -> dict[str, Any]:
    timeline = [
        {
            "from": minutes(lo).isoformat(),
            "to": minutes(hi).isoformat(),
            "condition": condition,
            "reason": "x",
            "confirmed": True,
        }
        for lo, hi, condition in pieces
    ]
    return {"timeline": timeline, "lines": []}
