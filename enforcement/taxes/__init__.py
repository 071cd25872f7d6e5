"""Taxes on fees: which hold where and when, and how they are taken out of a price or put on it.

``taxes_at("ca-qc", moment, "America/Toronto")`` gives the :class:`enforcement.money.Tax` values that a policy's price
is taxed with; ``add_excluded`` and ``split_included`` do the sums. See docs/taxes.md.
"""

from enforcement.taxes.amounts import add_excluded, split_included
from enforcement.taxes.lookup import UnknownRegionError, all_regions, region_named, taxes_at, taxes_on
from enforcement.taxes.places import region_of
from enforcement.taxes.regions import Levy, Rate, Region, TaxError, read_regions

__all__ = [
    "Levy",
    "Rate",
    "Region",
    "TaxError",
    "UnknownRegionError",
    "add_excluded",
    "all_regions",
    "read_regions",
    "region_named",
    "region_of",
    "split_included",
    "taxes_at",
    "taxes_on",
]
