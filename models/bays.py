"""Bays, the EVSEs at them, and what each bay is now."""

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from models.base import BIG_ID, SEALED


class Bay(SQLModel, table=True):
    """One parking space. ``implicit``: made for an EVSE that nobody has tied to a bay; ends when somebody does.

    ``known_at``: when we learned of it; None: before that was noted.
    """

    __tablename__ = "bay"
    id: str = Field(primary_key=True, max_length=100)
    station: str = Field(foreign_key="station.key", index=True, max_length=60)
    name: str = Field(max_length=100)
    implicit: bool = Field(default=False)
    known_at: datetime | None = None


class BayEvse(SQLModel, table=True):
    """Which EVSEs a bay can use now. ``home``: the EVSE's sessions belong to this bay (one bay for each EVSE).

    ``since``: from when on; None: always, as where an owner says it, who corrects what was known.
    """

    __tablename__ = "bay_evse"
    bay: str = Field(foreign_key="bay.id", primary_key=True, max_length=100)
    evse: str = Field(primary_key=True, index=True, max_length=100)
    home: bool = Field(default=True)
    since: datetime | None = None


class EndedTie(SQLModel, table=True):
    """Which EVSE's sessions were a bay's from ``since`` (None: always) to ``until``, when its network said otherwise.

    What happened then stays the bay's.
    """

    __tablename__ = "ended_tie"
    id: int | None = Field(default=None, primary_key=True)
    bay: str = Field(foreign_key="bay.id", index=True, max_length=100)
    evse: str = Field(index=True, max_length=100)
    since: datetime | None = None
    until: datetime


class BayUse(SQLModel, table=True):
    """What a bay was used as from ``at`` until its next row (enforcement.sites.Use): derived, kept for its site."""

    __tablename__ = "bay_use"
    bay: str = Field(foreign_key="bay.id", primary_key=True, max_length=100)
    at: datetime = Field(primary_key=True)
    use: str = Field(max_length=8)


class SiteChange(SQLModel, table=True):
    """The use of a bay became known otherwise from ``since`` to ``until``: stays then at its site are judged again.

    Written with the use, taken up by whoever assesses next: it never waits for another bay's lock.
    """

    __tablename__ = "site_change"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    bay: str = Field(max_length=100)
    since: datetime
    until: datetime | None = None


class BayState(SQLModel, table=True):
    """What follows from a bay's facts: the kept fold, what the bay is, and when to look again.

    ``due_at``: when it must be assessed, None while only a fact can change it. ``stale``: facts were recorded that
    ``evidence`` does not hold yet, or ties changed: fold again. ``evidence``: JSON of enforcement.evidence.Evidence.
    """

    __tablename__ = "bay_state"
    # In the order in which bays are claimed: many may be due at the same moment.
    __table_args__ = (Index(None, "due_at", "bay"),)
    bay: str = Field(foreign_key="bay.id", primary_key=True, max_length=100)
    due_at: datetime | None = None
    stale: bool = Field(default=False)
    evidence: str = Field(default="", sa_type=Text)
    condition: str = Field(default="unknown", max_length=12)
    reason: str = Field(default="no_sensor_word", max_length=32)
    since: datetime | None = None
    assessed_at: datetime | None = None


class Plate(SQLModel, table=True):
    """A number plate that a camera read: encrypted, by the pseudonym that facts know it by; erased apart from them."""

    __tablename__ = "plate"
    key: str = Field(primary_key=True, max_length=64)
    plate: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    jurisdiction: str = Field(default="", max_length=8)
    seen_at: datetime = Field(index=True)
