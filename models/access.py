"""Who may come in, and who read personal data."""

from datetime import datetime

from sqlalchemy import Column
from sqlmodel import Field, SQLModel

from models.base import BIG_ID


class Login(SQLModel, table=True):
    """A person who may log in; ``password`` is a salted scrypt hash."""

    __tablename__ = "login"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    password: str = Field(max_length=255)
    role: str = Field(default="owner", max_length=12)


class ApiClient(SQLModel, table=True):
    """A program that may call the API. The bearer token is kept as SHA-256; ``scopes`` are separated by spaces.

    ``party``: the OCPI party whose tokens it may speak for (``country*party``, casefolded), if any.
    """

    __tablename__ = "api_client"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    token_hash: str = Field(max_length=64, unique=True)
    scopes: str = Field(max_length=200)
    party: str | None = Field(default=None, max_length=10)
    created_at: datetime


class Act(SQLModel, table=True):
    """One act of a person or a program that changed something: who (``login:…``, ``client:…``, ``operator:…``), what,
    about what, and when."""

    __tablename__ = "act"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    at: datetime = Field(index=True)
    who: str = Field(max_length=60)
    what: str = Field(max_length=20)
    about: str = Field(max_length=80, index=True)


class AccessLog(SQLModel, table=True):
    """One read of personal data: who read what of whom, when and what for."""

    __tablename__ = "access_log"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    at: datetime = Field(index=True)
    reader: str = Field(max_length=60)
    what: str = Field(max_length=20)
    subject: str = Field(max_length=80)
    purpose: str = Field(max_length=80)
