"""What is odd in a tariff."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

from ledger.quirks import Noticed
from ocpi.noticing.fields import list_in, number_in, objects_in
from ocpi.noticing.parts import in_last_updated
from ocpi.vocabulary import Version
from ocpi.wire import Document

# For an hour, a price below this is more likely one for a minute.
_LOW_PRICE = Decimal("0.30")
# A tariff without end is looked at to here.
_MOST_ELEMENTS = 50


def in_tariff(document: Document, _version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a tariff, or in a part of one."""
    place = f"tariffs/{document.get('id', '')}"
    yield from in_last_updated(document, place, now)
    if is_whole and document.get("last_updated") is None:
        yield Noticed("no_last_updated", place, "last_updated")
    for element in list_in(document, "elements")[:_MOST_ELEMENTS]:
        yield from _in_restrictions(element, place)
        yield from _in_components(element, place)


def _in_restrictions(element: Any, place: str) -> Iterator[Noticed]:
    restrictions = element.get("restrictions") if isinstance(element, dict) else None
    if isinstance(restrictions, list):
        yield Noticed("restrictions_list", place, "restrictions")
    for each in restrictions if isinstance(restrictions, list) else [restrictions]:
        hour = each.get("start_time") if isinstance(each, dict) else None
        if isinstance(hour, str) and hour.count(":") == 2:
            yield Noticed("time_with_seconds", place, "start_time", hour)


def _in_components(element: Any, place: str) -> Iterator[Noticed]:
    for item in objects_in(element, "price_components"):
        price = number_in(item, "price")
        if price is None:
            continue
        if isinstance(item["price"], str):
            yield Noticed("number_as_text", place, "price", item["price"])
        if item.get("type") in ("TIME", "PARKING_TIME") and 0 < price < _LOW_PRICE:
            yield Noticed("price_per_minute", place, str(item["type"]), price)
