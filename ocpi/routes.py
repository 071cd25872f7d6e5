"""Which URL means what: versions, the details of one, and the modules of each, on the two sides that we have."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from ledger.partners import KnownPartner
from ocpi import handshake, receivers, senders
from ocpi.calls import CPO, EMSP, Answer, Call, Door, Handler
from ocpi.errors import not_allowed, not_found, unauthorized
from ocpi.modules import sessions
from ocpi.versions import VERSIONS
from ocpi.vocabulary import Offers, Version

# These are between platforms: a peer that is only invited may use them, and they have no sender or receiver.
_CREDENTIALS: Mapping[int, Mapping[str, Handler]] = {0: handshake.HANDLERS}
_ROUTES = {EMSP: receivers.ROUTES, CPO: {**senders.ROUTES, **receivers.CPO_ROUTES}}
# An eMSP is told of everything but the tokens and commands that it is asked for itself; a CPO the other way round.
_THE_OTHER_WAY = ("tokens", "commands")


def answer_to(
    door: Door,
    partner: KnownPartner,
    token: str,
    method: str,
    segments: tuple[str, ...],
    body: bytes,
    query: Mapping[str, str],
    now: datetime,
) -> Answer:
    """Answer a request of a known partner. Raises :class:`ocpi.errors.Refused`."""
    method = "GET" if method == "HEAD" else method
    side = CPO if segments[:1] == (CPO,) else EMSP
    segments = segments[1:] if side == CPO else segments
    if segments == ("versions",):
        return _get_only(method, Answer([_listed(door, side, number) for number in VERSIONS]))
    version = VERSIONS.get(segments[0]) if segments else None
    if version is None:
        raise not_found("there is no such endpoint; begin with /ocpi/versions")
    if len(segments) == 1:
        return _get_only(method, Answer(_details(door, version, side)))
    module, path = segments[1], segments[2:]
    if path[:1] == ("",):
        path = path[1:]  # our URLs end with a slash, for those that only append; some append one more
    if module != "locations" and len(path) > 3:
        # An identifier may hold a slash. In a Location's URL it could be EVSE or Connector, so there it may not.
        path = (*path[:2], "/".join(path[2:]))
    if module != "credentials" and not partner.is_registered:
        raise unauthorized("this token is only good for versions and credentials")
    handler = _handler(version, side, module, path, method)
    url = door.url(side, version.number, module, *path)
    return handler(Call(door, version, partner, token, method, path, body, side, module, query, url, now=now))


def looks_again(method: str, segments: tuple[str, ...]) -> bool:
    """Whether what answers this raises :class:`ledger.database.Outdated` before it does anything for a partner that is
    not what this process remembers: pushes of sessions, which can't pay for one more question."""
    return segments[1:2] == (sessions.MODULE,) and method in ("PUT", "PATCH")


def _handler(version: Version, side: str, module: str, path: tuple[str, ...], method: str) -> Handler:
    offers = _offers(version, side)
    routes = _CREDENTIALS if module == "credentials" else _ROUTES[side].get(module, {})
    handlers = routes.get(len(path))
    if module not in offers or handlers is None:
        raise not_found("there is no such endpoint")
    offered = [name for name in handlers if name in offers[module]]
    if method not in offered:
        raise not_allowed(", ".join(offered))
    return handlers[method]


def _offers(version: Version, side: str) -> Offers:
    return version.emsp if side == EMSP else version.cpo


def _listed(door: Door, side: str, number: str) -> dict[str, str]:
    return {"version": number, "url": door.url(side, number)}


def _details(door: Door, version: Version, side: str) -> dict[str, object]:
    """What a version offers: on this side, or from 2.2 on, where each endpoint has a role, on both."""
    return {"version": version.number, "endpoints": list(_endpoints(door, version, side))}


def _endpoints(door: Door, version: Version, side: str) -> Iterator[dict[str, str]]:
    """Each with a slash at its end, as in the standard's examples: peers are known to append ids to it as it is.

    The role of the credentials endpoint has no meaning; "SENDER" is advised (OCPI 2.2.1, 6.2.2)."""
    for each in (EMSP, CPO) if version.names_parties else (side,):
        for module in _offers(version, each):
            if module == "credentials" and each != side:
                continue
            is_sender = module == "credentials" or (each == CPO) != (module in _THE_OTHER_WAY)
            role = {"role": "SENDER" if is_sender else "RECEIVER"} if version.names_parties else {}
            yield {"identifier": module, **role, "url": door.url(each, version.number, module, "")}


def _get_only(method: str, answer: Answer) -> Answer:
    if method != "GET":
        raise not_allowed("GET")
    return answer
