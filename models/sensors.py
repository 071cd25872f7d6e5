"""Sensors, how long their words must hold, and which bays they lay in."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel


class Sensor(SQLModel, table=True):
    """A device that reports on a bay; known from its first message, tied to a bay by the owner or not yet.

    ``skew_s``: how many seconds its clock was ahead of the network's, or of ours, when it last told a time.
    ``arrival_s``, ``departure_s``: how long its words must hold now; what held before is in ``sensor_debounce``.
    """

    __tablename__ = "sensor"
    id: str = Field(primary_key=True, max_length=100)
    model: str | None = Field(default=None, max_length=40)
    watchdog_s: int = Field(default=172_800, gt=0)
    occupied: bool | None = None
    last_at: datetime | None = None
    last_seen_at: datetime | None = None
    battery: str | None = Field(default=None, max_length=20)
    skew_s: int | None = None
    arrival_s: int = Field(default=0, ge=0)
    departure_s: int = Field(default=0, ge=0)


class SensorDebounce(SQLModel, table=True):
    """How long a sensor's words had to hold from ``since`` on (enforcement.setting.Debounce); without a row: not."""

    __tablename__ = "sensor_debounce"
    sensor: str = Field(primary_key=True, max_length=100)
    since: datetime = Field(primary_key=True)
    arrival_s: int = Field(default=0, ge=0)
    departure_s: int = Field(default=0, ge=0)


class BaySensor(SQLModel, table=True):
    """Which bay a sensor lay in from ``since`` to ``until`` (None: it still does). What it said then is of that bay."""

    __tablename__ = "bay_sensor"
    id: int | None = Field(default=None, primary_key=True)
    bay: str = Field(foreign_key="bay.id", index=True, max_length=100)
    sensor: str = Field(index=True, max_length=100)
    since: datetime
    until: datetime | None = None


class SparkplugBirth(SQLModel, table=True):
    """What a Sparkplug node or device said at its last BIRTH (ledger.births.Birth); ``aliases``, ``bays``: JSON."""

    __tablename__ = "sparkplug_birth"
    node: str = Field(primary_key=True, max_length=300)
    bd_seq: int | None = None
    at: datetime
    aliases: str = Field(sa_type=Text)
    bays: str = Field(default="[]", sa_type=Text)
    metric: str = Field(default="", sa_type=Text)
    is_born: bool = True


class SparkplugNode(SQLModel, table=True):
    """The last numbered message of a Sparkplug edge node: what comes next tells whether one is missing."""

    __tablename__ = "sparkplug_node"
    node: str = Field(primary_key=True, max_length=300)
    seq: int
    at: datetime
