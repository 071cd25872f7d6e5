"""What is said of places besides what they are called: what a price may depend on, with its dates."""

from datetime import datetime
from enum import StrEnum

from sqlmodel import Field, SQLModel


class Trait(StrEnum):
    """What can be said of a place.

    ``power_class`` of an EVSE, or of all EVSEs of a station; ``tax_region`` and ``calendar`` of a station;
    ``taxes_charged``, the optional taxes that its operator charges, of a station or a network, separated by spaces;
    ``site`` of a station: stations at one place, whatever their network, say the same. ``law`` of a station: the key of
    the place whose rules hold there (``us-ca``, ``de``). What a network tells of signs, by which nothing is judged:
    ``restrictions`` of an EVSE, OCPI's ParkingRestrictions separated by spaces; ``time_limit`` of a bay, in minutes.
    """

    POWER_CLASS = "power_class"
    TAX_REGION = "tax_region"
    CALENDAR = "calendar"
    TAXES_CHARGED = "taxes_charged"
    SITE = "site"
    LAW = "law"
    RESTRICTIONS = "restrictions"
    TIME_LIMIT = "time_limit"


class PlaceTrait(SQLModel, table=True):
    """One word on a place that holds from ``since`` until the next one by the same.

    ``said_by``: ``network`` or ``owner``; the owner's word counts for more. An empty ``value`` takes the word back.
    """

    __tablename__ = "place_trait"
    place: str = Field(primary_key=True, max_length=100)
    trait: str = Field(primary_key=True, max_length=16)
    said_by: str = Field(primary_key=True, max_length=8)
    since: datetime = Field(primary_key=True)
    value: str = Field(max_length=200)
