"""Credentials (OCPI 2.2.1, 7): the registration of a peer, called back before it is answered.

The peer posts its token B under our token A. Before we answer, we fetch its versions and endpoints with B; only then
B is stored and A replaced by a new token C. No transaction is open while we wait for the peer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ledger.partners import PartnerError, by_token
from ledger.registrations import Party, Registration, close, register
from ocpi import hubs
from ocpi.answers import PeerError
from ocpi.calls import Answer, Call, Handler
from ocpi.client import PeerClient
from ocpi.documents.credentials import is_url
from ocpi.errors import NO_MATCHING_ENDPOINTS, PEER_UNUSABLE, UNSUPPORTED_VERSION, Refused, bad_content, not_allowed
from ocpi.vocabulary import Credentials, Version
from ocpi.wire import Document

_MAX_ENDPOINTS = 100


def show(call: Call) -> Answer:
    """GET: how to reach us. The token is the one that the peer just used; we keep no other copy of it."""
    return Answer(_ours(call, call.token))


def post(call: Call) -> Answer:
    """POST: register."""
    if call.partner.is_registered:
        raise not_allowed("GET, PUT, DELETE", "already registered; use PUT to change the credentials")
    return _register(call)


def put(call: Call) -> Answer:
    """PUT: change the credentials; our token for the peer changes too."""
    _must_be_registered(call)
    return _register(call)


def delete(call: Call) -> Answer:
    """DELETE: unregister. Both tokens are worthless from then on."""
    _must_be_registered(call)
    with call.door.ledger.write(call.now) as tx:
        close(tx, call.partner)
    return Answer()


def connection_to(
    peer: Callable[[str, bool], PeerClient], theirs: Credentials, version: Version, literal: bool | None
) -> dict[str, Any]:
    """What a peer offers in this version. Raises :class:`ocpi.answers.PeerError` with OCPI's code for the fault.

    The token is sent as the version says, or as the partner's setting ``literal`` does; without that setting a peer
    that does not know it so (401) is asked again the other way, which then stays.
    """
    styles = (not version.encodes_tokens, version.encodes_tokens) if literal is None else (literal,)
    client, versions, literal = first_answer(peer, theirs.token, theirs.url, styles)
    details = client.get(_details_url(versions, version.number)).data
    return {"version": version.number, "literal": literal, "endpoints": endpoints_of(details), "hub": theirs.hub}


def first_answer(
    peer: Callable[[str, bool], PeerClient], token: str, url: str, styles: Sequence[bool]
) -> tuple[PeerClient, Any, bool]:
    """A peer's answer to a token that it was never sent before, the client that got it, and the style that it knows.

    ``styles``: whether the token is sent as it is, in the order in which to try.
    """
    for literal in styles[:-1]:
        client = peer(token, literal)
        try:
            return client, client.get(url).data, literal
        except PeerError as error:
            if error.http != 401:
                raise
    client = peer(token, styles[-1])
    return client, client.get(url).data, styles[-1]


def _must_be_registered(call: Call) -> None:
    if not call.partner.is_registered:
        raise not_allowed("GET, POST", "not registered yet; use POST to register")


def _register(call: Call) -> Answer:
    theirs = call.version.credentials(call.document())
    try:
        connection = connection_to(call.door.peer, theirs, call.version, call.partner.settings.literal)
    except PeerError as error:
        raise Refused(200, error.code, f"your API could not be used: {error}") from error
    found = Registration(
        token=theirs.token,
        versions_url=theirs.url,
        connection={**connection, "side": call.side},
        parties=parties_of(theirs),
    )
    try:
        with call.door.ledger.write(call.now) as tx:
            token = register(tx, call.partner, found)
            renewed = by_token(tx.conn, token) if call.partner.is_registered else None
            if renewed is not None:
                hubs.adopt_again(tx, renewed[0])
    except PartnerError as error:
        raise bad_content(str(error)) from error
    return Answer(_ours(call, token))


def parties_of(theirs: Credentials) -> list[Party]:
    """The parties behind a connection; a hub's own party speaks for nobody but itself."""
    return [
        Party(network=r.network, country_code=r.country_code, party_id=r.party_id, name=r.name) for r in theirs.roles
    ]


def _ours(call: Call, token: str) -> Document:
    return call.version.our_credentials(call.door.our_credentials(token, call.side, call.partner.settings))


def _details_url(versions: Any, wanted: str) -> str:
    listed = [item for item in versions if isinstance(item, dict)] if isinstance(versions, list) else []
    urls = [item.get("url") for item in listed if str(item.get("version")).strip() == wanted]
    if not urls:
        raise PeerError(f"it does not offer version {wanted}", UNSUPPORTED_VERSION)
    if not isinstance(urls[0], str) or not is_url(urls[0]):
        raise PeerError("the URL of its version details is none", PEER_UNUSABLE)
    return urls[0]


def endpoints_of(details: Any) -> list[dict[str, str]]:
    """The endpoints in a peer's version details. Raises :class:`PeerError` (3003) without one for credentials."""
    listed = details.get("endpoints") if isinstance(details, dict) else None
    if not isinstance(listed, list):
        raise PeerError("its version details have no endpoints", NO_MATCHING_ENDPOINTS)
    out: list[dict[str, str]] = []
    for item in listed[:_MAX_ENDPOINTS]:
        if isinstance(item, dict) and isinstance(item.get("url"), str) and is_url(item["url"]):
            role = str(item.get("role") or "").upper()
            out.append({"identifier": str(item.get("identifier"))[:40], "role": role[:10], "url": item["url"]})
    if not any(endpoint["identifier"] == "credentials" for endpoint in out):
        raise PeerError("it offers no credentials endpoint", NO_MATCHING_ENDPOINTS)
    return out


HANDLERS: Mapping[str, Handler] = {"GET": show, "POST": post, "PUT": put, "DELETE": delete}
