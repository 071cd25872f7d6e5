"""Published policy versions: their documents, never edited."""

from datetime import datetime

from sqlalchemy import Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.base import BIG_ID


class PolicyVersion(SQLModel, table=True):
    """One immutable version. ``document`` is the TOML as it was published."""

    __tablename__ = "policy_version"
    id: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    effective_from: datetime
    published_at: datetime
    document: str = Field(sa_type=Text)


class PolicyNotice(SQLModel, table=True):
    """What drivers could read of a policy version from ``effective_from`` on: one version of its notice.

    ``texts``: JSON, the text by language. The first one is the sign that follows from the policy; never edited.
    """

    __tablename__ = "policy_notice"
    __table_args__ = (UniqueConstraint("policy", "number"),)
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    policy: str = Field(max_length=80)
    number: int = Field(gt=0)
    effective_from: datetime
    published_at: datetime
    texts: str = Field(sa_type=Text)
