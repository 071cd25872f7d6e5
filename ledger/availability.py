"""What EVSEs are, told to the partners that want to know: noted when it changes, in the transaction of the change."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from enforcement.availability import BayView, evse_status
from enforcement.evidence import Evidence
from enforcement.traces import PLUGGED, is_over
from ledger import partners, pushes
from ledger.database import Tx, table, upsert
from ledger.partners import ALL, KnownPartner
from models import BayEvse, BayState, Evse, EvseWord, OcpiObject, Station

_DECODE = msgspec.json.Decoder(Evidence).decode
# After so long a status is worth nothing; whoever was away fetches the locations.
_WORTH = timedelta(minutes=10)
# Databases take so many parameters in one statement, and no end of them.
_BATCH = 500
_EVSES, _WORDS, _STATIONS = table(Evse), table(EvseWord), table(Station)


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


def note(tx: Tx, bays: Collection[str]) -> None:
    """Note what the EVSEs at these bays are now, and tell the partners that want it of what changed."""
    wanting = _remembered(tx)
    if not wanting or not bays:
        return
    ties = table(BayEvse)
    query = select(ties.c.evse).where(ties.c.bay.in_(sorted(bays))).distinct()
    evses = sorted(tx.conn.execute(query).scalars())
    for evse, status in _changed(tx, evses).items():
        for partner in wanting:
            if is_shown(partner, _network(evse)):
                _tell(tx, partner, evse, status)


def note_all(tx: Tx) -> None:
    """Note what all EVSEs are, and tell nobody: who begins to want them fetches them."""
    evses = sorted(tx.conn.execute(select(_EVSES.c.key)).scalars())
    for start in range(0, len(evses), _BATCH):
        _changed(tx, evses[start : start + _BATCH])


def is_shown(partner: KnownPartner, network: str) -> bool:
    """Whether a partner wants to know of a network's EVSEs; of its own only if it asked for them."""
    wants = partner.settings.statuses
    return wants == ALL or (wants != partners.NONE and network not in partner.parties)


def shown(conn: Connection, partner: KnownPartner, station: str | None = None) -> list[tuple[int, str, datetime]]:
    """The stations that a partner may see, oldest first: the id of the object, the station and its last change.

    ``station``: this one only.
    """
    objects = table(OcpiObject)
    changes: dict[str, datetime] = {}
    changed = select(_EVSES.c.station, _WORDS.c.changed_at).join(_WORDS, _WORDS.c.evse == _EVSES.c.key)
    for row in conn.execute(changed if station is None else changed.where(_EVSES.c.station == station)):
        changes[row.station] = max(row.changed_at, changes.get(row.station, row.changed_at))
    query = (
        select(objects.c.id, objects.c.network, objects.c.object_id, objects.c.last_updated, _STATIONS.c.key)
        .join(_STATIONS, _STATIONS.c.network == objects.c.network)
        .where(objects.c.module == "locations", _STATIONS.c.synthetic.is_(partner.synthetic))
        .order_by(objects.c.id)
    )
    query = query if station is None else query.where(_STATIONS.c.key == station)
    return [
        (row.id, row.key, max(row.last_updated, changes.get(row.key, row.last_updated)))
        for row in conn.execute(query)
        if row.key == _station(row.network, row.object_id) and is_shown(partner, row.network)
    ]


def station_of(conn: Connection, evse: str) -> str | None:
    """The station of an EVSE."""
    station: str | None = conn.execute(select(_EVSES.c.station).where(_EVSES.c.key == evse)).scalar()
    return station


def load(conn: Connection, stations: Iterable[tuple[int, str, datetime]]) -> list[Shown]:
    """These stations as they are shown."""
    wanted = list(stations)
    objects = table(OcpiObject)
    rows = {row.id: row for row in conn.execute(select(objects).where(objects.c.id.in_([each[0] for each in wanted])))}
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


def _changed(tx: Tx, evses: list[str]) -> dict[str, str]:
    """Which of these EVSEs are no longer what was last noted, and what they are; noted from now on."""
    now = _statuses(tx.conn, evses)
    query = select(_WORDS.c.evse, _WORDS.c.status).where(_WORDS.c.evse.in_(evses))
    before = {row.evse: row.status for row in tx.conn.execute(query)}
    changed = {evse: status for evse, status in now.items() if before.get(evse) != status}
    rows = [{"evse": evse, "status": status, "changed_at": tx.now} for evse, status in sorted(changed.items())]
    upsert(tx.conn, EvseWord, ["evse"], rows)
    return changed


def _statuses(conn: Connection, evses: list[str]) -> dict[str, str]:
    ties, states = table(BayEvse), table(BayState)
    query = (
        select(ties.c.evse, states.c.condition, states.c.reason, states.c.evidence)
        .join(states, states.c.bay == ties.c.bay)
        .where(ties.c.evse.in_(evses))
    )
    bays: dict[str, list[BayView]] = {}
    for row in conn.execute(query):
        bays.setdefault(row.evse, []).append(BayView(row.condition, _in_session(row.evidence), row.reason))
    said = select(_EVSES.c.key, _EVSES.c.status).where(_EVSES.c.key.in_(evses))
    return {row.key: evse_status(row.key, row.status, bays.get(row.key, ())) for row in conn.execute(said)}


def _in_session(evidence: str) -> frozenset[str]:
    sessions = _DECODE(evidence).sessions.values() if evidence else ()
    return frozenset(s.evse for s in sessions if not is_over(s) and s.status in PLUGGED)


def _tell(tx: Tx, partner: KnownPartner, evse: str, status: str) -> None:
    push = pushes.OutgoingPush(
        identity=f"status:{partner.id}:{evse}",
        kind=pushes.STATUS,
        subject=evse,
        chain=f"status:{evse}",
        partner=partner.id,
        document=status,
        not_after=tx.now + _WORTH,
    )
    pushes.enqueue(tx, push, replaces=True)


def _remembered(tx: Tx) -> list[KnownPartner]:
    """The partners that want statuses, read once while the registry stands; their settings are part of it."""
    if tx.memory.wanting is None:
        found = [p for p in partners.known(tx.conn) if p.is_registered and p.settings.statuses != partners.NONE]
        tx.memory.wanting = found
    wanting: list[KnownPartner] = tx.memory.wanting
    return wanting


def _network(evse: str) -> str:
    return "*".join(evse.split("*")[:2])


def _station(network: str, location_id: str) -> str:
    return f"{network}*{location_id.replace('*', chr(0x2217))}"
