"""``step_size``: what rounding up to whole steps adds, and at whose price.

2.2.1 and 2.3.0, mod_cdrs "step_size": once a session for ENERGY and once for TIME and PARKING_TIME together; where any
parking was billed, only the total billable parking is rounded, and charging time is not. The step and the price are
those of the last billable use. What costs nothing is not billable: a price of zero and no price count alike. Reserved
time is rounded on its own, as the specification's reservation examples do.

2.1.1, PriceComponent: "billed in this step_size blocks". Each component's total over the session is rounded up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from enforcement.tariffs.vocabulary import Component, Dimension, Tariff
from enforcement.tariffs.walking import SECONDS, WATT_HOURS

# Numbers are sent with 4 decimals (types, "number"): half of the last one is 0.18 s of an hour. Such a volume that near
# a whole second is that second when steps are counted, else 40 minutes, sent as 0.6667, would cost a step more.
_NOISE = Fraction(18, 100)
_DECIMALS = 10_000


@dataclass(frozen=True, slots=True)
class Use:
    """What one period used of one dimension, and the component that prices it."""

    period: int
    tariff: Tariff
    element: int
    component: Component
    volume: Fraction
    is_reservation: bool

    @property
    def is_billable(self) -> bool:
        """Whether it costs anything."""
        return self.volume != 0 and self.component.price != 0

    @property
    def units(self) -> int:
        """Steps are in this many to the volume's unit: seconds to the hour, Wh to the kWh."""
        return WATT_HOURS if self.component.dimension is Dimension.ENERGY else SECONDS


def extras(uses: Sequence[Use]) -> Iterator[tuple[Use, Fraction]]:
    """For each group that is rounded: the use that pays for it and the volume that rounding up adds (above 0)."""
    for group in _groups([use for use in uses if use.is_billable]):
        last = group[-1]
        if last.component.step == 0:
            continue
        step = last.component.step
        counted = sum((_counted(use) for use in group), Fraction(0))
        billed = Fraction(-(-counted // step) * step, last.units)
        extra = billed - sum((use.volume for use in group), Fraction(0))
        if counted > 0 and extra > 0:
            yield last, extra


def _groups(uses: list[Use]) -> list[list[Use]]:
    each = [use for use in uses if use.tariff.steps_each]
    groups: dict[object, list[Use]] = {}
    for use in each:
        key = (use.tariff.id, use.element, use.component.dimension, use.is_reservation)
        groups.setdefault(key, []).append(use)
    once = [use for use in uses if not use.tariff.steps_each]
    reserved = [use for use in once if use.is_reservation]
    session = [use for use in once if not use.is_reservation]
    by = {kind: [use for use in session if use.component.dimension is kind] for kind in Dimension}
    timed = by[Dimension.PARKING_TIME] or by[Dimension.TIME]
    return [group for group in (*groups.values(), reserved, by[Dimension.ENERGY], timed) if group]


def _counted(use: Use) -> Fraction:
    """The volume in steps' units, in whole seconds where it plainly is one."""
    exact = use.volume * use.units
    if use.component.dimension is Dimension.ENERGY or (use.volume * _DECIMALS).denominator != 1:
        return exact
    whole = Fraction((2 * exact + 1) // 2)
    return whole if abs(exact - whole) <= _NOISE else exact
