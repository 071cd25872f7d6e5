"""Published policy versions: their documents, never edited."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel


class PolicyVersion(SQLModel, table=True):
    """One immutable version. ``document`` is the TOML as it was published."""

    __tablename__ = "policy_version"
    id: str = Field(primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    effective_from: datetime
    published_at: datetime
    document: str = Field(sa_type=Text)
