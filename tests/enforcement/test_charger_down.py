"""A charger that could not be used is never held against a driver."""

import pytest

from tests.support.builders import OTHER_EVSE, Lines, arrives, bay, charged, charger, leaves, told


@pytest.mark.parametrize("status", ["INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "UNKNOWN"])
def test_nobody_is_unplugged_at_a_charger_that_is_down(status: str) -> None:
    found = told([charger(status, -10), arrives(0), leaves(60)], 100)
    assert (found.conditions, found.fees) == ([("unusable", 0, 60)], {})


@pytest.mark.parametrize("status", ["AVAILABLE", "BLOCKED", "CHARGING", "RESERVED"])
def test_other_states_do_not_excuse(status: str) -> None:
    assert told([charger(status, -10), arrives(0), leaves(20)], 100).fees == {"unplugged": 1500}


def test_the_outage_is_subtracted_and_shown() -> None:
    down = [charger("OUTOFORDER", 80), charger("CHARGING", 90)]
    found = told([charged(0, 60, 100), down], 200)
    assert found.fees == {"idle": (100 - 70 - 10) * 40}
    assert Lines(found.only).minutes_of == {"grace": 10, "billed": 20, "not_counted": 10}


def test_with_two_chargers_one_that_is_down_is_enough_to_excuse() -> None:
    two = bay(evses=("ca*abc*l1*e1", OTHER_EVSE))
    assert told([charger("OUTOFORDER", -10, evse=OTHER_EVSE), arrives(0), leaves(60)], 100, setting=two).fees == {}


def test_it_is_down_until_the_network_says_otherwise() -> None:
    found = told([charger("OUTOFORDER", -5000), arrives(0), charger("AVAILABLE", 30), leaves(40)], 100)
    assert found.conditions == [("unusable", 0, 30), ("unplugged", 30, 40)]


def test_a_free_bay_with_a_dead_charger_is_unusable() -> None:
    found = told([charger("OUTOFORDER", 0)], 10)
    assert (found.decision.now.condition, found.decision.now.reason) == ("unusable", "charger_down")
