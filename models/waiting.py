"""Facts that are recorded and wait for their bays to be assessed."""

from sqlalchemy import Column, Text
from sqlmodel import Field, SQLModel

from models.base import BIG_ID


class WaitingFact(SQLModel, table=True):
    """A fact that is recorded and not yet in its bay's evidence: whoever assesses the bay takes it away.

    ``body``: its kind and all of it, as JSON (ledger.facts.to_line).
    """

    __tablename__ = "waiting_fact"
    id: int | None = Field(default=None, sa_column=Column(BIG_ID, primary_key=True))
    bay: str = Field(index=True, max_length=100)
    body: str = Field(sa_type=Text)
