"""Sessions (OCPI 2.2.1, 9) and the charging periods in them (10.4.4)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from operator import attrgetter

from enforcement.facts import Period
from ocpi.errors import bad_content
from ocpi.reading import children, enum, identifier, moment, needed, number
from ocpi.vocabulary import MAX_PERIODS, SessionNews
from ocpi.wire import Document

_MAX_DIMENSIONS = 50
# What a vehicle that does not charge may still draw: kW (or W, as some count), and A.
_NOTHING = {"POWER": Decimal("0.05"), "CURRENT": Decimal("0.5")}
_MAX_KWH = 1_000_000
_REQUIRED = (
    ("location_id", attrgetter("location_id")),
    ("evse_uid", attrgetter("evse_uid")),
    ("status", attrgetter("status")),
    ("start_date_time", attrgetter("started_at")),
    ("kwh", attrgetter("energy_wh")),
)


def read_session(document: Document, is_part: bool) -> SessionNews:
    """Read a Session, or with ``is_part`` what a PATCH says of one.

    Required is what a fact can't do without. ``cdr_token``, ``connector_id`` and ``currency`` are known to be missing
    in the wild and are not asked for.
    """
    periods = children(document, "charging_periods", MAX_PERIODS)
    news = SessionNews(
        last_updated=needed(moment(document, "last_updated"), "last_updated"),
        location_id=_identifier(document, "location_id"),
        evse_uid=_identifier(document, "evse_uid"),
        status=enum(document, "status", 20),
        started_at=moment(document, "start_date_time"),
        ended_at=moment(document, "end_date_time"),
        energy_wh=_watt_hours(document),
        periods=tuple(read_period(period) for period in periods),
        soc=_state_of_charge(periods),
    )
    if not is_part:
        for name, value in _REQUIRED:
            needed(value(news), name)
    return news


def read_period(document: Document) -> Period:
    """Read a ChargingPeriod: whether the vehicle asked for power in it.

    PARKING_TIME is time in which it does not (10.4.3 CdrDimensionType). A period that also counts energy or charging
    time is charging: the driver has the benefit of the doubt. One that tells a power or current of nothing, and neither
    energy nor time, may be a pause: it is vague.
    """
    start = needed(moment(document, "start_date_time"), "charging_periods.start_date_time")
    volumes: dict[str, Decimal] = {}
    for dimension in children(document, "dimensions", _MAX_DIMENSIONS):
        kind = needed(enum(dimension, "type", 30), "dimensions.type")
        volume = needed(number(dimension, "volume"), "dimensions.volume")
        volumes[kind] = max(volume, volumes.get(kind, volume))
    charged = volumes.get("ENERGY", 0) > 0 or volumes.get("TIME", 0) > 0
    parked = volumes.get("PARKING_TIME", 0) > 0 or set(volumes) == {"PARKING_TIME"}
    if charged or parked:
        return Period(start=start, parking=parked and not charged)
    is_still = any(kind in volumes and 0 <= volumes[kind] <= nothing for kind, nothing in _NOTHING.items())
    return Period(start=start, parking=is_still, vague=is_still)


def _state_of_charge(periods: Sequence[Document]) -> int | None:
    """The last that periods tell of it (10.4.3: "in percentage"), in whole percent that were reached.

    What is no percentage is not said: it is the vehicle's own word, passed on, and no reason to refuse a session.
    """
    told = [
        (needed(moment(period, "start_date_time"), "charging_periods.start_date_time"), volume)
        for period in periods
        for dimension in children(period, "dimensions", _MAX_DIMENSIONS)
        if enum(dimension, "type", 30) == "STATE_OF_CHARGE"
        and 0 <= (volume := needed(number(dimension, "volume"), "dimensions.volume")) <= 100
    ]
    return int(max(told)[1]) if told else None


def _identifier(document: Document, name: str) -> str | None:
    value = document.get(name)
    return None if value is None else identifier(value, name)


def _watt_hours(document: Document) -> int | None:
    kwh = number(document, "kwh")
    if kwh is None:
        return None
    if not 0 <= kwh <= _MAX_KWH:
        raise bad_content(f"kwh must be from 0 to {_MAX_KWH}")
    return int((kwh * 1000).to_integral_value(ROUND_HALF_EVEN))
