"""The live board: every bay of a page of stations, what it is, what watches it, and what runs there."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select

from enforcement.violations import State
from ledger.database import table
from ledger.queries import bay_tiles
from ledger.queries.bay_tiles import BayTile, is_real
from models import Bay, BayState, Network, Station, ViolationRow

# A vehicle stands there and does not charge.
BLOCKED = ("idle", "overstaying", "unplugged")


@dataclass(frozen=True, slots=True)
class StationCard:
    """One station with its bays; ``counts`` says how many of them are what."""

    key: str
    name: str
    address: str
    network: str
    zone: str
    synthetic: bool
    bays: tuple[BayTile, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Bays by condition."""
        out: dict[str, int] = {}
        for bay in self.bays:
            out[bay.condition] = out.get(bay.condition, 0) + 1
        return out


@dataclass(frozen=True, slots=True)
class Totals:
    """The whole town in numbers: bays by condition, violations that run and what they cost so far by currency."""

    conditions: dict[str, int]
    running: int
    fees_minor: dict[str, int]

    @property
    def bays(self) -> int:
        """All bays."""
        return sum(self.conditions.values())

    @property
    def blocked(self) -> int:
        """Bays with a vehicle that does not charge."""
        return sum(self.conditions.get(condition, 0) for condition in BLOCKED)


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """Which stations: those whose name, address or city holds ``text``; only those with blocked bays if asked."""

    text: str = ""
    only_blocked: bool = False
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True)
class Board:
    """A page of the board, with the numbers of all of it."""

    totals: Totals
    stations: tuple[StationCard, ...]
    has_more: bool


def load(conn: Connection, wanted: BoardFilter, now: datetime) -> Board:
    """The board in seven queries, however many bays there are."""
    rows = conn.execute(_stations(wanted)).all()
    page = rows[: wanted.size]
    bays = bay_tiles.load(conn, [row.key for row in page], now)
    cards = tuple(_card(row, bays.get(row.key, [])) for row in page)
    return Board(_totals(conn), cards, has_more=len(rows) > wanted.size)


def _card(row: Any, bays: list[BayTile]) -> StationCard:
    address = ", ".join(part for part in (row.address, row.city) if part)
    return StationCard(row.key, row.name, address, row.network_name, row.zone, bool(row.synthetic), tuple(bays))


def _stations(wanted: BoardFilter) -> Select[Any]:
    station, network, bay, state = table(Station), table(Network), table(Bay), table(BayState)
    query = (
        select(station, network.c.name.label("network_name"))
        .join(network, network.c.key == station.c.network)
        .order_by(func.lower(station.c.name), station.c.key)
        .offset((wanted.page - 1) * wanted.size)
        .limit(wanted.size + 1)
    )
    if wanted.text:
        columns = (station.c.name, station.c.address, station.c.city)
        query = query.where(or_(*(column.icontains(wanted.text, autoescape=True) for column in columns)))
    if wanted.only_blocked:
        blocked = select(bay.c.station).join(state, state.c.bay == bay.c.id).where(state.c.condition.in_(BLOCKED))
        query = query.where(station.c.key.in_(blocked))
    return query


def _totals(conn: Connection) -> Totals:
    bay, state, violation = table(Bay), table(BayState), table(ViolationRow)
    condition = func.coalesce(state.c.condition, "unknown")
    conditions = (
        select(condition, func.count())
        .select_from(bay.outerjoin(state, state.c.bay == bay.c.id))
        .where(is_real())
        .group_by(condition)
    )
    fees = (
        select(violation.c.currency, func.count(), func.sum(violation.c.fee_minor + violation.c.tax_minor))
        .where(violation.c.state == State.RUNNING)
        .group_by(violation.c.currency)
    ).order_by(violation.c.currency)
    running = conn.execute(fees).all()
    return Totals(
        conditions={row[0]: row[1] for row in conn.execute(conditions)},
        running=sum(row[1] for row in running),
        fees_minor={row[0]: int(row[2]) for row in running},
    )
