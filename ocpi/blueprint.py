"""The door to all of /ocpi, so that every answer, also 404, 405 and 500, is in OCPI's envelope.

It stands before Flask, not in it: networks push more than all people and programs ask for together, and nothing that
Flask does for a request (routes, contexts, sessions) is of use here; it would be a quarter of what a push costs.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from flask import Blueprint, Flask
from flask.blueprints import BlueprintSetupState

from ledger.database import Ledger, Memory, Outdated
from ledger.failures import PASSING, TRY_AGAIN_S, words_of
from ocpi import wire
from ocpi.authorization import authorize
from ocpi.calls import Answer, Door, OurParty
from ocpi.client import PeerClient, peers
from ocpi.errors import SERVER_ERROR, Refused, bad_content
from ocpi.gateway import Environ, Inbound, StartResponse, inbound, respond
from ocpi.routes import answer_to, looks_again

_LOG = logging.getLogger(__name__)
_PREFIX = "/ocpi"
_MAX_HEADER = 255
_ATTEMPTS = 5
_LATER = {"Retry-After": str(TRY_AGAIN_S)}
_REPEATED = (("X-Request-ID", "HTTP_X_REQUEST_ID"), ("X-Correlation-ID", "HTTP_X_CORRELATION_ID"))
_SWAPPED = (
    ("OCPI-to-party-id", "HTTP_OCPI_FROM_PARTY_ID"),
    ("OCPI-to-country-code", "HTTP_OCPI_FROM_COUNTRY_CODE"),
    ("OCPI-from-party-id", "HTTP_OCPI_TO_PARTY_ID"),
    ("OCPI-from-country-code", "HTTP_OCPI_TO_COUNTRY_CODE"),
)
WsgiApp = Callable[[Environ, StartResponse], Iterable[bytes]]


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
        app: Flask = state.app  # type: ignore[assignment]
        app.wsgi_app = _before(door, app.wsgi_app)  # type: ignore[assignment, method-assign]

    made.record_once(mount)
    return made


def _before(door: Door, others: WsgiApp) -> WsgiApp:
    def serve(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith(_PREFIX) and path[5:6] in ("", "/"):
            return _serve(door, inbound(environ, path[6:]), start_response)
        return others(environ, start_response)

    return serve


def _serve(door: Door, request: Inbound, start_response: StartResponse) -> Iterable[bytes]:
    now = door.clock()
    try:
        answer = _answer(door, request, now)
    except Refused as refused:
        said = refused.http, refused.code, refused.message
        _LOG.info("%s %r: HTTP %s, %s %s", request.method, request.path_to_log, *said)
        answer = Answer(http=refused.http, code=refused.code, message=refused.message, headers=refused.headers)
    except PASSING as error:
        _LOG.warning("%s %r: the database does not take it: %s", request.method, request.path, words_of(error))
        answer = Answer(http=503, code=SERVER_ERROR, message="please try again", headers=_LATER)
    except Exception:  # whatever it was, the peer gets an envelope, and we get the trace
        _LOG.exception("%s %r failed", request.method, request.path_to_log)
        answer = Answer(http=500, code=SERVER_ERROR, message="an error of ours; please try again")
    body = wire.envelope(answer.code, now, answer.data, answer.message)
    return respond(request, start_response, answer.http, [*answer.headers.items(), *_identity(request)], body)


def _answer(door: Door, request: Inbound, now: datetime) -> Answer:
    """Answer as who calls is remembered, where that is looked at again; else as who calls is known."""
    path = request.path.rstrip("/")
    segments = tuple(path.split("/")) if path else ()
    if not looks_again(request.method, segments):
        return _answer_whom(door, door.ledger.known(), request, segments, now)
    memory = door.ledger.remembered
    for _ in range(_ATTEMPTS):
        try:
            return _answer_whom(door, memory, request, segments, now)
        except Outdated:
            memory = door.ledger.known()
        except Refused:
            before, memory = memory, door.ledger.known()
            if memory is before:
                raise
    raise RuntimeError("the registry never stands still")


def _answer_whom(door: Door, memory: Memory, request: Inbound, segments: tuple[str, ...], now: datetime) -> Answer:
    partner, token = authorize(door.ledger, memory, request.environ.get("HTTP_AUTHORIZATION"))
    try:
        return answer_to(door, partner, token, request.method, segments, request.body(), request.query(), now)
    except RecursionError as error:
        raise bad_content("the body is nested too deeply") from error


def _identity(request: Inbound) -> Iterable[tuple[str, str]]:
    """Whose answer to what this is (OCPI 2.2.1, 4.1.4 and 4.2); versions and credentials are between platforms."""
    names = _REPEATED if request.path.count("/") < 2 else (*_REPEATED, *_SWAPPED)
    for name, said in names:
        value = request.environ.get(said)
        if value and len(value) <= _MAX_HEADER and value.isascii() and value.isprintable():
            yield name, value
