"""The price of a clause in whole numbers: exact where no sum can pass 64 bits, and refused where one could."""

from collections.abc import Sequence
from datetime import timedelta
from fractions import Fraction
from math import lcm

import numpy as np

from enforcement.clauses import Clause
from enforcement.money import Tax, exponent
from history.instants import Bools, Ints

LARGEST = 1 << 62


class Amounts:
    """What time in each tier costs, in parts of a minor unit: ``parts`` of them make one.

    Every rate is so many parts a tick and every flat amount and limit so many parts, without a remainder: ``parts`` is
    the least common multiple of their denominators.
    """

    def __init__(self, clause: Clause, currency: str, ticks: int, longest: int) -> None:
        """``ticks`` of a second, ``longest``: ticks of the longest fee time. Raises OverflowError."""
        minor = 10 ** exponent(currency)
        rates = [tier.rate * minor / in_ticks(tier.per, ticks) for tier in clause.tiers]
        flats = [tier.flat * minor for tier in clause.tiers]
        bounds = [None if b is None else b * minor for b in (clause.limits.minimum, clause.limits.cap)]
        self.parts = lcm(*(each.denominator for each in (*rates, *flats, *bounds) if each is not None))
        self._rates = [int(rate * self.parts) for rate in rates]
        self._flats = [int(flat * self.parts) for flat in flats]
        self._minimum, self._cap = (None if bound is None else int(bound * self.parts) for bound in bounds)
        self._steps = [None if tier.step is None else in_ticks(tier.step, ticks) for tier in clause.tiers]
        most = longest + max((step for step in self._steps if step is not None), default=0)
        whole = sum(self._rates) * most + sum(self._flats)
        if 2 * max(whole, self._minimum or 0, self._cap or 0, most) + self.parts >= LARGEST:
            raise OverflowError("such sums can pass 64 bits")

    def price(self, in_tiers: Sequence[Ints]) -> tuple[Ints, Bools, Bools]:
        """Minor units, rounded half up once; and where the minimum and where the cap decided."""
        whole = np.zeros(len(in_tiers[0]), np.int64)
        for length, rate, flat, step in zip(in_tiers, self._rates, self._flats, self._steps, strict=True):
            counted = length if step is None else -(-length // step) * step
            whole += counted * rate + np.where(length > 0, flat, 0)
        raised, cut = np.zeros((2, len(whole)), np.bool_)
        bounded = whole
        if self._minimum is not None:
            raised = (whole > 0) & (whole < self._minimum)
            bounded = np.where(raised, self._minimum, bounded)
        if self._cap is not None:
            cut = whole > self._cap
            bounded = np.where(cut, self._cap, bounded)
        return half_up(bounded, self.parts), raised & ~cut, cut


def half_up(parts: Ints, of: int) -> Ints:
    """``parts / of`` rounded to whole numbers, a half upwards."""
    return (2 * parts + of) // (2 * of)


def taxed(total: Ints, taxes: Sequence[Tax], *, included: bool) -> tuple[Ints, Ints]:
    """Net and taxes of rounded fees, each tax rounded half up once. Raises OverflowError."""
    whole = 1 + sum((tax.rate for tax in taxes), Fraction(0)) if included else Fraction(1)
    tax = np.zeros(len(total), np.int64)
    most = int(total.max(initial=0))
    for each in taxes:
        share = each.rate / whole
        if 2 * most * share.numerator + share.denominator >= LARGEST:
            raise OverflowError("such sums can pass 64 bits")
        tax += half_up(total * share.numerator, share.denominator)
    return (total - tax if included else total), tax


def in_ticks(length: timedelta, ticks: int) -> int:
    """A length of whole seconds in ticks, of which a second has so many."""
    return length // timedelta(seconds=1) * ticks
