"""What is kept of the talk with each partner: pulls, what it must be asked for, what is odd in what it sends."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class OcpiPull(SQLModel, table=True):
    """How far one module of a partner was pulled, and when it is asked again.

    ``registered_at``: of the connection that ``until`` was reached in; after a new handshake it begins anew.
    ``whole_at``: when it was last begun to pull all of it. ``failures``: how many in a row, ``error``: the last one's;
    ``taken`` and ``refused``: objects of the last good one.
    """

    __tablename__ = "ocpi_pull"
    partner: int = Field(foreign_key="partner.id", primary_key=True)
    module: str = Field(primary_key=True, max_length=15)
    registered_at: datetime
    until: datetime | None = None
    whole_at: datetime | None = None
    next_at: datetime = Field(index=True)
    ok_at: datetime | None = None
    failures: int = Field(default=0)
    error: str = Field(default="", max_length=300)
    taken: int = Field(default=0)
    refused: int = Field(default=0)


class OcpiWanted(SQLModel, table=True):
    """An object that a part came for (PATCH) and that is not known: its network must be asked for the whole.

    ``since``: the moment that the part was last updated at.
    """

    __tablename__ = "ocpi_wanted"
    __table_args__ = (UniqueConstraint("partner", "module", "network", "object_id"),)
    id: int | None = Field(default=None, primary_key=True)
    partner: int = Field(foreign_key="partner.id")
    module: str = Field(max_length=15)
    network: str = Field(max_length=10)
    object_id: str = Field(max_length=64)
    since: datetime
    next_at: datetime = Field(index=True)
    tries: int = Field(default=0)


class OcpiQuirk(SQLModel, table=True):
    """How often a partner departs from the standard in one way. ``examples``: JSON, a few, personal data taken out."""

    __tablename__ = "ocpi_quirk"
    partner: int = Field(foreign_key="partner.id", primary_key=True)
    code: str = Field(primary_key=True, max_length=40)
    count: int = Field(default=0)
    first_at: datetime
    last_at: datetime
    examples: str = Field(default="[]", sa_type=Text)
