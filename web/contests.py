"""What a driver says against a violation, as the owner reads and answers it."""

import uuid

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from ledger import disputes
from ledger.queries import case as case_query
from web.blueprint import pages
from web.context import current
from web.roles import actor, owners_only


def read(key: str) -> disputes.DisputeRead | None:
    """The dispute of a violation (by key) in clear words, read by whoever is logged in."""
    with current().ledger.write(current().clock()) as tx:
        return disputes.read(tx, key, actor())


@pages.post("/violations/<public_id>/answer")
def answer(public_id: str) -> ResponseReturnValue:
    """Uphold the fee with words, or waive it."""
    owners_only()
    outcome = request.form.get("outcome", "")
    if outcome not in ("upheld", "waived"):
        abort(400)
    with current().ledger.write(current().clock()) as tx:
        try:
            words, who, text = request.form.get("words", ""), current_user.person.name, current().options.answer_text
            disputes.answer(tx, _key(public_id), outcome, words, who, text)  # type: ignore[arg-type]
        except disputes.DisputeError:
            abort(400)
    return redirect(url_for("web.violation", public_id=public_id), 303)


@pages.get("/violations/<public_id>/photo")
def photo(public_id: str) -> ResponseReturnValue:
    """The driver's photo."""
    key = _key(public_id)
    with current().ledger.write(current().clock()) as tx:
        found = disputes.photo(tx, key, actor())
    if found is None:
        abort(404)
    return Response(found, mimetype="image/jpeg")


def _key(public_id: str) -> str:
    try:
        wanted = str(uuid.UUID(public_id))
    except ValueError:
        abort(404)
    with current().ledger.read() as conn:
        found = case_query.find(conn, wanted)
    if found is None:
        abort(404)
    return found.key
