"""Tariffs that networks pushed apart from their charge records, with their dates."""

from datetime import datetime

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel


class TariffVersion(SQLModel, table=True):
    """A tariff as its network stated it ``since`` (its last_updated) ``until`` it stated it anew or removed it.

    ``tariff_id`` is casefolded; ``version``: of OCPI, in whose names the ``document`` (JSON) is.
    """

    __tablename__ = "tariff_version"
    __table_args__ = (UniqueConstraint("network", "tariff_id", "since"),)
    id: int | None = Field(default=None, primary_key=True)
    network: str = Field(max_length=10)
    tariff_id: str = Field(max_length=64)
    version: str = Field(max_length=8)
    since: datetime
    until: datetime | None = None
    document: str = Field(sa_type=Text)
