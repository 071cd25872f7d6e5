"""What pieces of fee time cost by their tiers, to the exact fraction."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction

from enforcement.intervals import ZERO
from enforcement.pieces import Piece
from enforcement.tiers import Tier

_MICROSECOND = timedelta(microseconds=1)


def amounts(parts: Sequence[Piece], tiers: Sequence[Tier]) -> list[Fraction]:
    """What each piece costs, in major units: its time, its share of started steps, and what its tier charges once."""
    out: list[Fraction] = []
    in_tier: dict[int, timedelta] = {}
    for part in parts:
        if part.tier is None:
            out.append(Fraction(0))
            continue
        tier, before = tiers[part.tier], in_tier.get(part.tier)
        after = (before or ZERO) + (part.end - part.start)
        in_tier[part.tier] = after
        length = _stepped(after, tier.step) - _stepped(before or ZERO, tier.step)
        cost = _cost(length, tier)
        out.append(cost + tier.flat if before is None and tier.flat else cost)
    return out


def _cost(length: timedelta, tier: Tier) -> Fraction:
    """What so much time costs at the tier's rate, exactly."""
    ticks, per = length // _MICROSECOND, tier.per // _MICROSECOND
    return Fraction(tier.rate.numerator * ticks, tier.rate.denominator * per)


def _stepped(length: timedelta, step: timedelta | None) -> timedelta:
    return length if step is None else -(-length // step) * step
