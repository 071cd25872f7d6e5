"""Tiers: the prices of a clause, by how long fee time has run and by how full the site is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from functools import cached_property
from typing import Literal

from enforcement.intervals import ZERO

Rounding = Literal["down", "up", "exact"]
Unknown = Literal["free", "cheapest"]
# A site's share of bays in use, as steps that do not overlap; what no step covers is not known.
Occupancy = Sequence[tuple[datetime, datetime, Fraction]]


@dataclass(frozen=True, kw_only=True)
class Tier:
    """One price. ``rate`` is in major units per ``per``; ``flat`` is charged once, when fee time reaches the tier.

    ``start`` and ``end`` are fee time (None: without end). ``step``: time in the tier counts in whole steps, each
    started one. ``occupancy_from`` and ``occupancy_to``: holds while the site's share of bays in use lies in
    ``[from, to)``; only a tier without an end holds for a full site.
    """

    start: timedelta = ZERO
    end: timedelta | None = None
    rate: Fraction = Fraction(0)
    per: timedelta = timedelta(minutes=1)
    flat: Fraction = Fraction(0)
    step: timedelta | None = None
    occupancy_from: Fraction = Fraction(0)
    occupancy_to: Fraction | None = None

    @cached_property
    def needs_occupancy(self) -> bool:
        """Whether the price depends on how full the site is."""
        return self.occupancy_from > 0 or self.occupancy_to is not None

    def reaches(self, share: Fraction | None) -> bool:
        """Whether the tier holds at this share of bays in use; an unknown share fits only a tier that needs none."""
        if share is None:
            return not self.needs_occupancy
        return self.occupancy_from <= share and (self.occupancy_to is None or share < self.occupancy_to)
