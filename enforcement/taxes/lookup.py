"""Which taxes hold in a region at a moment: the shipped documents, by local date."""

import difflib
from collections.abc import Collection
from datetime import date, datetime
from functools import cache, lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

from enforcement.money import Tax
from enforcement.taxes.regions import Region, TaxError, duplicates, read_regions


class UnknownRegionError(ValueError):
    """A region that no document names; the message offers those that look like it."""


def taxes_at(region: str, at: datetime, zone: str, charged: Collection[str] = ()) -> tuple[Tax, ...]:
    """The taxes on a fee that falls due at a moment, by the local date in ``zone`` (an IANA name).

    ``charged`` names the optional taxes (PST, RST) that the operator charges on idle fees. A naive moment is refused.
    """
    if at.tzinfo is None:
        raise ValueError("a moment without an offset has no local date")
    return taxes_on(region, at.astimezone(ZoneInfo(zone)).date(), charged)


def taxes_on(region: str, day: date, charged: Collection[str] = ()) -> tuple[Tax, ...]:
    """The taxes on a local date. Raises ValueError for a day before or after the rates that the document states."""
    return _taxes_on(region, day, frozenset(charged))


@lru_cache(maxsize=10_000)
def _taxes_on(region: str, day: date, charged: frozenset[str]) -> tuple[Tax, ...]:
    found = region_named(region)
    optional = {levy.name for levy in found.levies if levy.is_optional}
    if wrong := sorted(charged - optional):
        choice = ", ".join(sorted(optional)) or "none"
        raise ValueError(f"{found.key}: the operator does not decide on {', '.join(wrong)} (optional: {choice})")
    taxes = []
    for levy in found.levies:
        if levy.is_optional and levy.name not in charged:
            continue
        rate = next((rate.rate for rate in levy.rates if rate.holds(day)), None)
        if rate is None:
            raise ValueError(f"{found.key}: no rate of {levy.name} is known for {day} (from {levy.rates[0].first})")
        if rate:
            taxes.append(Tax(levy.name, rate))
    return tuple(taxes)


@lru_cache(maxsize=1_000)
def region_named(key: str) -> Region:
    """The region with this key or another name for it, in any case. Raises :class:`UnknownRegionError`."""
    wanted = key.strip().casefold()
    regions = all_regions()
    for region in regions.values():
        if wanted == region.key or wanted in region.also:
            return region
    names = {region.name.casefold(): region.key for region in regions.values()} | {key: key for key in regions}
    near = dict.fromkeys(names[name] for name in difflib.get_close_matches(wanted, names, n=3))
    offer = [f"{key} ({regions[key].name})" for key in near]
    raise UnknownRegionError(
        f"unknown tax region {key!r}: " + (f"did you mean {', '.join(offer)}?" if offer else f"one of {_keys()}")
    )


@cache
def all_regions() -> dict[str, Region]:
    """Every region of the shipped documents, by key."""
    folder = resources.files("enforcement.taxes") / "documents"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")]
    regions = sorted((region for text in texts for region in read_regions(text)), key=lambda region: region.key)
    if faults := duplicates(regions):
        raise TaxError(faults)
    return {region.key: region for region in regions}


def _keys() -> str:
    return ", ".join(all_regions())
