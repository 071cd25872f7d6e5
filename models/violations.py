"""Stays and violations as they stand, and the steps that brought each violation there."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, text
from sqlmodel import Field, SQLModel

from enforcement.clauses import Kind
from enforcement.violations import State
from models.base import BIG_ID, enum_type

# A bay has few that are open and, with the years, many that are over: what asks for the former never passes the latter.
STAY_IS_OPEN = "is_final IS false"
VIOLATION_IS_OPEN = "state NOT IN ('settled', 'cleared')"


def open_index(name: str, column: str, is_open: str) -> Index:
    """An index of the open rows only."""
    return Index(name, column, sqlite_where=text(is_open), postgresql_where=text(is_open))


class StayRow(SQLModel, table=True):
    """A stay, the policy version that it is under, and the notice. ``key`` is bay and arrival."""

    __tablename__ = "stay"
    __table_args__ = (Index(None, "bay", "arrived_at"), open_index("ix_stay_open", "bay", STAY_IS_OPEN))
    key: str = Field(primary_key=True, max_length=150)
    bay: str = Field(max_length=100)
    arrived_at: datetime
    left_at: datetime | None = None
    token: str | None = Field(default=None, max_length=64)
    policy: str | None = Field(default=None, max_length=80)
    notice: str | None = Field(default=None, max_length=90)
    is_final: bool = Field(default=False)


class ViolationRow(SQLModel, table=True):
    """A violation as it stands.

    ``public_id`` names it outside (a random UUID); ``key`` is the core's identity. Amounts are minor units.
    ``plate``: the pseudonym of the number plate, where a camera read one.
    ``explanation``: JSON with timeline, fee lines and taxes (see ledger.explanations).
    """

    __tablename__ = "violation"
    __table_args__ = (
        Index(None, "station", "clock_started_at"),
        Index(None, "state", "clock_started_at"),
        Index(None, "clock_started_at", "id"),
        open_index("ix_violation_open", "bay", VIOLATION_IS_OPEN),
    )
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    public_id: str = Field(max_length=36, unique=True)
    key: str = Field(max_length=160, unique=True)
    bay: str = Field(max_length=100, index=True)
    station: str = Field(max_length=60)
    network: str | None = Field(default=None, max_length=10)
    kind: Kind = Field(sa_type=enum_type(Kind))
    state: State = Field(sa_type=enum_type(State))
    reason: str = Field(max_length=32)
    policy: str = Field(max_length=80)
    session: str | None = Field(default=None, max_length=60)
    token: str | None = Field(default=None, max_length=64)
    plate: str | None = Field(default=None, max_length=64, index=True)
    clock_started_at: datetime
    grace_ends_at: datetime | None = None
    violated_at: datetime | None = None
    ended_at: datetime | None = None
    billable_s: int = Field(default=0, ge=0)
    fee_minor: int = Field(default=0, ge=0)
    tax_minor: int = Field(default=0, ge=0)
    currency: str = Field(max_length=3)
    explanation: str = Field(default="{}", sa_type=Text)
    synthetic: bool = Field(default=False)
    updated_at: datetime


class ViolationStep(SQLModel, table=True):
    """One step of a violation: which state it took, when that became true, when it was decided, and why."""

    __tablename__ = "violation_step"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    violation: str = Field(foreign_key="violation.key", index=True, max_length=160)
    state: State = Field(sa_type=enum_type(State))
    reason: str = Field(max_length=32)
    at: datetime
    decided_at: datetime
