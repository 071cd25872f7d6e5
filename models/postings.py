"""The ledger of money: entries of postings that sum to zero; a correction is a reversal and a new entry."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import BIG_ID


class Entry(SQLModel, table=True):
    """One balanced entry. ``number`` counts a violation's entries; ``reverses`` is the number that it takes back."""

    __tablename__ = "entry"
    __table_args__ = (UniqueConstraint("violation", "number"),)
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    violation: str = Field(foreign_key="violation.key", max_length=160)
    number: int = Field(gt=0)
    reverses: int | None = None
    reason: str = Field(max_length=32)
    posted_at: datetime


class Posting(SQLModel, table=True):
    """One line: an account (``driver:…``, ``operator:…``, ``tax:…``) and a signed amount in minor units."""

    __tablename__ = "posting"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    entry: int = Field(foreign_key="entry.id", index=True)
    account: str = Field(max_length=120, index=True)
    amount_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str = Field(max_length=3)
