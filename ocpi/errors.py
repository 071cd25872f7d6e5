"""What a peer is told when its request can't be taken: an HTTP status, an OCPI status code and a sentence.

A request that is authenticated, is JSON and addresses something that exists has reached the OCPI layer, and then HTTP
must not report an error (OCPI 2.2.1, 5. Status codes): bad content is HTTP 200 with 2001. Messages name fields and
what was expected, never values: they are logged, and values may be personal.
"""

from collections.abc import Mapping

INVALID = 2001
UNKNOWN_LOCATION = 2003
UNKNOWN_TOKEN = 2004
SERVER_ERROR = 3000
PEER_UNUSABLE = 3001
UNSUPPORTED_VERSION = 3002
NO_MATCHING_ENDPOINTS = 3003


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not a fault of this program
    """A request that gets an answer without success."""

    def __init__(self, http: int, code: int, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.http = http
        self.code = code
        self.message = message
        self.headers = dict(headers or {})


def bad_content(message: str) -> Refused:
    """The JSON is fine, what it says is not: HTTP 200, 2001."""
    return Refused(200, INVALID, message)


def bad_json(message: str) -> Refused:
    """Not JSON: HTTP 400 (OCPI 2.2.1, 5: "MUST be returned")."""
    return Refused(400, INVALID, message)


def unauthorized(message: str) -> Refused:
    """No token, or none that is known here: HTTP 401."""
    return Refused(401, INVALID, message, {"WWW-Authenticate": "Token"})


def not_found(message: str, code: int = INVALID) -> Refused:
    """Nothing there: HTTP 404; 2003 where a Location, EVSE or Connector is unknown."""
    return Refused(404, code, message)


def not_allowed(allowed: str, message: str = "this method is not offered here") -> Refused:
    """HTTP 405, with the methods that are."""
    return Refused(405, INVALID, message, {"Allow": allowed})
