"""Errors: a page for people, problem+json (RFC 9457) under /api, and nothing of the inside in either."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, ServiceUnavailable

from ledger.failures import PASSING, TRY_AGAIN_S, words_of
from web.context import current

_LOG = logging.getLogger(__name__)
_EXTENSION = "baywarden_errors"
_WORDS = {
    400: "This request can't be understood.",
    404: "There is nothing at this address.",
    405: "This address doesn't take that kind of request.",
    413: "That is more than is taken here.",
    429: "Too many attempts. Wait a little, then try again.",
    500: "Something went wrong on our side. It is noted; what was recorded is safe.",
    503: "The database can't be reached just now. What was recorded is safe; try again in a moment.",
}


class Problem(HTTPException):
    """An error of the API. ``errors`` name single parameters; ``challenge`` is a WWW-Authenticate header."""

    def __init__(
        self, status: int, detail: str, errors: list[dict[str, str]] | None = None, challenge: str | None = None
    ) -> None:
        super().__init__(detail)
        self.code = status
        self.errors = errors
        self.challenge = challenge


def init(app: Flask, pages_of: Mapping[str, Callable[[int], Response]]) -> None:
    """Word all errors of this door, those of unknown addresses included.

    ``pages_of`` makes the page for a status, by the name of a blueprint that has pages of its own for errors.
    """
    app.extensions[_EXTENSION] = pages_of
    app.register_error_handler(HTTPException, _answer)
    for failure in PASSING:
        app.register_error_handler(failure, _away)


def _away(error: Exception) -> ResponseReturnValue:
    """The database does not answer: nothing of ours is at fault, so there is no trace, and it may pass soon."""
    _LOG.warning("%s %r: the database does not take it: %s", request.method, request.path, words_of(error))
    return _answer(ServiceUnavailable(retry_after=TRY_AGAIN_S))


def _answer(error: HTTPException) -> ResponseReturnValue:
    if request.path.startswith(current().options.foreign):
        return error
    response = _problem(error) if request.path.startswith("/api/") else _page(error)
    # Allow, Retry-After and a redirect's Location come with the exception.
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers[name] = value
    return response


def _problem(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    title = HTTPStatus(error.code).phrase
    known = isinstance(error, Problem)
    body = {
        "type": "about:blank",
        "title": title,
        "status": error.code,
        "detail": str(error.description) if known else _WORDS.get(error.code, title),
    }
    if isinstance(error, Problem) and error.errors:
        body["errors"] = error.errors
    response = jsonify(body)
    response.status_code = error.code
    response.content_type = "application/problem+json"
    if isinstance(error, Problem) and error.challenge:
        response.headers["WWW-Authenticate"] = error.challenge
    return response


def _page(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return make_response(error.get_response())
    own: Callable[[int], Response] | None = current_app.extensions[_EXTENSION].get(request.blueprint)
    if own is not None:
        return own(error.code)
    title = HTTPStatus(error.code).phrase
    words = _WORDS.get(error.code, title)
    shown = {"code": error.code, "title": title, "words": words}
    if error.code != HTTPStatus.SERVICE_UNAVAILABLE:
        return make_response(render_template("error.html", **shown), error.code)
    # Flask would look for who is logged in, which is in the database that is away.
    template = current_app.jinja_env.get_template("error.html")
    return make_response(template.render(is_away=True, **shown), error.code)
