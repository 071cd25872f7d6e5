"""What people attested of signs at stations and bays."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.base import SEALED


class SignAttestation(SQLModel, table=True):
    """Somebody saw the sign at a ``station`` (or at one ``bay``) at ``since``; it stood until ``until`` (None: still).

    ``forbids``: values of enforcement.rules.Offence, separated by spaces; ``hours``: JSON of windows. ``photo``: JPEG
    of the sign, encrypted, since it may show people; its SHA-256 is kept. A row is never changed but for its end.
    """

    __tablename__ = "sign_attestation"
    id: int | None = Field(default=None, primary_key=True)
    public_id: str = Field(max_length=36, unique=True)
    station: str = Field(foreign_key="station.key", index=True, max_length=60)
    bay: str | None = Field(default=None, foreign_key="bay.id", max_length=100)
    kind: str = Field(max_length=10)
    land: str = Field(max_length=10)
    states_penalty: bool = Field(default=False)
    forbids: str = Field(default="", max_length=100)
    limit_min: int | None = None
    hours: str = Field(default="[]", sa_type=Text)
    note: str = Field(default="", max_length=500)
    photo: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=SEALED)
    photo_sha256: str | None = Field(default=None, max_length=64)
    since: datetime
    attested_by: str = Field(max_length=60)
    attested_at: datetime
    until: datetime | None = None
    ended_by: str | None = Field(default=None, max_length=60)
    ended_at: datetime | None = None
