"""Sending a command (mod_commands, Receiver Interface, POST) and taking in the charger's answer, which comes later."""

from datetime import datetime
from typing import Any

import msgspec

from ledger import command_answers, objects, tokens
from ledger.commands import CommandKind
from ledger.vault import log_access
from ocpi.answers import PeerError
from ocpi.calls import Answer, Call
from ocpi.errors import Refused, not_found
from ocpi.keys import network_key
from ocpi.pushing import Parcel, Undeliverable
from ocpi.reading import enum, needed
from ocpi.vocabulary import OLD
from ocpi.wire import Document, stamp

MODULE = "commands"


def deliver(parcel: Parcel) -> None:
    """Send a command and note the network's own answer. Raises what :func:`ocpi.pushing.send_next` understands."""
    postman = parcel.postman
    with postman.ledger.read() as conn:
        row = command_answers.load(conn, parcel.push.subject)
    if row is None or row.location_id is None:
        raise Undeliverable("the charger is not known any more")
    url = f"{parcel.endpoint(MODULE)}/{row.kind}"
    client = parcel.client_to("*".join(row.evse.split("*")[:2]))
    result, timeout, words = _read(client.send("POST", url, _document(parcel, row)))
    with postman.ledger.write(postman.clock()) as tx:
        command_answers.respond(tx, row.uid, result, timeout, words)


def take_result(call: Call) -> Answer:
    """POST of a charger's answer to the URL that was sent with the command."""
    kind, uid = call.path
    document = call.document()
    result = needed(enum(document, "result", 30), "result")
    with call.door.ledger.write(call.now) as tx:
        if kind not in set(CommandKind) or not command_answers.answer(
            tx, uid, call.partner.id, result, _words(document)
        ):
            raise not_found("there is no such command")
    return Answer()


def _read(said: Any) -> tuple[str, int | None, str | None]:
    """A CommandResponse: its result, for how many seconds the charger may take, and words for people.

    Raises :class:`ocpi.answers.PeerError` where it has no result: then nobody knows whether the charger will do it.
    """
    try:
        result = enum(said, "result", 30) if isinstance(said, dict) else None
    except Refused:
        result = None
    if result is None:
        raise PeerError("its answer says nothing of the command")
    timeout = said.get("timeout")
    return result, timeout if isinstance(timeout, int) else None, _words(said)


def _document(parcel: Parcel, row: Any) -> Document:
    base = f"{parcel.postman.base_url}/ocpi/{parcel.version}/{MODULE}"
    document: Document = {"response_url": f"{base}/{row.kind}/{row.uid}"}
    match CommandKind(row.kind):
        case CommandKind.STOP_SESSION:
            return {**document, "session_id": _session_id(parcel, row.session)}
        case CommandKind.UNLOCK_CONNECTOR:
            place = {"location_id": row.location_id, "evse_uid": row.evse_uid}
            return {**document, **place, "connector_id": row.connector}
        case CommandKind.START_SESSION:
            token = _token(parcel, row.token, row.asked_at)
            place = {"location_id": row.location_id, "evse_uid": row.evse_uid}
            if row.connector is not None and parcel.version != OLD:
                place["connector_id"] = row.connector
            return {**document, "token": token, **place}


def _session_id(parcel: Parcel, session: str) -> str:
    """The session's id as its network spells it."""
    country, party, session_id = session.split("*", 2)
    with parcel.postman.ledger.read() as conn:
        stored = objects.get(conn, "sessions", f"{country}*{party}", session_id)
    return session_id if stored is None else str(msgspec.json.decode(stored.document).get("id") or session_id)


def _token(parcel: Parcel, key: str, at: datetime) -> Document:
    """A Token object (mod_tokens) from what sessions told of it."""
    postman = parcel.postman
    with postman.ledger.write(postman.clock()) as tx:
        found = tokens.open_token(tx.conn, postman.ledger.vault, key)
        token: Document = {} if found is None else msgspec.json.decode(found)
        party = {name: str(token.get(name) or "") for name in ("country_code", "party_id")}
        is_barred = tokens.is_barred(tx.conn, key, network_key(*party.values()))
        log_access(tx.conn, tx.now, "sender", "token", f"token:{key[:12]}", f"command to partner:{parcel.partner.id}")
    if found is None:
        raise Undeliverable("the driver's token is not known any more")
    if is_barred:
        raise Undeliverable("the driver's token is not valid any more, says its party")
    uid = str(token.get("uid") or token.get("contract_id"))[:36]
    contract = str(token.get("contract_id") or uid)[:36]
    kind = str(token.get("type") or "OTHER")
    common = {"uid": uid, "issuer": postman.us.business_name[:64], "valid": True, "last_updated": stamp(at)}
    if parcel.version == OLD:
        return {**common, "type": "RFID" if kind == "RFID" else "OTHER", "auth_id": contract, "whitelist": "ALLOWED"}
    if not all(party.values()):
        party = {"country_code": postman.us.country_code, "party_id": postman.us.party_id}
    return {**common, **party, "type": kind, "contract_id": contract, "whitelist": "ALLOWED"}


def _words(document: Document) -> str | None:
    """What a network says for people: a list of texts in several languages, the first of them."""
    texts = document.get("message")
    first = texts[0] if isinstance(texts, list) and texts else texts
    words = first.get("text") if isinstance(first, dict) else None
    return words[:255] if isinstance(words, str) else None
