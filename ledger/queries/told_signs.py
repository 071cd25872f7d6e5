"""What networks tell of the signs at stations: nothing is judged by it, a person must see the sign."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from enforcement.proposal import ToldOfSigns
from ledger.database import table
from models import Bay, BayEvse, Evse, PlaceTrait, Station
from models.places import Trait


def at_station(conn: Connection, station: str) -> ToldOfSigns | None:
    """All that its network tells now; None for a station that is not known."""
    stations, evses, bays = table(Station).c, table(Evse).c, table(Bay).c
    name = conn.execute(select(stations.name).where(stations.key == station)).scalar()
    if name is None:
        return None
    places = list(conn.execute(select(evses.key).where(evses.station == station)).scalars())
    places += conn.execute(select(bays.id).where(bays.station == station)).scalars()
    return _told(conn, station, name, places)


def at_bay(conn: Connection, station: str, bay: str) -> ToldOfSigns:
    """What its network tells now of one bay and its EVSEs."""
    ties = table(BayEvse).c
    places = [bay, *conn.execute(select(ties.evse).where(ties.bay == bay)).scalars()]
    return _told(conn, station, bay, places)


def _told(conn: Connection, station: str, name: str, places: Sequence[str]) -> ToldOfSigns:
    rows = table(PlaceTrait).c
    wanted = (Trait.RESTRICTIONS, Trait.TIME_LIMIT)
    query = select(rows.place, rows.trait, rows.value).where(rows.place.in_(places), rows.trait.in_(wanted))
    latest = {(row.place, row.trait): row.value for row in conn.execute(query.order_by(rows.since))}
    words = {word for (_, trait), value in latest.items() if trait == Trait.RESTRICTIONS for word in value.split()}
    limits = {int(value) for (_, trait), value in latest.items() if trait == Trait.TIME_LIMIT and value.isdecimal()}
    return ToldOfSigns(station=station, name=name, restrictions=sorted(words), limits_min=sorted(limits))
