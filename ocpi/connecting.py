"""A registration that we start (OCPI 2.2.1, 7.1): with a token A that the peer gave us, and what keeps it good.

The peer calls us back with our token B while we wait for its answer, so B is committed before we ask, good for versions
and credentials only. No transaction is open while we wait.
"""

from typing import Any

from ledger.partners import KnownPartner, PartnerError, PartnerSettings, by_token, token_to_send
from ledger.registrations import Registration, close, complete, invite, offer, withdraw_offer
from ocpi import hubs
from ocpi.answers import PeerError, RefusedError
from ocpi.calls import EMSP, Door
from ocpi.client import PeerClient
from ocpi.errors import UNSUPPORTED_VERSION, Refused
from ocpi.handshake import endpoints_of, first_answer, parties_of
from ocpi.versions import VERSIONS
from ocpi.vocabulary import Credentials, Version


def connect(
    door: Door,
    name: str,
    url: str,
    token: str,
    settings: PartnerSettings,
    *,
    side: str = EMSP,
    wanted: str | None = None,
) -> KnownPartner:
    """Register with a peer by its token A; ``url`` is that of its versions, or of one version's details.

    ``side``: what we are to it; ``wanted``: the version, by default the newest that both speak. Raises
    :class:`ocpi.answers.PeerError` where the peer can't be used, :class:`ledger.partners.PartnerError` where the name
    or a party is taken; then nobody is registered, and our token B is worthless.
    """
    styles = (False, True) if settings.literal is None else (settings.literal,)
    client, found, literal = first_answer(door.peer, token, url, styles)
    version, details = chosen(client, found, wanted)
    endpoints = endpoints_of(details)
    with door.ledger.write(door.clock()) as tx:
        ours = invite(tx, name, settings=settings)
        known = by_token(tx.conn, ours)
    if known is None:
        raise PartnerError("the credentials were changed by another request")
    partner = known[0]
    connection = {"version": version.number, "literal": literal, "endpoints": endpoints, "side": side}
    try:
        return _exchange(door, partner, client, "POST", connection, ours)
    except (PeerError, PartnerError):
        with door.ledger.write(door.clock()) as tx:
            close(tx, partner)
        raise


def renew(door: Door, partner: KnownPartner, wanted: str | None = None) -> KnownPartner:
    """Change both tokens, and fetch anew what the peer offers (PUT, OCPI 2.2.1, 7.1.3). ``wanted``: go to that version.

    While the peer has not answered, our old token and the new one are good. Where nobody knows what it made of the
    request, both stay so.
    """
    client = door.peer(token_to_send(door.ledger.vault, partner), bool(partner.connection.get("literal")))
    found = client.get(partner.versions_url or "").data
    version, details = chosen(client, found, wanted or str(partner.connection["version"]))
    connection = {**partner.connection, "version": version.number, "endpoints": endpoints_of(details)}
    with door.ledger.write(door.clock()) as tx:
        ours = offer(tx, partner)
    try:
        return _exchange(door, partner, client, "PUT", connection, ours)
    except RefusedError:
        with door.ledger.write(door.clock()) as tx:
            withdraw_offer(tx, partner)
        raise


def disconnect(door: Door, partner: KnownPartner) -> PeerError | None:
    """End a connection at both ends; returns what went wrong at the other one, which then does not know."""
    fault: PeerError | None = None
    if partner.is_registered:
        client = door.peer(token_to_send(door.ledger.vault, partner), bool(partner.connection.get("literal")))
        try:
            client.send("DELETE", credentials_url(partner.connection["endpoints"]), None)
        except PeerError as error:
            fault = error
    with door.ledger.write(door.clock()) as tx:
        close(tx, partner)
    return fault


def chosen(client: PeerClient, found: Any, wanted: str | None) -> tuple[Version, Any]:
    """The newest version that both speak, or the wanted one, and its details.

    Some peers give out the URL of the details of one version instead of that of their versions.
    """
    if isinstance(found, dict) and "endpoints" in found:
        offered = {str(found.get("version")).strip(): ""}
    else:
        listed = [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []
        offered = {str(item.get("version")).strip(): str(item.get("url")) for item in listed}
    common = [number for number in VERSIONS if number in offered and wanted in (None, number)]
    if not common:
        raise PeerError(f"it does not offer version {wanted or ' or '.join(VERSIONS)}", UNSUPPORTED_VERSION)
    number = common[-1]
    return VERSIONS[number], client.get(offered[number]).data if offered[number] else found


def credentials_url(endpoints: list[dict[str, str]]) -> str:
    """Where a peer's credentials are changed."""
    return next(endpoint["url"] for endpoint in endpoints if endpoint["identifier"] == "credentials")


def _exchange(
    door: Door, partner: KnownPartner, client: PeerClient, method: str, connection: dict[str, Any], ours: str
) -> KnownPartner:
    """Send our credentials with the new token, and keep those that come back."""
    version = VERSIONS[connection["version"]]
    document = version.our_credentials(door.our_credentials(ours, connection.get("side", EMSP), partner.settings))
    theirs = _read(version, client.send(method, credentials_url(connection["endpoints"]), document))
    registration = Registration(
        token=theirs.token,
        versions_url=theirs.url,
        connection={**connection, "hub": theirs.hub},
        parties=parties_of(theirs),
    )
    with door.ledger.write(door.clock()) as tx:
        complete(tx, partner, registration)
        found = by_token(tx.conn, ours)
        if found is not None and partner.is_registered:
            hubs.adopt_again(tx, found[0])
            found = by_token(tx.conn, ours)
    if found is None:
        raise PartnerError("the credentials were changed by another request")
    return found[0]


def _read(version: Version, data: Any) -> Credentials:
    try:
        return version.credentials(data if isinstance(data, dict) else {})
    except Refused as refused:
        raise PeerError(f"its credentials can't be read: {refused.message}") from refused
