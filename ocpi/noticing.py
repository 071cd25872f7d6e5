"""Noticing what is odd in an object that was taken: for the partner's quirk report, never to refuse it.

Each function looks at a document as it came, and gives what it noticed. Values of fields that may be personal are
never among it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, get_args

from enforcement.facts import SessionStatus
from ledger.quirks import Noticed
from ocpi.errors import Refused
from ocpi.reading import moment, number
from ocpi.vocabulary import Version
from ocpi.wire import Document

_DAY = timedelta(days=1)
_AHEAD = timedelta(minutes=1)
_MAX_KWH = 1_000
_MAX_WATTS = 1_000_000
_LOW_PRICE = Decimal("0.30")
# A session may have thousands of periods; each update is looked at, so its latest ones will do.
_LATEST = 10
_SESSION_STATUSES = frozenset(get_args(SessionStatus))
_EVSE_STATUSES = frozenset(
    ("AVAILABLE", "BLOCKED", "CHARGING", "INOPERATIVE", "OUTOFORDER", "PLANNED", "REMOVED", "RESERVED", "UNKNOWN")
)
_STARTS = ("start_date_time", "start_datetime")


def of_object(module: str, document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in an object of any module."""
    look = _LOOKS.get(module)
    if look is not None:
        yield from look(document, version, now, is_whole=is_whole)


