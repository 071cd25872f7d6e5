"""OCPI 2.2.1: how its documents are read, and which interfaces are offered. Chapter numbers are that version's."""

from ocpi.v2_2_1.credentials import our_credentials, read_credentials
from ocpi.v2_2_1.locations import read_evse, read_location
from ocpi.v2_2_1.money import read_cdr, read_tariff
from ocpi.v2_2_1.sessions import read_session
from ocpi.vocabulary import Version

VERSION = Version(
    number="2.2.1",
    methods={
        "credentials": ("GET", "POST", "PUT", "DELETE"),
        "locations": ("GET", "PUT", "PATCH"),
        "sessions": ("GET", "PUT", "PATCH"),
        "tariffs": ("GET", "PUT", "DELETE"),
        "cdrs": ("GET", "POST"),
    },
    session=read_session,
    location=read_location,
    evse=read_evse,
    tariff=read_tariff,
    cdr=read_cdr,
    credentials=read_credentials,
    our_credentials=our_credentials,
)
