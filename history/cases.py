"""What a clause is judged with, in many rows at once, and what is found in them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from enforcement.clauses import Kind
from enforcement.money import Tax
from history.instants import Bools, Ints
from history.opening import Always, Opening, Share
from history.timelines import Timelines

LIMITS = ("", "minimum", "cap")


@dataclass(frozen=True, slots=True)
class Hearing:
    """What rows of one zone or site are judged with. ``taxes`` sorts rows by the taxes that hold for them.

    ``shares``: for each tier when the site is as full as it asks for; None where that is not known.
    """

    seen: Timelines
    opening: Opening | type[Always]
    taxes: Callable[[Ints], Iterable[tuple[Ints, tuple[Tax, ...]]]]
    shares: Sequence[Share] | None = None


class Run(NamedTuple):
    """The rows (their positions) in which the clock of a clause ran, and from when to when; at least a tick in each."""

    rows: Ints
    start: Ints
    end: Ints

    def only(self, kept: Bools | Ints) -> "Run":
        """Some of them, by a mask or by their places in the run."""
        return Run(self.rows[kept], self.start[kept], self.end[kept])


@dataclass(slots=True)
class Cases:
    """What a clause found in some rows. ``rows`` are their positions; all columns are as long.

    ``end`` and ``start``: of the clock. ``is_broken``: whether it was violated, ``broken_at`` when first. ``billable``:
    fee time in whole units, ``freed``: of the time beyond the grace that is priced, what was no charging. ``limit``: 0
    or an index of ``LIMITS``. ``for_core``: what the core has to price.
    """

    kind: Kind
    rows: Ints
    start: Ints
    end: Ints
    is_broken: Bools
    broken_at: Ints
    billable: Ints
    freed: Ints
    fee: Ints
    tax: Ints
    limit: Ints
    for_core: Bools

    @classmethod
    def of(cls, kind: Kind, run: Run, is_broken: Bools, broken_at: Ints) -> "Cases":
        """Cases that cost nothing so far."""
        billable, freed, fee, tax, limit = np.zeros((5, len(run.rows)), np.int64)
        for_core = np.zeros(len(run.rows), np.bool_)
        return cls(kind, *run, is_broken, broken_at, billable, freed, fee, tax, limit, for_core)
