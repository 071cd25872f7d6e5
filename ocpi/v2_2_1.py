"""OCPI 2.2.1: its names are those of our readers. Chapter numbers in :mod:`ocpi` are this version's."""

from collections.abc import Mapping

from ocpi.documents.credentials import read_credentials, write_credentials
from ocpi.documents.locations import read_evse, read_location
from ocpi.documents.money import read_cdr, read_tariff
from ocpi.documents.sessions import read_session
from ocpi.vocabulary import Version

EMSP: Mapping[str, tuple[str, ...]] = {
    "credentials": ("GET", "POST", "PUT", "DELETE"),
    "locations": ("GET", "PUT", "PATCH"),
    "sessions": ("GET", "PUT", "PATCH"),
    "tariffs": ("GET", "PUT", "DELETE"),
    "cdrs": ("GET", "POST"),
    "commands": ("POST",),
    "hubclientinfo": ("GET", "PUT"),
    "tokens": ("GET", "POST"),
}
CPO: Mapping[str, tuple[str, ...]] = {
    "credentials": EMSP["credentials"],
    "cdrs": ("GET",),
    "locations": ("GET",),
    "tokens": ("GET", "PUT", "PATCH"),
}

VERSION = Version(
    number="2.2.1",
    emsp=EMSP,
    cpo=CPO,
    session=read_session,
    location=read_location,
    evse=read_evse,
    tariff=read_tariff,
    cdr=read_cdr,
    credentials=read_credentials,
    our_credentials=write_credentials,
)
