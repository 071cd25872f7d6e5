"""How a running fee goes on from the last evidence, for a clock that ticks on a page; and what each minute cost.

The clock only estimates: what counts is what evidence will confirm.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction

from enforcement.clauses import Clause
from enforcement.money import exponent
from enforcement.policy import Policy

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Pace:
    """Minor units a second, taxes included, and where they end: the cap with its taxes, if there is one."""

    per_second: Fraction
    cap_minor: Fraction | None


def pace(policy: Policy, clause: Clause) -> Pace | None:
    """How fast a fee grows; None where that depends on more than time (tiers, hours)."""
    tier = clause.only_rate
    if tier is None or clause.windows:
        return None
    units = Fraction(10 ** exponent(policy.currency))
    taxes = 1 if policy.tax_included else 1 + sum((tax.rate for tax in policy.taxes), Fraction(0))
    cap = clause.limits.cap
    seconds = Fraction(tier.per // timedelta.resolution, 1_000_000)
    per_second = tier.rate * units * taxes / seconds
    return Pace(per_second, None if cap is None else cap * units * taxes)


@dataclass(frozen=True, slots=True)
class MinuteCost:
    """What a minute, or the rest of one, cost: an exact amount in major units, before bounds and taxes."""

    start: datetime
    end: datetime
    amount: Fraction


def minute_costs(lines: Iterable[tuple[datetime, datetime, Fraction]]) -> Iterator[MinuteCost]:
    """Each billed stretch (from, to, amount), minute by minute from its beginning; the pieces sum to the whole."""
    for start, end, amount in lines:
        length = Fraction((end - start) // timedelta.resolution)
        at = start
        while at < end:
            until = min(at + _MINUTE, end)
            yield MinuteCost(at, until, amount * Fraction((until - at) // timedelta.resolution) / length)
            at = until
