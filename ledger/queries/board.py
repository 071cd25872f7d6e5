"""The live board: every bay of a page of stations, what it is, what watches it, and what runs there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from ledger.database import table
from ledger.queries import bay_tiles
from ledger.queries.bay_tiles import BayTile, is_real
from ledger.queries.totals import BLOCKED, Totals, totals
from models import Bay, BayState, Network, Station

# So many bays of a station are shown beside others, and on a page of its own.
_OF_EACH, _OF_ONE = 60, 500


@dataclass(frozen=True, slots=True)
class StationCard:
    """One station with some of its bays; ``counts`` says how many of all are what, ``more`` how many are not here."""

    key: str
    name: str
    address: str
    network: str
    zone: str
    synthetic: bool
    bays: tuple[BayTile, ...]
    counts: Mapping[str, int]
    more: int = 0


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which stations: those whose name, address or city holds ``text``; only those with blocked bays if asked.

    ``station``: this one alone, whose bays then fill pages; else of each station the first ones are shown.
    """

    text: str = ""
    only_blocked: bool = False
    station: str = ""
    page: int = 1
    size: int = 20

    @property
    def bays(self) -> tuple[int, int]:
        """How many bays of a station are shown, and how many come before these."""
        return (_OF_ONE, (self.page - 1) * _OF_ONE) if self.station else (_OF_EACH, 0)


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board, with the numbers of all of it."""

    totals: Totals
    stations: tuple[StationCard, ...]
    has_more: bool


def load(conn: Connection, wanted: BoardFilter, now: datetime) -> Board:
    """The board in eight queries, however many bays there are."""
    rows = conn.execute(_stations(wanted)).all()
    page, keys = rows[: wanted.size], [row.key for row in rows[: wanted.size]]
    most, skip = wanted.bays
    bays = bay_tiles.load(conn, keys, now, BLOCKED if wanted.only_blocked else (), most, skip)
    counts = _counts(conn, keys)
    cards = tuple(_card(row, bays.get(row.key, []), counts.get(row.key, {}), wanted) for row in page)
    has_more = any(card.more for card in cards) if wanted.station else len(rows) > wanted.size
    return Board(totals(conn), cards, has_more)


def _card(row: Any, bays: list[BayTile], counts: Mapping[str, int], wanted: BoardFilter) -> StationCard:
    address = ", ".join(part for part in (row.address, row.city) if part)
    fitting = sum(count for name, count in counts.items() if not wanted.only_blocked or name in BLOCKED)
    more = max(0, fitting - wanted.bays[1] - len(bays))
    return StationCard(
        row.key, row.name, address, row.network_name, row.zone, bool(row.synthetic), tuple(bays), counts, more
    )


def _counts(conn: Connection, stations: list[str]) -> dict[str, dict[str, int]]:
    """Bays by station and condition."""
    bay, state = table(Bay), table(BayState)
    condition = func.coalesce(state.c.condition, "unknown")
    query = (
        select(bay.c.station, condition.label("condition"), func.count().label("bays"))
        .select_from(bay.outerjoin(state, state.c.bay == bay.c.id))
        .where(bay.c.station.in_(stations), is_real())
        .group_by(bay.c.station, condition)
        .order_by(condition)
    )
    out: dict[str, dict[str, int]] = {}
    for row in conn.execute(query):
        out.setdefault(row.station, {})[row.condition] = row.bays
    return out


def _stations(wanted: BoardFilter) -> Select[Any]:
    station, network, bay, state = table(Station), table(Network), table(Bay), table(BayState)
    query = (
        select(station, network.c.name.label("network_name"))
        .join(network, network.c.key == station.c.network)
        .order_by(func.lower(station.c.name), station.c.key)
        .offset(0 if wanted.station else (wanted.page - 1) * wanted.size)
        .limit(wanted.size + 1)
    )
    if wanted.station:
        query = query.where(station.c.key == wanted.station)
    if wanted.text:
        columns = (station.c.name, station.c.address, station.c.city)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    if wanted.only_blocked:
        blocked = select(bay.c.station).join(state, state.c.bay == bay.c.id).where(state.c.condition.in_(BLOCKED))
        query = query.where(station.c.key.in_(blocked))
    return query
