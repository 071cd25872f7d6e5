"""Networks, the partners that connect them, and what they told us of stations and EVSEs."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import SEALED


class Network(SQLModel, table=True):
    """A charging network, an OCPI party. ``key`` is ``country*party``, casefolded; ``habits`` JSON, see docs."""

    __tablename__ = "network"
    key: str = Field(primary_key=True, max_length=10)
    country_code: str = Field(max_length=2)
    party_id: str = Field(max_length=3)
    name: str = Field(max_length=100)
    habits: str = Field(default="{}", sa_type=Text)
    synthetic: bool = Field(default=False)


class Partner(SQLModel, table=True):
    """One OCPI connection. Tokens that we accept are kept as SHA-256, the one that we send is encrypted.

    ``status``: invited (token A given out), registered, closed. ``parties``: JSON list of network keys behind it.
    ``settings``: JSON of :class:`ledger.partners.PartnerSettings`. ``next_token_hash``: of a token that we offered the
    partner and that it may use already, while the old one is still good.
    """

    __tablename__ = "partner"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=100, unique=True)
    status: str = Field(default="invited", max_length=12)
    our_token_hash: str = Field(max_length=64, unique=True)
    their_token: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=SEALED)
    their_versions_url: str | None = Field(default=None, max_length=255)
    endpoints: str = Field(default="[]", sa_type=Text)
    parties: str = Field(default="[]", sa_type=Text)
    settings: str = Field(default="{}", sa_type=Text)
    next_token_hash: str | None = Field(default=None, max_length=64, unique=True)
    synthetic: bool = Field(default=False)
    created_at: datetime
    registered_at: datetime | None = None


class Station(SQLModel, table=True):
    """An OCPI Location. ``key`` is ``country*party*location``, casefolded; ``zone`` its IANA time zone."""

    __tablename__ = "station"
    key: str = Field(primary_key=True, max_length=60)
    network: str = Field(foreign_key="network.key", index=True, max_length=10)
    location_id: str = Field(max_length=36)
    name: str = Field(max_length=255)
    address: str = Field(default="", max_length=255)
    city: str = Field(default="", max_length=100)
    country: str = Field(default="", max_length=3)
    zone: str = Field(max_length=64)
    latitude: str | None = Field(default=None, max_length=16)
    longitude: str | None = Field(default=None, max_length=16)
    synthetic: bool = Field(default=False)


class Evse(SQLModel, table=True):
    """One charger outlet. ``key`` is ``country*party*location*evse``, casefolded."""

    __tablename__ = "evse"
    key: str = Field(primary_key=True, max_length=100)
    station: str = Field(foreign_key="station.key", index=True, max_length=60)
    uid: str = Field(max_length=48)
    evse_id: str | None = Field(default=None, max_length=48)
    physical_reference: str | None = Field(default=None, max_length=16)
    status: str = Field(default="UNKNOWN", max_length=20)
    status_at: datetime | None = None


class OcpiObject(SQLModel, table=True):
    """An object as its network last stated it: ``module`` is locations, sessions, tariffs, cdrs, …

    ``document`` is the OCPI JSON with personal data taken out (see :class:`models.drivers.Token`). ``id`` is unique
    within network and module, casefolded. ``version``: of OCPI, in whose names the document is. ``created_at`` orders
    pages.
    """

    __tablename__ = "ocpi_object"
    __table_args__ = (UniqueConstraint("module", "network", "object_id"),)
    id: int | None = Field(default=None, primary_key=True)
    module: str = Field(max_length=15)
    network: str = Field(max_length=10)
    object_id: str = Field(max_length=64)
    version: str = Field(max_length=8)
    partner: int = Field(foreign_key="partner.id")
    last_updated: datetime
    created_at: datetime
    document: str = Field(sa_type=Text, sa_column_kwargs=SEALED)


class RemovedObject(SQLModel, table=True):
    """That a network removed an object, and when we were told; identity as in :class:`OcpiObject`."""

    __tablename__ = "removed_object"
    module: str = Field(primary_key=True, max_length=15)
    network: str = Field(primary_key=True, max_length=10)
    object_id: str = Field(primary_key=True, max_length=64)
    removed_at: datetime
