"""A charge record's own totals against what its tariff gives."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from enforcement.tariffs.result import Priced, half_minor
from enforcement.tariffs.vocabulary import Cdr, Dimension

_SUBTOTALS = {
    "total_fixed_cost": (Dimension.FLAT, False),
    "total_energy_cost": (Dimension.ENERGY, False),
    "total_time_cost": (Dimension.TIME, False),
    "total_parking_cost": (Dimension.PARKING_TIME, False),
}
_VOLUMES = {"total_energy": "ENERGY", "total_parking_time": "PARKING_TIME"}


@dataclass(frozen=True, slots=True)
class Difference:
    """One field whose stated value is not the computed one. ``part``: before_taxes, after_taxes, or volume."""

    field: str
    part: str
    stated: Fraction
    computed: Fraction


def differences(cdr: Cdr, priced: Priced) -> list[Difference]:
    """Where a record's totals differ from its price by more than half a minor unit, or from its own periods.

    A credit's ``total_cost`` is held against the negative amount: only it is negated (2.2.1, Credit CDRs).
    """
    tolerance = half_minor(cdr.currency)
    pairs = [*_totals(cdr, priced), *_parts(cdr, priced)]
    found = [pair for pair in pairs if abs(pair.stated - pair.computed) > tolerance]
    return found + [pair for pair in _volumes(cdr) if abs(pair.stated - pair.computed) > _noise(cdr)]


def _totals(cdr: Cdr, priced: Priced) -> Iterator[Difference]:
    stated, sign = cdr.stated.get("total_cost"), -1 if cdr.is_credit else 1
    if stated is not None and priced.before_taxes is not None:
        yield Difference("total_cost", "before_taxes", stated.before, sign * priced.before_taxes)
    if stated is not None and stated.after is not None:
        yield Difference("total_cost", "after_taxes", stated.after, sign * priced.total)


def _parts(cdr: Cdr, priced: Priced) -> Iterator[Difference]:
    for name, (dimension, is_reservation) in _SUBTOTALS.items():
        stated = cdr.stated.get(name)
        if stated is not None:
            before, after = priced.subtotal(dimension, is_reservation=is_reservation)
            if priced.before_taxes is not None:
                yield Difference(name, "before_taxes", stated.before, before)
            if stated.after is not None:
                yield Difference(name, "after_taxes", stated.after, after)
    stated = cdr.stated.get("total_reservation_cost")
    if stated is not None:
        both = [priced.subtotal(kind, is_reservation=True) for kind in (Dimension.TIME, Dimension.FLAT)]
        yield Difference("total_reservation_cost", "before_taxes", stated.before, sum(b for b, _ in both) + Fraction(0))


def _volumes(cdr: Cdr) -> Iterator[Difference]:
    """A record whose periods hold no energy at all leaves it to the total, and does not contradict it."""
    for name, kind in _VOLUMES.items():
        if name in cdr.quantities and (kind != "ENERGY" or any(kind in period.volumes for period in cdr.periods)):
            summed = sum((period.volumes.get(kind, Fraction(0)) for period in cdr.periods), Fraction(0))
            yield Difference(name, "volume", cdr.quantities[name], summed)


def _noise(cdr: Cdr) -> Fraction:
    """Numbers have 4 decimals: each may be off by half of the last one."""
    return Fraction(len(cdr.periods) + 1, 20_000)
