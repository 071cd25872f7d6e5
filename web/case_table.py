"""The violations of a list as a table for spreadsheets (CSV): the filters of the page, all rows of them."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Response, abort, request
from flask.typing import ResponseReturnValue

from enforcement.money import format_minor
from ledger.database import Ledger
from ledger.queries import violations as query
from web import case_filters
from web.blueprint import pages
from web.context import current
from web.parameters import Reader
from web.words import CONDITIONS, STATES, reason

_AT_ONCE = 500
_HEAD = (
    "id", "clock_started_at", "kind", "state", "reason", "station", "station_name", "bay", "network", "policy",
    "grace_ends_at", "violated_at", "ended_at", "counted_s", "fee", "taxes", "total", "currency",
    "provisional", "synthetic",
)  # fmt: skip
# What a spreadsheet would take for a formula. Names come from networks.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@pages.get("/violations.csv")
def violations_table() -> ResponseReturnValue:
    """Violations, newest first, with the station's times and amounts in major units."""
    here, reader = current(), Reader(request.args)
    with here.ledger.read() as conn:
        wanted, _ = case_filters.wanted(conn, reader)
    if reader.faults:
        abort(400)
    response = Response(_lines(here.ledger, wanted), mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=violations.csv"
    response.cache_control.no_store = True
    return response


def _lines(ledger: Ledger, wanted: query.ViolationFilter) -> Iterator[str]:
    """Page by page: a year of a large owner does not have to fit in memory."""
    yield _written([_HEAD])
    after = None
    while True:
        with ledger.read() as conn:
            found = query.page(conn, wanted, after, _AT_ONCE)
        yield _written(_row(each) for each in found.violations)
        if (after := found.after) is None:
            return


def _row(of: query.ViolationSummary) -> tuple[str, ...]:
    amounts = (_major(each, of.currency) for each in (of.fee_minor, of.tax_minor, of.total_minor))
    return (
        of.public_id, _local(of.clock_started_at, of.zone), CONDITIONS[of.kind], STATES[of.state], reason(of.reason),
        of.station, _plain(of.station_name), _plain(of.bay_name), of.network or "", of.policy,
        *(_local(each, of.zone) for each in (of.grace_ends_at, of.violated_at, of.ended_at)),
        str(of.billable_s), *amounts, of.currency,
        "yes" if of.ended_at is None else "no", "yes" if of.synthetic else "no",
    )  # fmt: skip


def _major(amount_minor: int, currency: str) -> str:
    return format_minor(amount_minor, currency).partition(" ")[0]


def _local(at: datetime | None, zone: str) -> str:
    return "" if at is None else at.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds")


def _plain(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _written(rows: Iterable[tuple[str, ...]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
