"""Commands to the charger from a violation's page: asked for, confirmed on a page of its own, and then on their way."""

import logging

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from ledger import commands
from ledger.commands import CommandError, CommandKind
from ledger.queries import case as case_query
from ledger.queries.case import Case
from ledger.queries.settlement import offered
from web import limits
from web.blueprint import page, pages
from web.cases import public_id_of
from web.context import current
from web.roles import owners_only

_LOG = logging.getLogger(__name__)


@pages.get("/violations/<public_id>/commands/<kind>")
def command(public_id: str, kind: str) -> ResponseReturnValue:
    """Ask whether a command is really meant."""
    wanted = _kind(kind)
    with current().ledger.read() as conn:
        case = _case(case_query.find(conn, public_id_of(public_id)))
        if wanted not in offered(conn, case):
            abort(404)
        return page(conn, "command", case=case, v=case.violation, kind=wanted)


@pages.post("/violations/<public_id>/commands/<kind>")
@limits.limiter.limit("10 per minute")
def give_command(public_id: str, kind: str) -> ResponseReturnValue:
    """Give a command. Its answers are shown on the violation's page as they come."""
    wanted = _kind(kind)
    owners_only()
    with current().ledger.write(current().clock()) as tx:
        case = _case(case_query.find(tx.conn, public_id_of(public_id)))
        target = None if case.session is None else commands.target_of(tx.conn, case.session)
        if target is None or wanted not in offered(tx.conn, case):
            return _too_late()
        try:
            uid = commands.want(tx, wanted, target, current_user.person.name, violation=case.key)
        except CommandError:
            return _too_late()
    _LOG.info("%s asked for %s at %s: command %s", current_user.person.name, wanted, target.evse, uid)
    return redirect(url_for("web.violation", public_id=public_id), 303)


def _too_late() -> ResponseReturnValue:
    words = "It has ended meanwhile, or its network takes no commands any more. Nothing was sent."
    return render_template("error.html", code=409, title="Too late", words=words), 409


def _kind(text: str) -> CommandKind:
    try:
        return CommandKind(text)
    except ValueError:
        abort(404)


def _case(found: Case | None) -> Case:
    if found is None:
        abort(404)
    return found
