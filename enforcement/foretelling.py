"""When charging is going to end, from how it slows down; with a bound of the error, and no word where that is wide.

A battery that is nearly full takes less and less: at constant voltage its current falls exponentially (the CC/CV
method), until the vehicle stops at a few percent of the full power. Two curves tell of it: the energy of a session over
time, and the state of charge. A vehicle whose driver set a limit stops before: no curve tells that.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

Curve = Sequence[tuple[datetime, int]]

# Vehicles stop somewhere between these shares of their full power.
STOPS_AT = (0.03, 0.10)
GOOD_ENOUGH = timedelta(minutes=10)
_STILL_NEWS = timedelta(minutes=15)
_FALLING = 0.9
_SLOWED_TO = 0.6
_FEWEST = 4
# How far single powers may lie from the falling line, as a logarithm: 8 %.
_SCATTER = 0.08
_NEARLY_FULL, _FULL = 85, 100
_STEPS = 3


@dataclass(frozen=True, slots=True)
class Foretold:
    """Charging is expected to end at ``at``, give or take ``error``."""

    at: datetime
    error: timedelta


def foretell(curve: Curve, peak_w: int, soc: Curve, now: datetime) -> Foretold | None:
    """The expected end of charging, where it is known well enough; None where it is not.

    ``curve``: energy in Wh by time; ``peak_w``: the highest power of the session; ``soc``: percent by time, each new
    height. If both curves tell and contradict each other, neither is believed.
    """
    found = [each for each in (_by_power(curve, peak_w), _by_charge(soc)) if each is not None]
    told = [each for each in found if each.error <= GOOD_ENOUGH and each.at > now]
    heard = max((points[-1][0] for points in (curve, soc) if points), default=None)
    if not told or heard is None or now - heard > _STILL_NEWS:
        return None
    if len(found) > 1 and abs(found[0].at - found[1].at) > found[0].error + found[1].error:
        return None
    return min(told, key=lambda each: each.error)


def powers(curve: Curve) -> list[tuple[datetime, float]]:
    """The mean power in W between neighbouring points, at the middle of each."""
    pairs = itertools.pairwise(curve)
    return [(a + (b - a) / 2, (more - wh) * 3600 / (b - a).total_seconds()) for (a, wh), (b, more) in pairs]


def _by_power(curve: Curve, peak_w: int) -> Foretold | None:
    """A straight line through the logarithms of the falling powers, followed to where vehicles stop."""
    falling: list[tuple[datetime, float]] = []
    for at, power in reversed(powers(curve)):
        if power <= 0 or power > _FALLING * peak_w or (falling and power < falling[-1][1]):
            break
        falling.append((at, power))
    falling.reverse()
    if len(falling) < _FEWEST or falling[-1][1] > _SLOWED_TO * peak_w:
        return None
    start = falling[0][0]
    xs = [(at - start).total_seconds() for at, _ in falling]
    ys = [math.log(power / peak_w) for _, power in falling]
    slope, height = _line(xs, ys)
    scatter = max(abs(y - (height + slope * x)) for x, y in zip(xs, ys, strict=True))
    if slope >= 0 or scatter > _SCATTER:
        return None
    late, early = ((math.log(share) - height) / slope for share in STOPS_AT)
    # A line that is uncertain by its scatter is the more so the further it is followed.
    unsure = 2 * scatter / -slope * max(1.0, late / xs[-1])
    middle, error = (early + late) / 2, (late - early) / 2 + unsure
    return Foretold(start + timedelta(seconds=middle), timedelta(seconds=error))


def _line(xs: Sequence[float], ys: Sequence[float]) -> tuple[float, float]:
    """Least squares: slope, and height at 0."""
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    spread = sum((x - mean_x) ** 2 for x in xs)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / spread
    return slope, mean_y - slope * mean_x


def _by_charge(soc: Curve) -> Foretold | None:
    """From the last steps of the state of charge: at best as fast as the fastest of them, at worst half the slowest."""
    steps = list(zip(soc[-_STEPS - 1 :], soc[-_STEPS:], strict=False)) if len(soc) > _STEPS else []
    if not steps or not _NEARLY_FULL <= soc[-1][1] < _FULL:
        return None
    lengths = [(b - a).total_seconds() / (high - low) for (a, low), (b, high) in steps]
    left = _FULL - soc[-1][1]
    # The last percent began up to one step before it was told.
    early, late = (left - 1) * min(lengths), left * 2 * max(lengths)
    middle, error = (early + late) / 2, (late - early) / 2
    return Foretold(soc[-1][0] + timedelta(seconds=middle), timedelta(seconds=error))
