"""Regions, their taxes and the dates of their rates, read from documents."""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from enforcement import readings as read
from enforcement import readings_of_time as times
from enforcement.documents import DocumentError, Table, open_document


class TaxError(DocumentError):
    """A tax document that makes no sense; ``faults`` says all that is wrong, each with its line."""


@dataclass(frozen=True, slots=True)
class Rate:
    """One rate of a tax (0.05 is 5 %), from the local day ``first`` to the day before ``before`` (None: until now)."""

    rate: Fraction
    first: date
    before: date | None

    def holds(self, day: date) -> bool:
        """Whether the rate is in force on a local day."""
        return self.first <= day and (self.before is None or day < self.before)


@dataclass(frozen=True, slots=True)
class Levy:
    """One tax with all its rates, in the order of their dates and without gaps.

    ``is_optional``: whether it is due on idle fees is not settled by its law; the operator decides, and unless the
    operator says so it is not charged.
    """

    name: str
    is_optional: bool
    rates: tuple[Rate, ...]


@dataclass(frozen=True, slots=True)
class Region:
    """One place with its taxes. ``also``: other keys that people use for it."""

    key: str
    name: str
    also: tuple[str, ...]
    source: str
    checked: date
    levies: tuple[Levy, ...]

    @property
    def known_from(self) -> date:
        """The first day for which every tax of the region is stated."""
        return max((levy.rates[0].first for levy in self.levies), default=date.min)


def read_regions(text: str) -> tuple[Region, ...]:
    """Read the regions of one document. Raises :class:`TaxError` with every fault."""
    try:
        document = open_document(text)
    except DocumentError as error:
        raise TaxError(error.faults) from error
    source = document.take("source", read.text_value) or ""
    checked = document.take("checked", times.day) or date.min
    regions = [_region(table, source, checked) for table in document.tables("region")]
    document.close()
    if not regions and not document.faults:
        document.fault("no region")
    document.faults += duplicates(regions)
    if document.faults:
        raise TaxError(document.faults)
    return tuple(regions)


def duplicates(regions: Sequence[Region]) -> list[str]:
    """A fault for every key that names two regions."""
    keys = sorted(key for region in regions for key in (region.key, *region.also) if key)
    twice = {a for a, b in itertools.pairwise(keys) if a == b}
    return [f"two regions have the key {key!r}" for key in sorted(twice)]


def _region(table: Table, source: str, checked: date) -> Region:
    key, name = table.take("key", _key), table.take("name", read.text_value)
    also = table.take("also", _keys) if "also" in table.values else None
    periods: dict[str, list[tuple[Table, bool, Rate]]] = {}
    for entry in table.tables("tax"):
        tax, rate = entry.take("name", read.text_value), entry.take("percent", read.percent)
        first, before = entry.take("from", times.day), entry.take("before", times.day, None)
        is_optional = entry.take("optional", read.flag, False)
        entry.close()
        if first and before and before <= first:
            entry.fault("before is not after from", "before")
        elif tax is not None and rate is not None and first is not None:
            periods.setdefault(tax, []).append((entry, bool(is_optional), Rate(rate, first, before)))
    table.close()
    levies = tuple(_levy(tax, entries) for tax, entries in periods.items())
    return Region(key or "", name or "", also or (), source, checked, levies)


def _levy(name: str, entries: list[tuple[Table, bool, Rate]]) -> Levy:
    """Sort the periods of one tax and name overlaps, gaps and disagreement."""
    entries = sorted(entries, key=lambda entry: entry[2].first)
    for (_, optional, earlier), (table, also_optional, later) in itertools.pairwise(entries):
        if earlier.before is None or earlier.before > later.first:
            table.fault(f"{name}: two rates on {later.first}: the one from {earlier.first} has not ended", "from")
        elif earlier.before < later.first:
            table.fault(f"{name}: no rate from {earlier.before} to {later.first}", "from")
        if optional != also_optional:
            table.fault(f"{name}: optional in one period and not in another", "optional")
    return Levy(name, any(optional for _, optional, _ in entries), tuple(rate for _, _, rate in entries))


def _key(value: Any) -> str:
    if not re.fullmatch(r"[a-z]{2}(-[a-z]{2,3})?|none", read.text_value(value)):
        raise ValueError('not a key like "de", "ca-qc" or "none"')
    return str(value)


def _keys(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise ValueError("not a list of keys")
    return tuple(_key(key) for key in value)
