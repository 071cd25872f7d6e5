"""The version of the registry: what processes remember of ties and policies holds while it stands."""

from sqlalchemy import Text
from sqlmodel import Field, SQLModel


class RegistryVersion(SQLModel, table=True):
    """One row. ``version`` grows with every change of a network, station, EVSE, bay, tie, watchdog or policy.

    ``pseudonym_check``: fingerprint of the key that pseudonyms here are made with; with another one, no driver would be
    found again.
    """

    __tablename__ = "registry_version"
    id: int = Field(primary_key=True)
    version: int
    pseudonym_check: str | None = Field(default=None, max_length=32)


class RegistryChange(SQLModel, table=True):
    """What the change that made a version concerns (JSON of ledger.registry_changes.Concern).

    Without a row it concerns everything; rows of versions that are long gone are removed.
    """

    __tablename__ = "registry_change"
    version: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    concern: str = Field(sa_type=Text)
