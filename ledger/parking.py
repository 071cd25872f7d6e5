"""Parking places that a network describes (OCPI 2.3.0): bays and ties by themselves, where no owner has spoken."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from ledger import traits
from ledger.database import Tx, insert, registry_changed, table
from ledger.registry import end_implicit, put_bays
from models import Bay, BayEvse
from models.places import Trait


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A parking place: the key of its bay, its name, the EVSEs that reach it by key, its time limit in minutes."""

    bay: str
    name: str
    evses: tuple[str, ...]
    time_limit_min: int | None = None


def put_places(tx: Tx, station: str, places: Sequence[Place]) -> None:
    """Make the bays of a station's places and tie its EVSEs to them; what an owner tied stays as it is.

    Sessions of an EVSE that reaches several places belong to the first of them.
    """
    places = _unowned(tx, places)
    owned = _tied(tx, {evse for place in places for evse in place.evses}, by_owner=True)
    taken = {evse for _, evse, _ in owned}
    wanted: list[tuple[str, str, bool]] = []
    homes: set[str] = set()
    for place in places:
        for evse in dict.fromkeys(place.evses):
            if evse not in taken:
                wanted.append((place.bay, evse, evse not in homes))
                homes.add(evse)
    if sorted(wanted) != sorted(_tied(tx, homes, by_owner=False)):
        bays = {bay for bay, _, _ in wanted}
        put_bays(tx, [
            {"id": place.bay, "station": station, "name": place.name, "implicit": True}
            for place in places if place.bay in bays
        ])  # fmt: skip
        for evse in sorted(homes):
            end_implicit(tx, evse)
        rows = [{"bay": bay, "evse": evse, "home": is_home} for bay, evse, is_home in wanted]
        tx.conn.execute(insert(tx.conn, BayEvse), rows)
        registry_changed(tx)
    for place in places:
        if place.time_limit_min is not None:
            traits.hear(tx, place.bay, Trait.TIME_LIMIT, str(place.time_limit_min))


def _unowned(tx: Tx, places: Sequence[Place]) -> list[Place]:
    """Those whose bays no owner has described."""
    bays = table(Bay).c
    query = select(bays.id).where(bays.id.in_([place.bay for place in places]), ~bays.implicit)
    owned = set(tx.conn.execute(query).scalars())
    return [place for place in places if place.bay not in owned]


def _tied(tx: Tx, evses: Iterable[str], *, by_owner: bool) -> list[tuple[str, str, bool]]:
    """The ties of these EVSEs to bays that an owner described, or to those that nobody did."""
    ties, bays = table(BayEvse).c, table(Bay).c
    query = (
        select(ties.bay, ties.evse, ties.home)
        .join(table(Bay), bays.id == ties.bay)
        .where(ties.evse.in_(sorted(evses)), bays.implicit.is_(not by_owner))
    )
    return [(row.bay, row.evse, bool(row.home)) for row in tx.conn.execute(query)]
