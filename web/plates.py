"""The number plate of a violation, read by an officer: with a reason, and noted in the log of reads."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from ledger import plates
from ledger.queries import case as case_query
from web import limits
from web.blueprint import page, pages
from web.cases import public_id_of
from web.context import current
from web.roles import actor, is_officer


@pages.post("/violations/<public_id>/plate")
@limits.limiter.limit("30 per minute")
def plate(public_id: str) -> ResponseReturnValue:
    """Show the plate once; the answer is kept nowhere."""
    if not is_officer():
        abort(403)
    wanted, reason, fault, read = public_id_of(public_id), request.form.get("reason", ""), None, None
    with current().ledger.write(current().clock()) as tx:
        found = case_query.find(tx.conn, wanted)
        if found is None:
            abort(404)
        try:
            read = plates.read_for_case(tx, wanted, actor(), reason)
        except plates.PlateError as error:
            fault = str(error)
    status = 400 if fault else 200 if read else 410
    with current().ledger.read() as conn:
        return page(conn, "plate", status, v=found.violation, read=read, fault=fault, reason=reason, who=actor())
