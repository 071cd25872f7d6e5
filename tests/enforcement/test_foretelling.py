"""When charging will end: right within its own bound on every taper, silent on everything else."""

import math
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enforcement.foretelling import GOOD_ENOUGH, foretell, powers
from tests.conftest import minutes


def taper(
    full_w: float, knee: float, tau: float, share: float, step: float = 3
) -> tuple[list[tuple[datetime, int]], float]:
    """Energy by time of a vehicle that tapers from the ``knee`` on and stops at a share of its power; and that moment.

    All in minutes.
    """
    stops = knee - tau * math.log(share)

    def energy(at: float) -> float:
        flat = full_w * min(at, knee) / 60
        falling = full_w * tau / 60 * (1 - math.exp(-(min(at, stops) - knee) / tau)) if at > knee else 0
        return flat + falling

    count = int(stops // step) + 1
    return [(minutes(n * step), int(energy(n * step))) for n in range(count)], stops


def peak(curve: list[tuple[datetime, int]]) -> int:
    return int(max(power for _, power in powers(curve)))


TAPERS = st.tuples(
    st.floats(20_000, 350_000), st.floats(5, 40), st.floats(3, 30), st.floats(0.03, 0.10), st.floats(2, 5)
)


@given(TAPERS, st.data())
def test_whatever_is_foretold_comes_true_within_its_bound(
    case: tuple[float, float, float, float, float], data: st.DataObject
) -> None:
    curve, stops = taper(*case)
    seen = curve[: data.draw(st.integers(1, len(curve)))]
    found = foretell(seen[-10:], peak(seen) if len(seen) > 1 else 0, [], seen[-1][0])
    if found is not None:
        assert found.error <= GOOD_ENOUGH
        slack = timedelta(seconds=30)
        assert abs(found.at - minutes(stops)) <= found.error + slack


def test_a_usual_taper_is_foretold_in_time() -> None:
    curve, stops = taper(100_000, 15, 10, 0.05)
    told = [n for n in range(2, len(curve)) if foretell(curve[:n][-10:], peak(curve[:n]), [], curve[n - 1][0])]
    assert told, "a taper of ten minutes is known"
    assert curve[told[0]][0] <= minutes(stops - 10), "early enough to come back"


def test_constant_power_that_will_end_at_any_moment_tells_nothing() -> None:
    curve = [(minutes(3 * n), 350 * n) for n in range(30)]
    assert foretell(curve[-10:], 7000, [], curve[-1][0]) is None


def test_a_slow_taper_is_too_uncertain() -> None:
    curve, _ = taper(100_000, 15, 40, 0.05)
    for n in range(2, len(curve)):
        assert foretell(curve[:n][-10:], peak(curve[:n]), [], curve[n - 1][0]) is None


def test_a_pause_and_noise_tell_nothing() -> None:
    paused = [(minutes(3 * n), wh) for n, wh in enumerate([0, 5000, 10000, 10200, 13000, 13100, 17000, 17050])]
    assert foretell(paused, 100_000, [], paused[-1][0]) is None
    assert foretell([], 0, [], minutes(0)) is None
    assert foretell([(minutes(0), 5)], 0, [], minutes(0)) is None


def test_the_state_of_charge_tells_too() -> None:
    soc = [(minutes(2 * n), 90 + n) for n in range(6)]
    found = foretell([], 0, soc, minutes(11))
    assert found is not None
    assert minutes(10 + 8) <= found.at + found.error
    assert found.at - found.error <= minutes(10 + 10)
    assert foretell([], 0, [(minutes(2 * n), 60 + n) for n in range(6)], minutes(11)) is None, "far from full"
    assert foretell([], 0, [(minutes(9 * n), 90 + n) for n in range(4)], minutes(28)) is None, "too slow to be sure"


def test_old_news_tells_nothing() -> None:
    soc = [(minutes(2 * n), 92 + n) for n in range(6)]
    assert foretell([], 0, soc, minutes(30)) is None


def test_two_curves_that_contradict_each_other_are_not_believed() -> None:
    curve, _ = taper(100_000, 15, 8, 0.03)
    told = next(n for n in range(2, len(curve)) if foretell(curve[:n][-10:], peak(curve[:n]), [], curve[n - 1][0]))
    seen, now = curve[:told], curve[told - 1][0]
    start = (now - minutes(0)) / timedelta(minutes=1)
    fast = [(minutes(start - (5 - n) / 10), 94 + n) for n in range(6)]
    assert foretell([], 0, fast, now) is not None
    assert foretell(seen[-10:], peak(seen), fast, now) is None


@pytest.mark.parametrize("energies", [[0, 0, 0, 0, 0, 0], [100, 90, 80, 70, 60, 50], [0, 10**15, 0, 10**15, 0, 1]])
def test_absurd_curves_are_no_curves(energies: list[int]) -> None:
    curve = [(minutes(3 * n), wh) for n, wh in enumerate(energies)]
    assert foretell(curve, 0, [], curve[-1][0]) is None
    assert foretell(curve, 1, [], curve[-1][0]) is None
