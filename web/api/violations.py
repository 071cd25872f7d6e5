"""``/api/v1/violations``: the list in pages, and one violation with everything that it rests on."""

import uuid
from urllib.parse import urlencode

from flask import jsonify, request, url_for
from flask.typing import ResponseReturnValue

from enforcement.clauses import Kind
from enforcement.violations import State
from ledger.queries import case as case_query
from ledger.queries import violations as query
from ledger.queries.accounts import account
from ledger.queries.evidence import load_evidence
from ledger.queries.laws import law_of
from web import parameters
from web.api.blueprint import api, check, needs
from web.api.detail import detail
from web.api.laws import law_data
from web.api.signs import sign_data
from web.api.summary import summary
from web.context import current
from web.errors import Problem

_KNOWN = ("from", "to", "station", "kind", "state", "cursor", "limit")
_DEFAULT_LIMIT = 50


@api.get("/violations")
@needs("violations:read")
def violations() -> ResponseReturnValue:
    """A page of violations, newest first. What is only watched, or ended in time, is there only if asked for."""
    reader = parameters.Reader(request.args)
    wanted = query.ViolationFilter(
        states=reader.many("state", parameters.member(State)) or query.BECAME,
        kinds=reader.many("kind", parameters.member(Kind)),
        stations=reader.many("station", parameters.key),
        since=reader.one("from", parameters.instant),
        until=reader.one("to", parameters.instant),
    )
    after = reader.one("cursor", parameters.cursor)
    limit = reader.one("limit", parameters.whole(1, 200)) or _DEFAULT_LIMIT
    check(reader, _KNOWN)
    with current().ledger.read() as conn:
        page = query.page(conn, wanted, after, limit)
    cursor = None if page.after is None else page.after.encode()
    response = jsonify(data=[summary(each) for each in page.violations], next_cursor=cursor)
    if cursor is not None:
        asked = [(name, value) for name, value in request.args.items(multi=True) if name != "cursor"]
        following = urlencode([*asked, ("cursor", cursor)])
        response.headers["Link"] = f'<{url_for("api.violations")}?{following}>; rel="next"'
    return response


@api.get("/violations/<public_id>")
@needs("evidence:read")
def violation(public_id: str) -> ResponseReturnValue:
    """One violation with its timeline, fee lines, steps, messages, postings and the facts it rests on."""
    with current().ledger.read() as conn:
        case = case_query.find(conn, violation_id(public_id))
        if case is None:
            raise Problem(404, "No violation has this id.")
        seen = load_evidence(conn, case, current().clock())
        law = law_of(conn, case, current().clock())
        told = {"law": [law_data(each) for each in law.standings], "sign": law.sign and sign_data(law.sign)}
        return jsonify({**detail(case, seen, account(conn, case)), **told})


def violation_id(text: str) -> str:
    """A public id as it is stored. Raises Problem (404)."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Problem(404, "No violation has this id.") from None
