"""A charge record of ours as the CDR object of a version (mod_cdrs, CDR)."""

from collections.abc import Mapping
from typing import Any

from enforcement.tariffs.credits import write_credit
from enforcement.tariffs.record_objects import Frame
from enforcement.tariffs.records import write_record
from enforcement.tariffs.vocabulary import Version
from ledger.cdrs import Record
from ocpi.calls import OurParty
from ocpi.senders.cdr_places import NOT_AVAILABLE, write_cdr_location, write_old_location
from ocpi.senders.fields import text_of
from ocpi.vocabulary import OLD
from ocpi.wire import Document, stamp

_AUTH_METHODS = ("AUTH_REQUEST", "WHITELIST")
_TOKEN_TYPES = ("AD_HOC_USER", "APP_USER", "EMAID", "OTHER", "RFID")


class Unsayable(ValueError):  # noqa: N818 - a record that OCPI has no words for, not a fault
    """A record that can't be said in a version; the message says why."""


def evidence_url(public_url: str, public_id: str) -> str:
    """Where people see what happened and what it costs."""
    return f"{public_url}/violations/{public_id}"


def write_cdr(record: Record, version: str, us: OurParty, public_url: str) -> Document:
    """The CDR object. Raises :class:`Unsayable` where the version can't say it, or the place is not known."""
    if record.is_credit and version == OLD:
        raise Unsayable("2.1.1 has no credit CDRs")
    frame = Frame(
        version=Version(version),
        party=(us.country_code, us.party_id),
        stem=record.of.replace("-", "")[:32],
        at=record.made_at,
        url=evidence_url(public_url, record.public_id),
    )
    document = {
        "id": record.of,
        **write_record(record.bill, frame),
        **_who(record, version, us),
        **_where(record, version),
        "remark": text_of(f"{record.bill.kind} fee for stay {record.public_id}: {frame.url}", 255, version),
        "last_updated": stamp(record.made_at),
    }
    return write_credit(document, record.cdr_id, stamp(record.created_at)) if record.is_credit else document


def _who(record: Record, version: str, us: OurParty) -> Document:
    """The driver's token. What a network left out is taken as its own; once erased, it is not available."""
    session, token = record.place["session"], record.token
    method = str(session.get("auth_method") or "")
    uid = str(token.get("uid") or token.get("auth_id") or NOT_AVAILABLE)[:36]
    contract = str(token.get("contract_id") or token.get("auth_id") or uid)[:36]
    if version == OLD:
        return {"auth_id": contract, "auth_method": method if method in _AUTH_METHODS else "AUTH_REQUEST"}
    network = record.place["network"].upper().split("*")
    kind = str(token.get("type") or "")
    reference = session.get("authorization_reference")
    return {
        "country_code": us.country_code,
        "party_id": us.party_id,
        "session_id": str(session["id"]),
        "cdr_token": {
            "country_code": str(token.get("country_code") or network[0])[:2],
            "party_id": str(token.get("party_id") or network[1])[:3],
            "uid": uid,
            "type": kind if _knows(version, kind) else "OTHER",
            "contract_id": contract,
        },
        "auth_method": method if method in (*_AUTH_METHODS, "COMMAND") else "WHITELIST",
        **({"authorization_reference": str(reference)[:36]} if reference else {}),
    }


def _knows(version: str, kind: str) -> bool:
    return kind in _TOKEN_TYPES and (kind != "EMAID" or version == "2.3.0")


def _where(record: Record, version: str) -> Document:
    location: Mapping[str, Any] = record.place["location"]
    if version == OLD:
        return {"location": write_old_location(location, record.made_at)}
    place = write_cdr_location(location, record.place["session"], version, record.made_at)
    if place is None:
        raise Unsayable("the connector is not known")
    return {"cdr_location": place}
