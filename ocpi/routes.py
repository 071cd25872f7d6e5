"""Which URL means what: versions, the details of one, and the modules of each."""

from collections.abc import Mapping
from datetime import datetime

from ledger.partners import KnownPartner
from ocpi import handshake
from ocpi.calls import Answer, Call, Door, Handler
from ocpi.errors import not_allowed, not_found, unauthorized
from ocpi.receivers import ROUTES
from ocpi.v2_2_1 import VERSION as V2_2_1
from ocpi.vocabulary import Version

VERSIONS: Mapping[str, Version] = {version.number: version for version in (V2_2_1,)}
# These are between platforms: a peer that is only invited may use them, and they have no sender or receiver.
_CREDENTIALS: Mapping[int, Mapping[str, Handler]] = {0: handshake.HANDLERS}


def answer_to(
    door: Door,
    partner: KnownPartner,
    token: str,
    method: str,
    segments: tuple[str, ...],
    body: bytes,
    now: datetime,
) -> Answer:
    """Answer a request of a known partner. Raises :class:`ocpi.errors.Refused`."""
    method = "GET" if method == "HEAD" else method
    if segments == ("versions",):
        return _get_only(method, Answer([_listed(door, number) for number in VERSIONS]))
    version = VERSIONS.get(segments[0]) if segments else None
    if version is None:
        raise not_found("there is no such endpoint; begin with /ocpi/versions")
    if len(segments) == 1:
        return _get_only(method, Answer(_details(door, version)))
    module, path = segments[1], segments[2:]
    if module != "locations" and len(path) > 3:
        # An identifier may hold a slash. In a Location's URL it could be EVSE or Connector, so there it may not.
        path = (*path[:2], "/".join(path[2:]))
    if module != "credentials" and not partner.is_registered:
        raise unauthorized("this token is only good for versions and credentials")
    handler = _handler(version, module, path, method)
    return handler(Call(door, version, partner, token, method, path, body, now=now))


def _handler(version: Version, module: str, path: tuple[str, ...], method: str) -> Handler:
    routes = _CREDENTIALS if module == "credentials" else ROUTES.get(module, {})
    handlers = routes.get(len(path))
    if module not in version.methods or handlers is None:
        raise not_found("there is no such endpoint")
    offered = [name for name in handlers if name in version.methods[module]]
    if method not in offered:
        raise not_allowed(", ".join(offered))
    return handlers[method]


def _listed(door: Door, number: str) -> dict[str, str]:
    return {"version": number, "url": f"{door.base_url}/{number}"}


def _details(door: Door, version: Version) -> dict[str, object]:
    """The role of the credentials endpoint has no meaning; "SENDER" is advised (OCPI 2.2.1, 6.2.2)."""
    endpoints = [
        {
            "identifier": module,
            "role": "SENDER" if module == "credentials" else "RECEIVER",
            "url": f"{door.base_url}/{version.number}/{module}",
        }
        for module in version.methods
    ]
    return {"version": version.number, "endpoints": endpoints}


def _get_only(method: str, answer: Answer) -> Answer:
    if method != "GET":
        raise not_allowed("GET")
    return answer
