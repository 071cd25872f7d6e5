"""What networks' charge records say that does not fit, for the owner to look at."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from models.base import BIG_ID, enum_type


class FindingState(StrEnum):
    """``withdrawn``: later facts took the ground from it."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    WITHDRAWN = "withdrawn"


class FindingRow(SQLModel, table=True):
    """One finding. ``key`` is the core's identity; ``details``: JSON of the values in its words.

    ``station`` is None where the record's EVSE is not known. Amounts are minor units before taxes.
    """

    __tablename__ = "finding"
    __table_args__ = (Index(None, "state", "id"),)
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    public_id: str = Field(max_length=36, unique=True)
    key: str = Field(max_length=200, unique=True)
    code: str = Field(max_length=24)
    record: str = Field(max_length=100, index=True)
    network: str = Field(max_length=10)
    evse: str | None = Field(default=None, max_length=100)
    station: str | None = Field(default=None, max_length=60)
    session: str | None = Field(default=None, max_length=100)
    start: datetime
    end: datetime
    seconds: int = Field(default=0, ge=0)
    amount_minor: int | None = None
    currency: str = Field(max_length=3)
    details: str = Field(default="{}", sa_type=Text)
    state: FindingState = Field(default=FindingState.OPEN, sa_type=enum_type(FindingState))
    found_at: datetime
    updated_at: datetime
    acknowledged_by: str | None = Field(default=None, max_length=60)
    acknowledged_at: datetime | None = None
    note: str | None = Field(default=None, max_length=500)


class ChargeRecordRow(SQLModel, table=True):
    """What a charge record says of its session, to compare again when that changes. ``energy_kwh`` as it was sent.

    ``priced_by``: the tariffs that it was compared with: ``embedded``, or the ids of those that were pushed apart;
    None: none is known.
    """

    __tablename__ = "charge_record"
    __table_args__ = (Index("ix_charge_record_network", "network", "started_at"),)
    record: str = Field(primary_key=True, max_length=100)
    network: str = Field(max_length=10)
    session: str | None = Field(default=None, index=True, max_length=100)
    evse: str | None = Field(default=None, max_length=100)
    started_at: datetime
    ended_at: datetime
    energy_kwh: str | None = Field(default=None, max_length=40)
    currency: str = Field(max_length=3)
    taken_at: datetime
    priced_by: str | None = Field(default=None, max_length=200)
