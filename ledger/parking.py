"""Parking places that a network describes (OCPI 2.3.0): bays and ties by themselves, where no owner has spoken.

What a network says anew holds from then on: a tie that it does not tell any more ends, and what happened under it stays
with its bay. A tie that is made and changed in one moment never held.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select

from enforcement.facts import evse_subject
from ledger import due, traits
from ledger.bay_rows import own_bays, put_bays
from ledger.database import Concern, Tx, insert, registry_changed, table
from models import Bay, BayEvse, EndedTie
from models.places import Trait

_TIES, _BAYS = table(BayEvse), table(Bay)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A parking place: the key of its bay, its name, the EVSEs that reach it by key, its time limit in minutes."""

    bay: str
    name: str
    evses: tuple[str, ...]
    time_limit_min: int | None = None


@dataclass(frozen=True, slots=True)
class _Tie:
    bay: str
    evse: str
    is_home: bool


def put_places(tx: Tx, station: str, places: Sequence[Place], evses: Iterable[str]) -> None:
    """Make the bays of a station's places and tie these EVSEs of it to them; what an owner tied stays as it is.

    Sessions of an EVSE that reaches several places belong to the first of them. One that reaches none any more has a
    bay of its own again.
    """
    places = _unowned(tx, places)
    free = sorted(set(evses) - {row.evse for row in _tied(tx, evses, by_owner=True)})
    wanted = _wanted(places, free)
    standing = {_Tie(row.bay, row.evse, bool(row.home)): row for row in _tied(tx, free, by_owner=False)}
    if wanted != standing.keys():
        _put_bays(tx, station, places, wanted)
        _end(tx, [row for tie, row in standing.items() if tie not in wanted])
        _begin(tx, [tie for tie in wanted if tie not in standing])
        bays = {place.bay for place in places} | {tie.bay for tie in (*wanted, *standing)}
        changed = Concern(frozenset(bays), frozenset(evse_subject(evse) for evse in free))
        registry_changed(tx, lambda _: changed)
    for place in places:
        if place.time_limit_min is not None:
            traits.hear(tx, place.bay, Trait.TIME_LIMIT, str(place.time_limit_min))


def _wanted(places: Sequence[Place], evses: Iterable[str]) -> Mapping[_Tie, None]:
    """The ties that the places make for these EVSEs, each once and in order."""
    out: dict[_Tie, None] = {}
    for evse in evses:
        reached = [place.bay for place in places if evse in place.evses]
        out.update({_Tie(bay, evse, bay == reached[0]): None for bay in reached} or {_Tie(evse, evse, True): None})
    return out


def _put_bays(tx: Tx, station: str, places: Sequence[Place], wanted: Iterable[_Tie]) -> None:
    reached = {tie.bay for tie in wanted}
    rows = [
        {"id": place.bay, "station": station, "name": place.name, "implicit": True}
        for place in places
        if place.bay in reached
    ]
    put_bays(tx, [*rows, *own_bays(tx, [tie.evse for tie in wanted if tie.bay == tie.evse])])


def _end(tx: Tx, rows: Sequence[Any]) -> None:
    bays = sorted({row.bay for row in rows})
    known_at = {row.id: row.known_at for row in tx.conn.execute(select(_BAYS).where(_BAYS.c.id.in_(bays)))}
    for row in rows:
        tx.conn.execute(delete(_TIES).where(_TIES.c.bay == row.bay, _TIES.c.evse == row.evse))
        if row.home and (row.since or known_at[row.bay]) != tx.now:
            ended = {"bay": row.bay, "evse": row.evse, "since": row.since, "until": tx.now}
            tx.conn.execute(insert(tx.conn, EndedTie).values(ended))
    due.look_again(tx, bays)


def _begin(tx: Tx, ties: Sequence[_Tie]) -> None:
    """Begin these ties. The first that is said of an EVSE holds for all that it ever said."""
    ended = table(EndedTie).c
    was_tied = set(tx.conn.execute(select(ended.evse).where(ended.evse.in_([tie.evse for tie in ties]))).scalars())
    rows = [
        {"bay": tie.bay, "evse": tie.evse, "home": tie.is_home, "since": tx.now if tie.evse in was_tied else None}
        for tie in ties
    ]
    if rows:
        tx.conn.execute(insert(tx.conn, BayEvse), rows)


def _unowned(tx: Tx, places: Sequence[Place]) -> list[Place]:
    """Those whose bays no owner has described."""
    query = select(_BAYS.c.id).where(_BAYS.c.id.in_([place.bay for place in places]), ~_BAYS.c.implicit)
    owned = set(tx.conn.execute(query).scalars())
    return [place for place in places if place.bay not in owned]


def _tied(tx: Tx, evses: Iterable[str], *, by_owner: bool) -> list[Any]:
    """The ties of these EVSEs to bays that an owner described, or to those that nobody did."""
    query = (
        select(_TIES)
        .join(_BAYS, _BAYS.c.id == _TIES.c.bay)
        .where(_TIES.c.evse.in_(sorted(set(evses))), _BAYS.c.implicit.is_(not by_owner))
    )
    return list(tx.conn.execute(query))
