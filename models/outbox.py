"""What must leave: frozen when it is decided, sent at most once, never blindly resent."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from models.base import BIG_ID, SEALED, enum_type


class Delivery(StrEnum):
    """Where a message stands. ``unknown``: it was handed over and no answer came; only its receipt resolves that."""

    PENDING = "pending"
    SENDING = "sending"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    EXPIRED = "expired"


class OperatorAlert(SQLModel, table=True):
    """Something at a provider that only the operator can mend, by the provider's code, and how often it came."""

    __tablename__ = "operator_alert"
    code: str = Field(primary_key=True, max_length=20)
    words: str = Field(max_length=200)
    first_at: datetime
    last_at: datetime
    count: int = Field(gt=0)


class Pace(SQLModel, table=True):
    """How fast a channel sends, over all senders: when the next message would leave if they left evenly."""

    __tablename__ = "pace"
    channel: str = Field(primary_key=True, max_length=10)
    next_at: datetime


class Message(SQLModel, table=True):
    """One message. ``identity`` is unique: the same step of the same violation leaves once.

    ``violation`` is None where it is about none: a code that proves a phone, whose text is ``sealed`` (encrypted).
    ``text`` is what the driver reads, written in the decision's transaction; the phone number is not in it, it is
    read (and that logged) when the message leaves. ``not_after``: it is not sent later than this. ``delivered_at``:
    when its receipt came.
    """

    __tablename__ = "message"
    __table_args__ = (Index(None, "state", "next_try_at"),)
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    identity: str = Field(max_length=200, unique=True)
    channel: str = Field(default="sms", max_length=10)
    violation: str | None = Field(default=None, foreign_key="violation.key", index=True, max_length=160)
    driver: int = Field(foreign_key="driver.id")
    step: str = Field(max_length=20)
    language: str = Field(max_length=2)
    text: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    sealed: bool = Field(default=False)
    state: Delivery = Field(default=Delivery.PENDING, sa_type=enum_type(Delivery))
    reason: str | None = Field(default=None, max_length=200)
    attempts: int = Field(default=0, ge=0)
    created_at: datetime
    not_after: datetime
    next_try_at: datetime
    claimed_until: datetime | None = None
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    provider_id: str | None = Field(default=None, max_length=64, index=True)
