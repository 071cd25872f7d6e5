"""Every state in which a sensor is not trusted: it is told since when and why, and neither fee nor referral rests on it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import pytest

from enforcement.folding import fold
from enforcement.health import health
from enforcement.presence import presence
from enforcement.proof import proves_parked
from enforcement.why import reason_text
from tests.conftest import minutes
from tests.support.builders import (
    SENSOR,
    after_noon,
    arrives,
    bay,
    charged,
    feed,
    heartbeat,
    leaves,
    sensor_says,
    told,
)

WHERE = bay()
DAY = 24 * 60


@dataclass(frozen=True)
class State:
    """What a sensor and networks said; then the sensor is in this state ``since``, and ``until`` it is not trusted.

    ``looked``: when somebody looks. All in minutes after noon.
    """

    name: str
    facts: Sequence[Any]
    looked: float
    since: float
    until: float


def saying(word: str, at: float = 10, until: float = 60) -> list[Any]:
    """It says so of itself while a vehicle stands there, from its second word on."""
    doubted = [replace(heartbeat(True, moment), quality=(word,)) for moment in (at + 10, until)]
    return [arrives(at), *doubted]


FIRST, SECOND = charged(10, 30, 40), charged(100, 130, 140, name="x2", token="ben")
STATES = [
    State("tilt", saying("tilt"), 60, 10, 60),
    State("interference", saying("interference"), 60, 10, 60),
    State("not_calibrated", saying("not_calibrated"), 60, 10, 60),
    State("fault", saying("fault"), 60, 10, 60),
    State("obstructed", saying("obstructed"), 60, 10, 60),
    State("drifting", saying("clock"), 60, 10, 60),
    State("flapping", [*(sensor_says(bool(i % 2), i) for i in range(8)), heartbeat(True, 20)], 20, 1, 20),
    State("stuck_occupied", [arrives(0), *FIRST, *SECOND, heartbeat(True, 200)], 200, 0, 200),
    State("silent", [arrives(0)], DAY + 60, DAY, DAY + 60),
    State("dead_battery", [replace(arrives(0), quality=("low_battery",))], DAY + 60, DAY, DAY + 60),
    State("missed_change", [leaves(-30), heartbeat(True, 0), heartbeat(True, 60)], 60, 0, 60),
    State("too_long_alone", [arrives(0), *(heartbeat(True, 60 * hour) for hour in range(1, 26))], 25 * 60, 0, 25 * 60),
]  # fmt: skip
by_name = pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)


@by_name
def test_it_is_told_since_when_and_why(state: State) -> None:
    found = health(fold(state.facts, WHERE), WHERE, SENSOR, minutes(state.looked))
    assert (state.name, state.since) in [(each.state, after_noon(each.since)) for each in found.states]
    assert not found.is_trusted
    for language in ("en", "fr"):
        assert all(len(reason_text(each.reason, language)) > 20 for each in found.states)


@by_name
def test_no_fee_rests_on_it(state: State) -> None:
    for violation in told(state.facts, state.looked).decision.violations:
        assert violation.kind in ("idle",) or violation.fee.net_minor == 0, violation


@by_name
def test_no_referral_rests_on_it(state: State) -> None:
    """A referral takes confirmed time only; this time is not confirmed, and the reason says why."""
    stretches = [
        stretch
        for stay in told(state.facts, state.looked).decision.stays
        for stretch in stay.stretches
        if after_noon(stretch.start) < state.until and after_noon(stretch.end) > state.since
    ]
    by_sensor = [each for each in stretches if each.condition in ("unplugged", "overstaying")]
    assert not [each for each in by_sensor if each.confirmed]
    told_why = {each.reason for each in stretches if each.condition == "unknown"}
    assert f"sensor_{state.name}" in told_why or state.name in ("silent", "dead_battery")
    seen = presence(fold(state.facts, WHERE), WHERE, feed((-60, state.looked)), minutes(state.looked))
    moments = [state.since + (state.until - state.since) * part / 7 for part in range(7)]
    assert not [moment for moment in moments if proves_parked(seen, minutes(moment))]


def test_a_sensor_stuck_at_free_contradicts_no_session() -> None:
    facts = [heartbeat(False, -10), charged(0, 60, 120, energy_wh=5000), heartbeat(False, 30)]
    flat = [one for fact in facts for one in (fact if isinstance(fact, list) else [fact])]
    found = health(fold(flat, WHERE), WHERE, SENSOR, minutes(100))
    assert [(each.state, after_noon(each.since)) for each in found.states] == [("stuck_free", 0)]
    assert told(facts, 200).fees == {"idle": 2000}


def test_the_same_vehicle_seen_by_a_trusted_sensor_is_billed() -> None:
    """The tests above are not empty: what they leave out alone makes the difference."""
    assert told([arrives(10), heartbeat(True, 20), heartbeat(True, 60)], 60).fees["unplugged"] > 0
