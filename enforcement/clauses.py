"""The clauses of a policy: what each kind of violation is, whom it is for, what it allows and what it costs."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Literal

from enforcement.charging import Confidence
from enforcement.conditions import Condition
from enforcement.facts import Contract
from enforcement.intervals import ZERO
from enforcement.tiers import Rounding, Tier, Unknown
from enforcement.windows import Window

Start = Literal["arrival", "plug_in", "charging_end", "soc", "session_end"]
Stop = Literal["plug_in", "unplug", "vacated"]


class Kind(StrEnum):
    """What was broken."""

    UNPLUGGED = "unplugged"
    IDLE = "idle"
    OVERSTAYING = "overstaying"
    OVERTIME = "overtime"


@dataclass(frozen=True, kw_only=True)
class Who:
    """Whom a clause is for, and whom it spares. Empty means everybody; what is not known of a stay fits nothing else.

    ``power_classes`` are the operator's own words (AC, DC, HPC); ``groups`` are token groups; ``contracts`` tell how
    the driver pays. ``exempt_permits`` are kinds of permits.
    """

    power_classes: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    contracts: frozenset[Contract] = frozenset()
    exempt_groups: frozenset[str] = frozenset()
    exempt_permits: frozenset[str] = frozenset()

    @cached_property
    def is_everybody(self) -> bool:
        """Whether a clause is for every vehicle, spared or not."""
        return not (self.power_classes or self.groups or self.contracts)

    def fits(self, classes: Collection[str | None], contract: str | None, groups: Collection[str]) -> bool:
        """Whether a clause is for a vehicle: ``classes`` are those of its EVSEs, None where one is not known."""
        return (
            (not self.power_classes or (bool(classes) and self.power_classes.issuperset(classes)))
            and (not self.contracts or contract in self.contracts)
            and (not self.groups or not self.groups.isdisjoint(groups))
        )


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds of a clause's fee in major units, before taxes (with them, where prices include them).

    ``minimum``: once anything is charged, as far as the caps of days leave room. ``cap``: one violation. ``cap_day``:
    one violation on one local day. ``cap_driver_day``: all violations of one driver in one bay on one local day,
    whichever network.
    """

    minimum: Fraction | None = None
    cap: Fraction | None = None
    cap_day: Fraction | None = None
    cap_driver_day: Fraction | None = None

    @cached_property
    def bound_nothing(self) -> bool:
        """Whether there are none."""
        return self == Limits()


@dataclass(frozen=True, kw_only=True)
class Clause:
    """What one kind of violation costs.

    The clock ``starts`` at arrival, plug-in, charging end, a state of charge of ``soc`` percent, or session end, and
    ``stops`` at plug-in, at unplug, or when the bay is vacated: then it goes on after the cable is released.
    The first ``start_after`` of counted time is allowed. Then ``grace``: *deduct* bills what exceeds it, *waive* bills
    nothing within it and beyond it everything from its beginning; anchored at the ``trigger``, or at the delivery of
    the ``warning`` (no delivery, no fee). ``unit`` and ``rounding`` round the fee time of the violation once;
    ``money`` says whether amounts are rounded by line or in total. ``tier_clock``: tiers are measured on fee time, or
    on counted time since the trigger. ``occupancy_unknown``: which tier holds while the site's share of bays in use is
    not known: none, or the cheapest. ``min_confidence`` says whether an inferred charging end may cost money, or only
    warn. ``spares_operator_stop``: no fee after a session the operator stopped.
    """

    kind: Kind
    tiers: tuple[Tier, ...]
    starts: Start
    stops: Stop
    soc: int | None = None
    start_after: timedelta = ZERO
    grace: timedelta = ZERO
    grace_mode: Literal["deduct", "waive"] = "deduct"
    grace_anchor: Literal["trigger", "warning"] = "trigger"
    unit: timedelta = timedelta(minutes=1)
    rounding: Rounding = "down"
    money: Literal["total", "line"] = "total"
    limits: Limits = Limits()
    windows: tuple[Window, ...] = ()
    tier_clock: Literal["fee", "trigger"] = "fee"
    occupancy_unknown: Unknown = "free"
    min_confidence: Confidence = "reported"
    spares_operator_stop: bool = True
    who: Who = Who()

    @cached_property
    def counts(self) -> frozenset[Condition]:
        """The conditions whose time this clause counts, from its start on."""
        counted = set(_COUNTS[self.kind])
        if self.starts == "soc":
            counted.add(Condition.CHARGING)
        if self.starts == "arrival":
            counted.add(Condition.UNPLUGGED)
        if self.stops == "vacated":
            counted.add(Condition.OVERSTAYING)
        return frozenset(counted)

    @cached_property
    def only_rate(self) -> Tier | None:
        """The one price for all time, where the clause has no other."""
        tier = self.tiers[0]
        is_plain = len(self.tiers) == 1 and tier == Tier(rate=tier.rate, per=tier.per)
        return tier if is_plain else None

    @cached_property
    def needs_occupancy(self) -> bool:
        """Whether the price depends on how full the site is."""
        return any(tier.needs_occupancy for tier in self.tiers)


_COUNTS: Mapping[Kind, tuple[Condition, ...]] = {
    Kind.UNPLUGGED: (Condition.UNPLUGGED,),
    Kind.IDLE: (Condition.IDLE,),
    Kind.OVERSTAYING: (Condition.OVERSTAYING,),
    Kind.OVERTIME: (Condition.CHARGING, Condition.IDLE),
}
