"""Facts as they were recorded, what could not be understood, and when each network was heard."""

from datetime import datetime

from sqlalchemy import Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import BIG_ID, SEALED


class FactRow(SQLModel, table=True):
    """One fact, append-only; ``body`` is its JSON (enforcement.facts)."""

    __tablename__ = "fact"
    __table_args__ = (UniqueConstraint("source", "source_id"), Index(None, "subject", "at"))
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    source: str = Field(max_length=60)
    source_id: str = Field(max_length=200)
    subject: str = Field(max_length=110)
    kind: str = Field(max_length=24)
    at: datetime
    seen_at: datetime
    body: str = Field(sa_type=Text)


class ForgottenFacts(SQLModel, table=True):
    """Up to when a bay's facts are forgotten, and what is left of them (JSON of enforcement.evidence.Evidence).

    ``looked_at``: when it was last tried; ``until`` is None where nothing could go.
    """

    __tablename__ = "forgotten_facts"
    bay: str = Field(foreign_key="bay.id", primary_key=True, max_length=100)
    until: datetime | None = None
    evidence: str = Field(default="", sa_type=Text)
    looked_at: datetime


class Reject(SQLModel, table=True):
    """Input that could not be understood: kept with its reason, so that nothing is lost and somebody can look.

    ``payload`` is at most 4 kB of it, as text with bytes escaped, encrypted where it may hold a number plate;
    ``identity`` makes a redelivery the same reject.
    """

    __tablename__ = "reject"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    identity: str = Field(max_length=64, unique=True)
    source: str = Field(max_length=60, index=True)
    place: str = Field(max_length=255)
    reason: str = Field(max_length=300)
    payload: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    seen_at: datetime = Field(index=True)


class FeedSpan(SQLModel, table=True):
    """A span in which a network was heard without a gap; folded from its facts, joined with its neighbours on read."""

    __tablename__ = "feed_span"
    __table_args__ = (Index(None, "network", "last_at"),)
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    network: str = Field(max_length=10)
    first_at: datetime
    last_at: datetime
