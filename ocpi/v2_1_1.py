"""OCPI 2.1.1: other names for the same, one party behind a connection, no roles. Chapter numbers are that version's."""

from dataclasses import replace
from typing import Any

from ocpi.documents.credentials import read_role, read_token, read_url, write_details
from ocpi.documents.locations import read_evse, read_location
from ocpi.documents.money import read_cdr, read_tariff
from ocpi.documents.sessions import read_session
from ocpi.reading import child, children
from ocpi.v2_2_1 import CPO, EMSP
from ocpi.vocabulary import CdrNews, Credentials, SessionNews, Version
from ocpi.wire import Document

_SESSION = {"start_datetime": "start_date_time", "end_datetime": "end_date_time"}
_CDR = {"stop_date_time": "end_date_time", "location": "cdr_location"}


def _session(document: Document, is_part: bool) -> SessionNews:
    """A Session (mod_sessions 3.1) holds the whole location, with the one EVSE and connector that it is about."""
    location = child(document, "location") or {}
    evses = children(location, "evses", 2_000)
    # Some write the EVSE beside it, as later versions do.
    uid = evses[0].get("uid") if evses else document.get("evse_uid")
    said = {"location_id": location.get("id"), "evse_uid": uid}
    news = read_session({**_renamed(document, _SESSION), **said}, is_part)
    # PARKING_TIME is "time not charging" (mod_cdrs 4.3): a pause, too.
    periods = tuple(replace(period, vague=period.parking) for period in news.periods)
    return replace(news, periods=periods)


def _cdr(document: Document) -> CdrNews:
    """A CDR (mod_cdrs 3.1) is its connection's one party's."""
    return read_cdr({name: value for name, value in _renamed(document, _CDR).items() if name not in _PARTY})


def _credentials(document: Document) -> Credentials:
    """Credentials (credentials 2.1) name one party, of no role."""
    return Credentials(read_token(document), read_url(document), (read_role({"role": "OTHER", **document}),))


def _our_credentials(ours: Credentials) -> Document:
    role = ours.roles[0]
    return {"token": ours.token, "url": ours.url, **write_details(role)}


def _renamed(document: Document, names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in document.items()}


_PARTY = ("country_code", "party_id")
_TARIFFS = ("GET", "PUT", "PATCH", "DELETE")

VERSION = Version(
    number="2.1.1",
    names_parties=False,
    dates_parts=False,
    encodes_tokens=False,
    emsp={module: _TARIFFS if module == "tariffs" else EMSP[module] for module in EMSP if module != "hubclientinfo"},
    cpo=CPO,
    session=_session,
    location=read_location,
    evse=read_evse,
    tariff=read_tariff,
    cdr=_cdr,
    credentials=_credentials,
    our_credentials=_our_credentials,
)
