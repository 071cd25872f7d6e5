"""The API's blueprint, who may call it (a bearer token, RFC 6750, with the scope that it needs) and with what."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from ledger import access
from web.context import current
from web.errors import Problem
from web.limits import api_rate, by_client, limiter
from web.parameters import Reader

_P = ParamSpec("_P")
_View = Callable[_P, ResponseReturnValue]
_REALM = 'Bearer realm="baywarden"'

api = Blueprint("api", __name__, url_prefix="/api/v1")


def needs(scope: str) -> Callable[[_View[_P]], _View[_P]]:
    """Let a client with this scope in, as often as the rate allows."""

    def decorate(view: _View[_P]) -> _View[_P]:
        limited = limiter.limit(api_rate, key_func=by_client)(view)

        @wraps(view)
        def guarded(*args: _P.args, **kwargs: _P.kwargs) -> ResponseReturnValue:
            g.client = _client()
            if scope not in g.client.scopes:
                challenge = f'{_REALM}, error="insufficient_scope", scope="{scope}"'
                raise Problem(403, f"This needs the scope {scope}.", challenge=challenge)
            return limited(*args, **kwargs)

        return guarded

    return decorate


def check(reader: Reader, known: Iterable[str]) -> None:
    """Refuse a call with parameters that this operation does not know, or with values that can't be used (400)."""
    reader.only(known)
    if reader.faults:
        errors = [{"parameter": name, "detail": what} for name, what in reader.faults]
        raise Problem(400, "Some parameters can't be used.", errors=errors)


def _client() -> access.Client:
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise Problem(401, "Send a bearer token: Authorization: Bearer <token>.", challenge=_REALM)
    with current().ledger.read() as conn:
        client = access.client_of(conn, token.strip())
    if client is None:
        challenge = f'{_REALM}, error="invalid_token"'
        raise Problem(401, "This token is not known here.", challenge=challenge)
    return client
