"""Who is told of violations by webhook."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from models.base import SEALED


class Subscription(SQLModel, table=True):
    """A system of an owner or a partner that is told of events at its ``url``.

    ``secret`` signs (Standard Webhooks, ``whsec_``), encrypted; ``old_secret`` (of several, with spaces between them)
    signs as well, until ``old_until``. ``events``: their names, separated by spaces; ``network`` and ``station`` narrow
    them down. ``client``: whose tokens ``token.alert`` tells of. ``failing_since``: since when nothing arrived;
    ``disabled_at``: when that was too long, or, without it, a person switched it off.
    """

    __tablename__ = "subscription"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=60, unique=True)
    url: str = Field(max_length=500)
    secret: str = Field(sa_type=Text, sa_column_kwargs=SEALED)
    old_secret: str | None = Field(default=None, sa_type=Text, sa_column_kwargs=SEALED)
    old_until: datetime | None = None
    events: str = Field(max_length=200)
    network: str | None = Field(default=None, max_length=10)
    station: str | None = Field(default=None, max_length=60)
    client: int | None = Field(default=None, foreign_key="api_client.id")
    created_at: datetime
    failing_since: datetime | None = None
    disabled_at: datetime | None = None
