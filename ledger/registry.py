"""Networks, stations, EVSEs, bays and sensors, and how they are tied. What changes a tie makes its bays due."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection, bindparam, select

from calendars import calendar_of
from enforcement.facts import evse_subject
from enforcement.rules.shipped import place_of_law
from enforcement.taxes import region_of
from ledger import traits
from ledger.bay_rows import own_bays, put_bays
from ledger.bay_ties import BayTie, tie_evses
from ledger.database import Concern, Tx, insert, registry_changed, table, upsert
from ledger.sensor_ties import tie_sensors
from ledger.statements import Statement, among
from models import Bay, BayEvse, Evse, Network, Station
from models.places import Trait


@dataclass(frozen=True, slots=True, kw_only=True)
class StationFields:
    """What is kept of an OCPI Location; of its ``state`` (or province) only what follows from it."""

    key: str
    network: str
    location_id: str
    name: str
    zone: str
    address: str = ""
    city: str = ""
    country: str = ""
    state: str = ""
    latitude: str | None = None
    longitude: str | None = None
    synthetic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvseFields:
    """What is kept of an OCPI EVSE."""

    key: str
    station: str
    uid: str
    evse_id: str | None = None
    physical_reference: str | None = None
    status: str = "UNKNOWN"
    status_at: datetime | None = None
    power_class: str | None = None
    restrictions: str | None = None


class TieError(ValueError):
    """A tie that can't be: it names a station, or a network, that is not known."""


def upsert_network(
    tx: Tx, key: str, country_code: str, party_id: str, name: str, *, synthetic: bool = False, habits: str = "{}"
) -> None:
    """Make a network known; its habits are kept if it is known already."""
    networks = table(Network)
    known = tx.conn.execute(select(networks).where(networks.c.key == key)).one_or_none()
    if known is not None and (known.name, bool(known.synthetic)) == (name, synthetic):
        return
    row = {"key": key, "country_code": country_code, "party_id": party_id, "name": name, "habits": habits}
    upsert(tx.conn, Network, ["key"], [{**row, "synthetic": synthetic}], "habits")
    registry_changed(tx)


def put_station(tx: Tx, fields: StationFields) -> None:
    """Make a station known or change it."""
    stations = table(Station)
    known = tx.conn.execute(select(stations).where(stations.c.key == fields.key)).mappings().one_or_none()
    row = asdict(fields)
    state = row.pop("state")
    if known is None or dict(known) != row:
        upsert(tx.conn, Station, ["key"], [row])
        registry_changed(tx, partial(_bays_at, fields.key))
    traits.hear(tx, fields.key, Trait.TAX_REGION, region_of(fields.country, state))
    traits.hear(tx, fields.key, Trait.CALENDAR, calendar_of(fields.country, state))
    traits.hear(tx, fields.key, Trait.LAW, place_of_law(fields.country, state))


def _bays_at(station: str, conn: Connection) -> Concern:
    """Those whose station it is; which bays these are stays as it was."""
    return Concern(frozenset(row.id for row in _BAYS_OF.all(conn, {"station": station})), sites=False)


def put_evse(tx: Tx, fields: EvseFields) -> None:
    """Make an EVSE known or change it. One that nobody has tied to a bay gets an implicit bay of its own.

    Its state is the newest that was stated, as in its facts, however new all else is.
    """
    row = asdict(fields)
    power_class, restrictions = row.pop("power_class"), row.pop("restrictions")
    known = _STATED.first(tx.conn, {"evse": fields.key})
    if known and known.status_at and fields.status_at and known.status_at > fields.status_at:
        row |= {"status": known.status, "status_at": known.status_at}
    upsert(tx.conn, Evse, ["key"], [row])
    traits.hear(tx, fields.key, Trait.POWER_CLASS, power_class)
    traits.hear(tx, fields.key, Trait.RESTRICTIONS, restrictions)
    ties = table(BayEvse)
    if tx.conn.execute(select(ties.c.bay).where(ties.c.evse == fields.key).limit(1)).first() is None:
        put_bays(tx, own_bays(tx, [fields.key]))
        tx.conn.execute(insert(tx.conn, BayEvse).values(bay=fields.key, evse=fields.key, home=True))
        made = Concern(frozenset({fields.key}), frozenset({evse_subject(fields.key)}))
        registry_changed(tx, lambda _: made)


def import_bays(tx: Tx, ties: Sequence[BayTie]) -> None:
    """Tie bays as their owner describes them; what was said of the same bays before is replaced.

    Raises :class:`TieError` if a station is not known; then nothing is changed.
    """
    named = {tie.station for tie in ties}
    unknown = sorted(named - {row.key for row in _STATIONS.all(tx.conn, {"stations": sorted(named)})})
    if unknown:
        raise TieError(f"unknown stations (connect their network first): {', '.join(unknown)}")
    rows = [{"id": tie.bay, "station": tie.station, "name": tie.name, "implicit": False} for tie in ties]
    put_bays(tx, rows)
    changed = tie_evses(tx, ties) | tie_sensors(tx, ties)
    registry_changed(tx, lambda _: changed)


_BAYS_OF = Statement(lambda _: select(table(Bay).c.id).where(table(Bay).c.station == bindparam("station")))
_STATED = Statement(
    lambda _: select(table(Evse).c.status, table(Evse).c.status_at).where(table(Evse).c.key == bindparam("evse"))
)
_STATIONS = Statement(
    lambda dialect: select(table(Station).c.key).where(among(dialect, table(Station).c.key, "stations"))
)
