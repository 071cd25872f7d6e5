"""Personal data, apart from evidence and encrypted. Evidence knows a driver only by the keyed hash of a token."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.base import SEALED, enum_type


class Driver(SQLModel, table=True):
    """Somebody who can be reached. ``phone`` is E.164, encrypted; ``phone_hash`` its keyed hash, to find it again.

    ``language_is_chosen``: they, or who knows them, said so; else it is what their browser asked for.
    ``opted_out_at``: since when nothing is sent to them, at their own wish; ``unusable_at``: since when their number is
    known to take no SMS.
    """

    __tablename__ = "driver"
    id: int | None = Field(default=None, primary_key=True)
    phone: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    phone_hash: str = Field(max_length=64, unique=True)
    language: str = Field(default="en", max_length=2)
    language_is_chosen: bool = Field(default=False)
    created_at: datetime
    opted_out_at: datetime | None = None
    unusable_at: datetime | None = None


class Suppression(SQLModel, table=True):
    """A number to which nothing is sent until its owner says START: its keyed hash, which outlives its erasure."""

    __tablename__ = "suppression"
    phone_hash: str = Field(primary_key=True, max_length=64)
    since: datetime


class TieSource(StrEnum):
    """Who said that a token is a driver's. ``scan``: nobody but somebody at a bay's sign, however often."""

    OWNER = "owner"
    PARTNER = "partner"
    SCAN = "scan"


class DriverToken(SQLModel, table=True):
    """Which driver a token belongs to. ``scanned``: so far only one scan at a bay says so; messages name no place.

    ``source`` stays ``scan`` when a second scan confirms the first: somebody who follows a vehicle can scan twice, so
    that is enough for messages and never to spend on the token.
    """

    __tablename__ = "driver_token"
    token: str = Field(primary_key=True, max_length=64)
    driver: int = Field(foreign_key="driver.id", index=True)
    scanned: bool = Field(default=False)
    source: TieSource = Field(default=TieSource.SCAN, sa_type=enum_type(TieSource))


class Token(SQLModel, table=True):
    """What settlement needs of an OCPI token (its cdr_token JSON), encrypted, by its keyed hash.

    ``contract``: the keyed hash of its contract's id, by which an owner may know it.
    """

    __tablename__ = "token"
    key: str = Field(primary_key=True, max_length=64)
    contract: str | None = Field(default=None, max_length=64, index=True)
    document: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    created_at: datetime


class TokenMembership(SQLModel, table=True):
    """A holder is in a group, or has a permit of that kind, from ``since`` to ``until``, at ``place`` or everywhere.

    ``holder``: the keyed hash of a token or of a contract's id, as ``holder_kind`` says (a plate's is to come).
    ``reference`` is the owner's own number for it, no personal data.
    """

    __tablename__ = "token_membership"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=64, index=True)
    is_permit: bool = Field(default=False)
    holder: str = Field(max_length=64, index=True)
    holder_kind: str = Field(max_length=8)
    place: str | None = Field(default=None, max_length=60)
    since: datetime | None = None
    until: datetime | None = None
    reference: str = Field(default="", max_length=60)
