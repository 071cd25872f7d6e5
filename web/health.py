"""Whether this process lives and reaches its database."""

from flask import jsonify
from flask.typing import ResponseReturnValue

from ledger.queries import places
from web.blueprint import pages
from web.context import current


@pages.get("/healthz")
def healthz() -> ResponseReturnValue:
    """200 and ``ok``, or 503 where the database can't be reached. Without log-in, for a supervisor."""
    if not places.is_reachable(current().ledger):
        return jsonify(status="no database"), 503
    return jsonify(status="ok")
