"""What networks billed that does not fit what was seen: for the owner to look at and acknowledge."""

import uuid

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from enforcement.billing import FindingCode
from ledger import findings as ledger_findings
from ledger.queries import findings as query
from ledger.queries import places
from models.findings import FindingState
from web import parameters
from web.blueprint import page, pages
from web.context import current
from web.roles import may_change, owners_only

_PAGE = 50
_LONGEST_NOTE = 500
_FILTERS = ("state", "code", "station", "from", "to")


@pages.get("/findings")
def findings() -> ResponseReturnValue:
    """Findings, newest first: the open ones, unless another state is asked for."""
    reader = parameters.Reader(request.args)
    station = reader.one("station", parameters.key)
    with current().ledger.read() as conn:
        zone = places.zone_of(conn, station)
        wanted = query.FindingFilter(
            states=reader.many("state", parameters.member(FindingState)) or [FindingState.OPEN],
            codes=reader.many("code", parameters.member(FindingCode)),
            stations=[station] if station else (),
            since=reader.one("from", lambda text: parameters.day(text, zone)),
            until=reader.one("to", lambda text: parameters.day(text, zone, after=True)),
        )
        before = reader.one("before", parameters.row_id)
        rows = [] if reader.faults else query.page(conn, wanted, before, _PAGE + 1)
        return page(
            conn,
            "findings",
            400 if reader.faults else 200,
            findings=rows[:_PAGE],
            more=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
            counts=query.counts(conn),
            codes=list(FindingCode),
            states=list(FindingState),
            faults=reader.faults,
            zone=zone,
            stations=places.stations(conn),
            given={name: request.args[name] for name in _FILTERS if request.args.get(name)},
            now=current().clock(),
            may_change=may_change(),
        )


@pages.post("/findings/<public_id>")
def acknowledge_finding(public_id: str) -> ResponseReturnValue:
    """Somebody has looked at it, and says what came of it."""
    owners_only()
    note = request.form.get("note", "").strip()
    if not note or len(note) > _LONGEST_NOTE or not note.replace("\n", " ").replace("\r", " ").isprintable():
        abort(400)
    with current().ledger.write(current().clock()) as tx:
        if not ledger_findings.acknowledge(tx, _uuid(public_id), current_user.person.name, note):
            abort(404)
    return redirect(url_for("web.findings"), 303)


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        abort(404)