def session(document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a session."""
    place = f"sessions/{document.get('id', '')}"
    yield from _dated(document, place, now)
    if isinstance(document.get("kwh"), str):
        yield Noticed("number_as_text", place, "kwh", document["kwh"])
    if is_whole and version.names_parties:
        yield from _token(document, place)
        if document.get("connector_id") == "":
            yield Noticed("empty_connector", place, "connector_id")
    kwh, start = _number(document, "kwh"), _moment(document, *_STARTS)
    if kwh is not None and kwh > _MAX_KWH:
        yield Noticed("energy_too_large", place, "kwh", kwh)
    status = document.get("status")
    if isinstance(status, str) and status not in _SESSION_STATUSES:
        yield Noticed("unknown_value", place, "status", status)
    if start is not None and status == "PENDING" and now - start > _DAY:
        yield Noticed("pending_for_long", place, "start_date_time", start.isoformat())
    if start is not None and status == "ACTIVE" and now - start > 3 * _DAY:
        yield Noticed("session_without_end", place, "start_date_time", start.isoformat())
    yield from _periods(document, place, start)


def location(document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a location, and in the EVSEs in it."""
    place = f"locations/{document.get('id', '')}"
    yield from _dated(document, place, now)
    where = document.get("coordinates")
    if isinstance(where, dict) and _number(where, "latitude") == _number(where, "longitude") == 0:
        yield Noticed("coordinates_zero", place, "coordinates", "0, 0")
    if is_whole and version.names_parties and not document.get("time_zone"):
        yield Noticed("no_time_zone", place, "time_zone")
    evses = document.get("evses")
    for item in evses[:200] if isinstance(evses, list) else []:
        if isinstance(item, dict):
            yield from evse(item, place)


def evse(document: Document, place: str) -> Iterator[Noticed]:
    """What is odd in an EVSE."""
    place = f"{place}/{document.get('uid', '')}"
    status = document.get("status")
    if isinstance(status, str) and status not in _EVSE_STATUSES:
        yield Noticed("unknown_value", place, "status", status)
    connectors = document.get("connectors")
    for item in (document, *(connectors if isinstance(connectors, list) else ())):
        if isinstance(item, dict) and ("tariffs" in item or "tariff" in item):
            yield Noticed("tariff_inline", place, "tariffs")
        power = _number(item, "max_electric_power") if isinstance(item, dict) else None
        if power is not None and power > _MAX_WATTS:
            yield Noticed("power_too_large", place, "max_electric_power", power)


def tariff(document: Document, _version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a tariff."""
    place = f"tariffs/{document.get('id', '')}"
    yield from _dated(document, place, now)
    if is_whole and document.get("last_updated") is None:
        yield Noticed("no_last_updated", place, "last_updated")
    elements = document.get("elements")
    for element in elements[:50] if isinstance(elements, list) else []:
        restrictions = element.get("restrictions") if isinstance(element, dict) else None
        if isinstance(restrictions, list):
            yield Noticed("restrictions_list", place, "restrictions")
        for each in restrictions if isinstance(restrictions, list) else [restrictions]:
            hour = each.get("start_time") if isinstance(each, dict) else None
            if isinstance(hour, str) and hour.count(":") == 2:
                yield Noticed("time_with_seconds", place, "start_time", hour)
        yield from _components(element, place)


def cdr(document: Document, version: Version, now: datetime, *, is_whole: bool) -> Iterator[Noticed]:
    """What is odd in a charge detail record."""
    place = f"cdrs/{document.get('id', '')}"
    yield from _dated(document, place, now)
    if is_whole and version.names_parties:
        yield from _token(document, place)
    start, end = _moment(document, "start_date_time"), _moment(document, "end_date_time", "stop_date_time")
    yield from _periods(document, place, start)
    stated = _number(document, "total_parking_time") or Decimal(0)
    parked, charged = (_sum(document, kind) for kind in ("PARKING_TIME", "TIME"))
    if stated - parked > Decimal("0.02"):
        yield Noticed("paid_parking_only", place, "total_parking_time", f"{stated} h; in periods {parked} h")
    hours = Decimal(0) if start is None or end is None else Decimal((end - start).total_seconds()) / 3600
    if max(stated, parked) > Decimal("0.05") and charged > hours * Decimal("0.99") > 0:
        yield Noticed("time_on_wall_clock", place, "TIME", f"{charged} h of {hours:.3f} h")


def _token(document: Document, place: str) -> Iterator[Noticed]:
    token = document.get("cdr_token")
    if not isinstance(token, dict):
        yield Noticed("no_token", place, "cdr_token")
    elif not token.get("country_code") or not token.get("party_id"):
        yield Noticed("token_without_party", place, "cdr_token")


def _dated(document: Document, place: str, now: datetime) -> Iterator[Noticed]:
    said = document.get("last_updated")
    if isinstance(said, str) and ("+" in said or said.count("-") > 2):
        yield Noticed("offset_in_time", place, "last_updated", said)
    at = _moment(document, "last_updated")
    if at is not None and at - now > _AHEAD:
        yield Noticed("clock_ahead", place, "last_updated", said)


def _periods(document: Document, place: str, start: datetime | None) -> Iterator[Noticed]:
    periods = document.get("charging_periods")
    for period in periods[-_LATEST:] if isinstance(periods, list) else []:
        begun = _moment(period, "start_date_time") if isinstance(period, dict) else None
        if begun is not None and start is not None and begun < start:
            yield Noticed("period_before_start", place, "charging_periods", begun.isoformat())
        for dimension in _dimensions(period):
            if isinstance(dimension.get("volume"), str):
                yield Noticed("number_as_text", place, "volume", dimension["volume"])
            volume = _number(dimension, "volume")
            if volume is not None and volume < 0 and str(dimension.get("type")).endswith("TIME"):
                yield Noticed("negative_time", place, str(dimension["type"]), volume)


def _components(element: Any, place: str) -> Iterator[Noticed]:
    components = element.get("price_components") if isinstance(element, dict) else None
    for item in components if isinstance(components, list) else []:
        price = _number(item, "price") if isinstance(item, dict) else None
        if price is None:
            continue
        if isinstance(item["price"], str):
            yield Noticed("number_as_text", place, "price", item["price"])
        if item.get("type") in ("TIME", "PARKING_TIME") and 0 < price < _LOW_PRICE:
            yield Noticed("price_per_minute", place, str(item["type"]), price)


def _sum(document: Document, kind: str) -> Decimal:
    periods = document.get("charging_periods")
    found = (
        _number(dimension, "volume") or Decimal(0)
        for period in (periods if isinstance(periods, list) else [])
        for dimension in _dimensions(period)
        if dimension.get("type") == kind
    )
    return sum(found, Decimal(0))


def _dimensions(period: Any) -> list[Document]:
    found = period.get("dimensions") if isinstance(period, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _number(document: Document, name: str) -> Decimal | None:
    try:
        return number(document, name)
    except Refused:
        return None


def _moment(document: Document, *names: str) -> datetime | None:
    for name in names:
        try:
            found = moment(document, name)
        except Refused:
            found = None
        if found is not None:
            return found
    return None


_LOOKS = {"locations": location, "sessions": session, "tariffs": tariff, "cdrs": cdr}
