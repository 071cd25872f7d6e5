"""Noise in a part of the two weeks of Boulder: no minute is wrongly billed while sessions are intact."""

from pathlib import Path

import pytest

from benchmarks.boulder import Port, ports
from benchmarks.kinds_of_noise import SESSIONS_INTACT, SESSIONS_LOST
from benchmarks.noise import score

SEEDS = (1, 2)


@pytest.fixture(scope="module")
def places() -> list[Port]:
    data = Path(__file__).resolve().parents[3] / "shared/data/boulder/boulder_demo_2019-10-07_2019-10-20.csv.gz"
    if not data.is_file():
        pytest.skip("the folder shared/data is not beside the project")
    return ports(data)[::5]


@pytest.mark.parametrize("name", SESSIONS_INTACT)
def test_no_noise_that_leaves_sessions_intact_makes_a_driver_pay(name: str, places: list[Port]) -> None:
    for seed in SEEDS:
        found = score(SESSIONS_INTACT[name], places, seed)
        assert found.wrong == 0
        assert found.missed < found.due / 4


def test_without_noise_all_is_billed_that_is_due(places: list[Port]) -> None:
    found = score(SESSIONS_INTACT["none"], places)
    assert found.due > 5000
    assert found.missed < found.due / 50


def test_the_measure_sees_what_is_wrong(places: list[Port]) -> None:
    """A vehicle whose session is never told is parked without one, as far as anybody knows."""
    assert score(SESSIONS_LOST["10 % of the sessions lost"], places).wrong > 0
