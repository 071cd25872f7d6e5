"""``/api/v1/findings``: where a network's charge record does not fit what was seen, its tariff or its session."""

from typing import Any

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from enforcement.billing import FindingCode, finding_text
from ledger.queries import findings as query
from ledger.queries.findings import FindingLine
from models.findings import FindingState
from web import parameters
from web.api.blueprint import api, check, needs
from web.api.summary import utc
from web.context import current

_KNOWN = ("state", "code", "station", "from", "to", "before", "limit")
_DEFAULT_LIMIT = 50


@api.get("/findings")
@needs("evidence:read")
def findings() -> ResponseReturnValue:
    """A page of findings, newest first; the open ones unless states are asked for."""
    reader = parameters.Reader(request.args)
    wanted = query.FindingFilter(
        states=reader.many("state", parameters.member(FindingState)) or [FindingState.OPEN],
        codes=reader.many("code", parameters.member(FindingCode)),
        stations=reader.many("station", parameters.key),
        since=reader.one("from", parameters.instant),
        until=reader.one("to", parameters.instant),
    )
    before = reader.one("before", parameters.row_id)
    limit = reader.one("limit", parameters.whole(1, 200)) or _DEFAULT_LIMIT
    check(reader, _KNOWN)
    with current().ledger.read() as conn:
        rows = query.page(conn, wanted, before, limit + 1)
    following = rows[limit - 1].id if len(rows) > limit else None
    return jsonify(data=[finding_data(row) for row in rows[:limit]], next_before=following)


def finding_data(row: FindingLine) -> dict[str, Any]:
    """One finding; its amount is in minor units before taxes, null where it is no money."""
    return {
        "id": row.public_id,
        "code": row.code.value,
        "text": {language: finding_text(row.code, row.seconds, row.details, language) for language in ("en", "fr")},
        "record": row.record,
        "network": row.network,
        "evse": row.evse,
        "station": row.station,
        "session": row.session,
        "from": utc(row.start),
        "to": utc(row.end),
        "seconds": row.seconds,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "details": row.details,
        "state": row.state.value,
        "found_at": utc(row.found_at),
        "acknowledged_by": row.acknowledged_by,
        "acknowledged_at": utc(row.acknowledged_at),
        "note": row.note,
        "violations": [url_for("api.violation", public_id=each) for each in row.violations],
    }
