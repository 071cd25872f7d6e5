"""Stations as partners see them: what their networks said of them, with what their EVSEs are to us."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from ledger.availability import is_shown
from ledger.database import table
from ledger.habits import network_of
from ledger.partners import KnownPartner
from models import Evse, EvseWord, OcpiObject, Station

_EVSES, _WORDS, _STATIONS, _OBJECTS = table(Evse), table(EvseWord), table(Station), table(OcpiObject)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A station as it is shown to a partner. ``document`` is the network's own, in the names of ``version``.

    ``statuses``: what each EVSE is and since when, by its uid, casefolded. ``last_updated``: of either.
    """

    network: str
    location_id: str
    version: str
    document: dict[str, Any]
    statuses: Mapping[str, tuple[str, datetime]]
    last_updated: datetime


def shown(conn: Connection, partner: KnownPartner, station: str | None = None) -> list[tuple[int, str, datetime]]:
    """The stations that a partner may see, oldest first: the id of the object, the station and its last change.

    ``station``: this one only.
    """
    changed = select(_EVSES.c.station, _WORDS.c.changed_at).join(_WORDS, _WORDS.c.evse == _EVSES.c.key)
    known = select(_STATIONS.c.key, _STATIONS.c.network).where(_STATIONS.c.synthetic.is_(partner.synthetic))
    if station is not None:
        changed, known = changed.where(_EVSES.c.station == station), known.where(_STATIONS.c.key == station)
    stations = {row.key for row in conn.execute(known) if is_shown(partner, row.network)}
    changes: dict[str, datetime] = {}
    for row in conn.execute(changed):
        changes[row.station] = max(row.changed_at, changes.get(row.station, row.changed_at))
    query = (
        select(_OBJECTS.c.id, _OBJECTS.c.network, _OBJECTS.c.object_id, _OBJECTS.c.last_updated)
        .where(_OBJECTS.c.module == "locations")
        .order_by(_OBJECTS.c.id)
    )
    if station is not None:
        query = query.where(_OBJECTS.c.network == network_of(station))
    found = ((row, _station(row.network, row.object_id)) for row in conn.execute(query))
    return [
        (row.id, key, max(row.last_updated, changes.get(key, row.last_updated)))
        for row, key in found
        if key in stations
    ]


def station_of(conn: Connection, evse: str) -> str | None:
    """The station of an EVSE."""
    station: str | None = conn.execute(select(_EVSES.c.station).where(_EVSES.c.key == evse)).scalar()
    return station


def load(conn: Connection, stations: Iterable[tuple[int, str, datetime]]) -> list[Shown]:
    """These stations as they are shown."""
    wanted = list(stations)
    documents = select(_OBJECTS).where(_OBJECTS.c.id.in_([each[0] for each in wanted]))
    rows = {row.id: row for row in conn.execute(documents)}
    query = (
        select(_EVSES.c.station, _EVSES.c.uid, _WORDS.c.status, _WORDS.c.changed_at)
        .join(_WORDS, _WORDS.c.evse == _EVSES.c.key)
        .where(_EVSES.c.station.in_([each[1] for each in wanted]))
    )
    statuses: dict[str, dict[str, tuple[str, datetime]]] = {}
    for row in conn.execute(query):
        statuses.setdefault(row.station, {})[row.uid.casefold()] = (row.status, row.changed_at)
    return [
        Shown(
            network=rows[key].network,
            location_id=str(document.get("id") or rows[key].object_id),
            version=rows[key].version,
            document=document,
            statuses=statuses.get(station, {}),
            last_updated=last_updated,
        )
        for key, station, last_updated in wanted
        if key in rows
        for document in [msgspec.json.decode(rows[key].document)]
    ]


def _station(network: str, location_id: str) -> str:
    return f"{network}*{location_id.replace('*', chr(0x2217))}"
