"""The Flask door: one view for all of /ocpi, so that every answer, also 404, 405 and 500, is in OCPI's envelope."""

import logging
from collections.abc import Callable
from datetime import datetime

from flask import Blueprint, Response, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import BaseConverter, Rule

from ledger.database import Ledger
from ocpi import wire
from ocpi.authorization import authorize
from ocpi.calls import Answer, Door, OurParty
from ocpi.client import PeerClient, peers
from ocpi.errors import INVALID, SERVER_ERROR, Refused, bad_content
from ocpi.routes import answer_to

_LOG = logging.getLogger(__name__)
_PREFIX = "/ocpi"
# A location with 500 EVSEs has half of this.
_MAX_BODY = 2 * 1024 * 1024
_MAX_HEADER = 255
_SWAPPED = (("OCPI-to", "OCPI-from"), ("OCPI-from", "OCPI-to"))


class _AnyPath(BaseConverter):
    """Whatever follows, slashes and line feeds too."""

    regex = r"[\s\S]*?"
    part_isolating = False


def blueprint(
    ledger: Ledger,
    clock: Callable[[], datetime],
    base_url: str,
    us: OurParty,
    peer: Callable[[str, bool], PeerClient] | None = None,
) -> Blueprint:
    """All of OCPI that we offer, at ``/ocpi``. ``base_url``: how peers reach this service, such as https://host.

    ``peer`` makes clients for our own requests to peers, by default those of :func:`ocpi.client.peers`.
    """
    door = Door(ledger, clock, base_url.rstrip("/") + _PREFIX, us, peer or peers())
    made = Blueprint("ocpi", __name__)

    def mount(state: BlueprintSetupState) -> None:
        # Rules of our own: Flask's would answer other methods and double slashes themselves, without the envelope.
        state.app.url_map.converters["ocpi_path"] = _AnyPath
        for path in (_PREFIX, f"{_PREFIX}/", f"{_PREFIX}/<ocpi_path:path>"):
            state.app.url_map.add(Rule(path, endpoint="ocpi.view", merge_slashes=False))
        state.app.view_functions["ocpi.view"] = view

    def view(path: str = "") -> Response:
        return _respond(door, path)

    made.record_once(mount)
    return made


def _respond(door: Door, path: str) -> Response:
    now = door.clock()
    try:
        answer = _answer(door, path, now)
    except Refused as refused:
        _LOG.info("%s %r: HTTP %s, %s %s", request.method, path, refused.http, refused.code, refused.message)
        answer = Answer(http=refused.http, code=refused.code, message=refused.message, headers=refused.headers)
    except RequestEntityTooLarge:
        answer = Answer(http=413, code=INVALID, message=f"the body is larger than {_MAX_BYTES_TEXT}")
    except HTTPException as error:
        answer = Answer(http=error.code or 400, code=INVALID, message=error.name)
    except Exception:  # whatever it was, the peer gets an envelope, and we get the trace
        _LOG.exception("%s %r failed", request.method, path)
        answer = Answer(http=500, code=SERVER_ERROR, message="an error of ours; please try again")
    body = wire.envelope(answer.code, now, answer.data, answer.message)
    response = Response(body, answer.http, mimetype="application/json")
    response.headers.extend(answer.headers)
    _identify(response, path)
    return response


def _answer(door: Door, path: str, now: datetime) -> Answer:
    partner, token = authorize(door.ledger, request.headers.get("Authorization"))
    request.max_content_length = _MAX_BODY
    body = request.get_data(cache=False)
    segments = tuple(path.rstrip("/").split("/")) if path.strip("/") else ()
    try:
        return answer_to(door, partner, token, request.method, segments, body, request.args, now)
    except RecursionError as error:
        raise bad_content("the body is nested too deeply") from error


def _identify(response: Response, path: str) -> None:
    """Say whose answer to what this is (OCPI 2.2.1, 4.1.4 and 4.2)."""
    for name in ("X-Request-ID", "X-Correlation-ID"):
        _copy(response, name, name)
    if path.count("/") < 2:
        return  # versions and credentials are between platforms, not parties
    for ours, theirs in _SWAPPED:
        for part in ("party-id", "country-code"):
            _copy(response, f"{ours}-{part}", f"{theirs}-{part}")


def _copy(response: Response, name: str, of: str) -> None:
    value = request.headers.get(of)
    if value and len(value) <= _MAX_HEADER and value.isascii() and value.isprintable():
        response.headers[name] = value


_MAX_BYTES_TEXT = f"{_MAX_BODY // 1024} KiB"
