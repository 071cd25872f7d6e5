"""What is odd in the parts that objects of several modules have: when they changed, whose token, charging periods."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from ledger.quirks import Noticed
from ocpi.noticing.fields import list_in, moment_in, number_in, objects_in
from ocpi.wire import Document

_AHEAD = timedelta(minutes=1)
# A session may have thousands of periods; each update is looked at, so its latest ones will do.
_LATEST = 10


def in_last_updated(document: Document, place: str, now: datetime) -> Iterator[Noticed]:
    """What is odd in ``last_updated``."""
    said = document.get("last_updated")
    if isinstance(said, str) and ("+" in said or said.count("-") > 2):
        yield Noticed("offset_in_time", place, "last_updated", said)
    at = moment_in(document, "last_updated")
    if at is not None and at - now > _AHEAD:
        yield Noticed("clock_ahead", place, "last_updated", said)


def in_token(document: Document, place: str) -> Iterator[Noticed]:
    """What is odd in ``cdr_token``; nothing of it is told."""
    token = document.get("cdr_token")
    if not isinstance(token, dict):
        yield Noticed("no_token", place, "cdr_token")
    elif not token.get("country_code") or not token.get("party_id"):
        yield Noticed("token_without_party", place, "cdr_token")


def in_periods(document: Document, place: str, start: datetime | None) -> Iterator[Noticed]:
    """What is odd in the latest charging periods of what began at ``start``."""
    for period in list_in(document, "charging_periods")[-_LATEST:]:
        begun = moment_in(period, "start_date_time") if isinstance(period, dict) else None
        if begun is not None and start is not None and begun < start:
            yield Noticed("period_before_start", place, "charging_periods", begun.isoformat())
        for dimension in objects_in(period, "dimensions"):
            if isinstance(dimension.get("volume"), str):
                yield Noticed("number_as_text", place, "volume", dimension["volume"])
            volume = number_in(dimension, "volume")
            if volume is not None and volume < 0 and str(dimension.get("type")).endswith("TIME"):
                yield Noticed("negative_time", place, str(dimension["type"]), volume)
