"""What the end of a session means is learnt where sensors can tell, and only from enough of them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.folding import fold
from enforcement.session_ends import Learnt, observe, wilson
from enforcement.setting import SessionEnd
from tests.conftest import minutes
from tests.support.builders import arrives, bay, charger, leaves, session

OVER = [session(0, started=0), session(60, "COMPLETED", ended=60)]


def stayed(*facts: object) -> list[timedelta]:
    return [each.taken_for for each in observe(fold(facts, bay()), bay(), minutes(500))]  # type: ignore[arg-type]


def test_a_sensor_tells_how_long_the_vehicle_stayed_after_its_session() -> None:
    assert stayed(arrives(0), *OVER, leaves(100)) == [timedelta(minutes=40)]
    assert stayed(arrives(0), *OVER, leaves(55)) == [timedelta(0)]


def test_a_charger_that_is_available_again_tells_that_the_cable_is_out() -> None:
    assert stayed(arrives(0), *OVER, charger("CHARGING", 1), charger("AVAILABLE", 61), leaves(100)) == [
        timedelta(minutes=1)
    ]


@pytest.mark.parametrize(
    "facts",
    [
        [*OVER],
        [arrives(0), *OVER],
        [arrives(0), OVER[0], leaves(100)],
        [arrives(0), leaves(100)],
        [leaves(-5), *OVER],
    ],
    ids=["no sensor", "still there", "not over", "no session", "not seen with its session"],
)
def test_what_a_sensor_cannot_tell_is_no_observation(facts: list[object]) -> None:
    assert stayed(*facts) == []


@pytest.mark.parametrize(
    ("seen", "long", "meaning"),
    [
        (19, 19, None),
        (20, 10, SessionEnd.STOPPED),
        (20, 8, None),
        (20, 0, None),
        (60, 1, SessionEnd.UNPLUGGED),
        (200, 30, None),
        (0, 0, None),
    ],
)
def test_only_enough_observations_decide(seen: int, long: int, meaning: SessionEnd | None) -> None:
    assert Learnt(seen, long).meaning is meaning


@given(st.integers(0, 1000), st.integers(1, 1000))
def test_the_bounds_hold_the_share_and_close_in(hits: int, of: int) -> None:
    hits = min(hits, of)
    low, high = wilson(hits, of)
    assert 0 <= low <= hits / of <= high <= 1 or abs(hits / of - round(hits / of)) < 1e-9
    more = wilson(hits * 4, of * 4)
    assert more[1] - more[0] < high - low
