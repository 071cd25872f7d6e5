"""How a driver is reached without an account: codes on signs, codes by SMS, claims of stays, consents, disputes."""

from datetime import datetime

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel

from models.base import BIG_ID, SEALED


class BayCode(SQLModel, table=True):
    """The code on a bay's sign (enforcement.bay_codes). It is made with the first sign and never changes."""

    __tablename__ = "bay_code"
    bay: str = Field(foreign_key="bay.id", primary_key=True, max_length=100)
    code: str = Field(max_length=7, unique=True)
    created_at: datetime


class StayClaim(SQLModel, table=True):
    """Somebody with a phone said that the vehicle in a bay at a moment is theirs.

    Stays are derived and may move; a claim names bay and moment, and so finds its stay again. ``code`` is short, for
    an SMS; ``link`` can't be guessed and opens the stay's page. ``how``: page, text, or token (known beforehand).
    """

    __tablename__ = "stay_claim"
    __table_args__ = (Index(None, "bay", "at"),)
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    code: str = Field(max_length=7, unique=True)
    link: str = Field(max_length=32, unique=True)
    bay: str = Field(foreign_key="bay.id", max_length=100)
    at: datetime
    driver: int = Field(foreign_key="driver.id", index=True)
    how: str = Field(max_length=8)
    language: str = Field(max_length=2)
    created_at: datetime


class PhoneCode(SQLModel, table=True):
    """A code that was sent to a phone to prove that it is at hand. The code itself is kept as a keyed hash.

    ``ticket`` names the row in the address of the form. ``bay`` and ``asked_at``: which stay is claimed by it;
    ``claim``: which claim's page is opened by it; neither: only the phone is confirmed. ``language`` is that of the
    page; ``language_is_chosen``: by the driver, not by their browser.
    """

    __tablename__ = "phone_code"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    ticket: str = Field(max_length=32, unique=True)
    code_hash: str = Field(max_length=64)
    driver: int | None = Field(default=None, foreign_key="driver.id", index=True)
    language: str = Field(max_length=2)
    language_is_chosen: bool = Field(default=False)
    bay: str | None = Field(default=None, foreign_key="bay.id", max_length=100)
    claim: int | None = Field(default=None, foreign_key="stay_claim.id")
    remember: bool = Field(default=False)
    tries: int = Field(default=0, ge=0)
    asked_at: datetime
    expires_at: datetime = Field(index=True)
    confirmed_at: datetime | None = None


class Consent(SQLModel, table=True):
    """What a driver agreed to, in the very words that they saw. ``source``: the page's version, or the partner."""

    __tablename__ = "consent"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    driver: int = Field(foreign_key="driver.id", index=True)
    what: str = Field(max_length=8)
    token: str | None = Field(default=None, max_length=64)
    text: str = Field(sa_type=Text)
    language: str = Field(max_length=2)
    source: str = Field(max_length=80)
    given_at: datetime


class Attempt(SQLModel, table=True):
    """How often something was tried in a span of time that ends at ``until``. ``key`` holds no personal data."""

    __tablename__ = "attempt"
    key: str = Field(primary_key=True, max_length=100)
    until: datetime = Field(primary_key=True, index=True)
    count: int = Field(gt=0)


class Dispute(SQLModel, table=True):
    """A driver contests a violation, once. Words, photo and answer are encrypted; the photo's SHA-256 is kept."""

    __tablename__ = "dispute"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    violation: str = Field(foreign_key="violation.key", unique=True, max_length=160)
    driver: int = Field(foreign_key="driver.id", index=True)
    text: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    photo: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=SEALED)
    photo_sha256: str | None = Field(default=None, max_length=64)
    made_at: datetime
    outcome: str | None = Field(default=None, max_length=8)
    answer: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=SEALED)
    answered_by: str | None = Field(default=None, max_length=60)
    answered_at: datetime | None = None


class TokenAlert(SQLModel, table=True):
    """A partner tells the driver of its own token itself: it is alerted by webhook, and we never learn the number.

    ``uid`` is encrypted; ``token`` its pseudonym, which violations know.
    """

    __tablename__ = "token_alert"
    token: str = Field(primary_key=True, max_length=64)
    client: int = Field(foreign_key="api_client.id", index=True)
    party: str = Field(max_length=10)
    uid: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    created_at: datetime
