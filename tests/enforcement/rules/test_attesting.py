"""Which of the signs that people attested holds for a stay."""

from datetime import time, timedelta

import pytest

from enforcement.conditions import Condition, Stretch
from enforcement.rules import Offence, PlaceFacts, PlaceKind, judge
from enforcement.rules.attesting import Attested, PlaceLand, SignSeen, attested_for, hours_text, read_hours
from enforcement.windows import Window
from tests.conftest import minutes
from tests.enforcement.rules.test_shipped_rules import CO

STATION = SignSeen(station="s")
BAY = SignSeen(station="s", bay="b1", states_penalty=True)


def held(*attested: Attested, bay: str = "b1") -> Attested | None:
    """For a stay from minute 0 to 60."""
    return attested_for(attested, bay, minutes(0), minutes(60))


def test_nothing_was_attested() -> None:
    assert held() is None
    assert held(Attested(STATION, minutes(-90), minutes(-10))) is None
    assert held(Attested(BAY, minutes(-90)), bay="b2") is None


def test_the_bays_own_sign_goes_before_its_stations() -> None:
    of_station, of_bay = Attested(STATION, minutes(-90)), Attested(BAY, minutes(-10))
    assert held(of_station, of_bay) == of_bay
    assert held(of_station, of_bay, bay="b2") == of_station


def test_what_is_said_again_goes_on_and_a_change_ends_it() -> None:
    first = Attested(STATION, minutes(-90), minutes(10))
    again = Attested(STATION, minutes(10), minutes(30))
    assert held(again, first) == Attested(STATION, minutes(-90), minutes(30))
    changed = Attested(SignSeen(station="s", limit=timedelta(hours=2)), minutes(10))
    assert held(first, changed) == first


def test_one_that_came_later_is_told_and_proves_nothing() -> None:
    later = Attested(STATION, minutes(90))
    assert held(later) == later
    stay = [Stretch(minutes(0), minutes(60), Condition.UNPLUGGED, "no_session", True)]
    for attested, codes in (
        (later, ("sign_attested_later",)),
        (Attested(STATION, minutes(-5), minutes(20)), ("sign_gone",)),
        (Attested(STATION, minutes(-5), minutes(50)), ()),
        (Attested(STATION, minutes(-5)), ()),
    ):
        facts = attested.seen.facts(attested.since, attested.until)
        assert judge(CO, stay, "America/Denver", facts, minutes(60)).codes() == codes


def test_the_facts_of_a_place() -> None:
    seen = SignSeen(
        station="s", kind=PlaceKind.LODGING, land=PlaceLand.CLOSED, states_penalty=True,
        forbids=frozenset({Offence.NO_E_PLATE}), limit=timedelta(hours=4), hours=(read_hours("08:00-18:00"),),
    )  # fmt: skip
    assert seen.facts(minutes(0), None) == PlaceFacts(
        kind=PlaceKind.LODGING, is_private=True, is_open_to_public=False, sign_attested_at=minutes(0),
        sign_states_penalty=True, sign_hours=(Window(time(8), time(18)),), signed=frozenset({Offence.NO_E_PLATE}),
        signed_limit=timedelta(hours=4),
    )  # fmt: skip
    assert not SignSeen(station="s").facts(minutes(0), None).is_private


@pytest.mark.parametrize("text", ["08:00-18:00", "22:00-06:00 sat sun", "00:00-00:00 mon"])
def test_hours_are_read_and_written(text: str) -> None:
    assert hours_text(read_hours(text)) == text


@pytest.mark.parametrize("text", ["8-18", "08:00", "08:00-25:00", "08:00-18:00 someday", "-"])
def test_hours_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"08:00-18:00|days are"):
        read_hours(text)
