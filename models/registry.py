"""The version of the registry: what processes remember of ties and policies holds while it stands."""

from sqlmodel import Field, SQLModel


class RegistryVersion(SQLModel, table=True):
    """One row. ``version`` grows with every change of a network, station, EVSE, bay, tie, watchdog or policy."""

    __tablename__ = "registry_version"
    id: int = Field(primary_key=True)
    version: int
