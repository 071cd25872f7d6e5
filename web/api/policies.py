"""``/api/v1/policies``: the published documents that violations cite."""

from flask import Response
from flask.typing import ResponseReturnValue

from ledger.queries.case import policy_document
from web.api.blueprint import api, needs
from web.context import current
from web.errors import Problem

_LARGEST = 2**31 - 1


@api.get("/policies/<policy>/<version>")
@needs("violations:read")
def policy(policy: str, version: str) -> ResponseReturnValue:
    """A policy version as it was published (TOML). It never changes."""
    document = None
    is_possible = version.isascii() and version.isdigit() and len(version) <= 10 and policy.isprintable()
    if is_possible and int(version) <= _LARGEST:
        with current().ledger.read() as conn:
            document = policy_document(conn, policy, int(version))
    if document is None:
        raise Problem(404, "No such policy version was published.")
    return Response(document, content_type="application/toml; charset=utf-8")
