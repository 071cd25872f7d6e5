"""What we send to other OCPI parties: charge records, and the pushes that carry them, statuses and commands."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import BIG_ID, enum_type
from models.outbox import Delivery


class Cdr(SQLModel, table=True):
    """A charge record of ours, never changed. ``number`` counts a violation's; ``credits`` is the id it takes back.

    ``party``: whom it is for, the key of the token's party (or of the network, where that is not connected): who is
    that party may fetch it. ``bill``: JSON of enforcement.settlement.Bill; ``place``: JSON of session and location as
    they were. Neither holds the token: it is read when the record leaves. ``amount_minor`` is with taxes, signed.
    """

    __tablename__ = "cdr"
    __table_args__ = (UniqueConstraint("violation", "number"), Index(None, "party", "created_at"))
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    cdr_id: str = Field(max_length=39, unique=True)
    violation: str = Field(foreign_key="violation.key", max_length=160)
    number: int = Field(gt=0)
    credits: str | None = Field(default=None, max_length=39)
    party: str = Field(max_length=10)
    network: str = Field(max_length=10)
    bill: str = Field(sa_type=Text)
    place: str = Field(sa_type=Text)
    amount_minor: int = Field(sa_column=Column(BigInteger, nullable=False))
    currency: str = Field(max_length=3)
    created_at: datetime


class Push(SQLModel, table=True):
    """Something that must be sent to a partner by OCPI. ``identity`` is unique: the same thing is pushed once.

    ``kind``: cdr, status, command or webhook; ``subject`` names it there. Pushes of one ``chain`` to a partner leave in
    order. A webhook goes to a ``subscription``, anything else to a ``partner``.
    ``document``: what can't be read elsewhere when it leaves (JSON). After ``not_after`` it is not sent.
    """

    __tablename__ = "push"
    __table_args__ = (Index(None, "state", "next_try_at"), Index(None, "partner", "chain"))
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    identity: str = Field(max_length=200, unique=True)
    kind: str = Field(max_length=10)
    subject: str = Field(max_length=110)
    chain: str = Field(max_length=160)
    partner: int | None = Field(default=None, foreign_key="partner.id")
    subscription: int | None = Field(default=None, foreign_key="subscription.id", index=True)
    document: str = Field(default="", sa_type=Text)
    state: Delivery = Field(default=Delivery.PENDING, sa_type=enum_type(Delivery))
    reason: str | None = Field(default=None, max_length=200)
    attempts: int = Field(default=0, ge=0)
    created_at: datetime
    not_after: datetime
    next_try_at: datetime
    claimed_until: datetime | None = None
    sent_at: datetime | None = None


class EvseWord(SQLModel, table=True):
    """What we last told partners of an EVSE: its status as sensors and sessions together say, and since when."""

    __tablename__ = "evse_word"
    evse: str = Field(primary_key=True, max_length=100)
    status: str = Field(max_length=20)
    changed_at: datetime = Field(index=True)


class Command(SQLModel, table=True):
    """A command that somebody wants a network to carry out, and what it answered (mod_commands).

    ``uid`` names it in the URL that the network calls back. ``session`` is stopped, ``connector`` of ``evse``
    unlocked; a session is started at ``evse`` with ``token`` (its keyed hash). ``response`` is the network's own
    answer, at once; ``result`` the charger's, which is waited for until ``due_at``.
    """

    __tablename__ = "command"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    uid: str = Field(max_length=36, unique=True)
    kind: str = Field(max_length=20)
    partner: int = Field(foreign_key="partner.id")
    evse: str = Field(index=True, max_length=100)
    connector: str | None = Field(default=None, max_length=36)
    session: str | None = Field(default=None, max_length=60)
    token: str | None = Field(default=None, max_length=64)
    violation: str | None = Field(default=None, index=True, max_length=160)
    asked_by: str = Field(max_length=60)
    asked_at: datetime
    response: str | None = Field(default=None, max_length=30)
    result: str | None = Field(default=None, max_length=30)
    message: str | None = Field(default=None, max_length=255)
    due_at: datetime | None = None
    answered_at: datetime | None = None
