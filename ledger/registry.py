"""Networks, stations, EVSEs, bays and sensors, and how they are tied. What changes a tie makes its bays due."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import delete, select, update

from calendars import calendar_of
from enforcement.rules.shipped import place_of_law
from enforcement.setting import Settlement
from enforcement.taxes import region_of
from ledger import traits
from ledger.database import Tx, insert, registry_changed, table, upsert
from models import Bay, BayEvse, BaySensor, BayState, EndedTie, Evse, Network, Station
from models.places import Trait

# A sensor's first tie holds for all that it ever said: the owner only now says where it always lay.
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class BayTie:
    """A bay as its owner describes it: the EVSEs that reach it and the sensors in it, by key."""

    bay: str
    station: str
    name: str
    evses: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()


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


def set_settlement(tx: Tx, network: str, mode: Settlement) -> None:
    """Say who collects the fees at a network's stations, from now on. Raises :class:`TieError` for an unknown one."""
    change_habits(tx, network, settlement=mode)


def change_habits(tx: Tx, network: str, **changes: object) -> None:
    """Change some of a network's habits, by their names in its JSON. Raises :class:`TieError` for an unknown one."""
    networks = table(Network)
    habits = tx.conn.execute(select(networks.c.habits).where(networks.c.key == network).with_for_update()).scalar()
    if habits is None:
        raise TieError(f"there is no network {network!r}")
    changed = json.dumps({**json.loads(habits), **changes})
    tx.conn.execute(update(networks).where(networks.c.key == network).values(habits=changed))
    registry_changed(tx)


def put_station(tx: Tx, fields: StationFields) -> None:
    """Make a station known or change it."""
    stations = table(Station)
    known = tx.conn.execute(select(stations).where(stations.c.key == fields.key)).mappings().one_or_none()
    row = asdict(fields)
    state = row.pop("state")
    if known is None or dict(known) != row:
        upsert(tx.conn, Station, ["key"], [row])
        registry_changed(tx)
    traits.hear(tx, fields.key, Trait.TAX_REGION, region_of(fields.country, state))
    traits.hear(tx, fields.key, Trait.CALENDAR, calendar_of(fields.country, state))
    traits.hear(tx, fields.key, Trait.LAW, place_of_law(fields.country, state))


def put_evse(tx: Tx, fields: EvseFields) -> None:
    """Make an EVSE known or change it. One that nobody has tied to a bay gets an implicit bay of its own."""
    row = asdict(fields)
    power_class, restrictions = row.pop("power_class"), row.pop("restrictions")
    upsert(tx.conn, Evse, ["key"], [row])
    traits.hear(tx, fields.key, Trait.POWER_CLASS, power_class)
    traits.hear(tx, fields.key, Trait.RESTRICTIONS, restrictions)
    ties = table(BayEvse)
    if tx.conn.execute(select(ties.c.bay).where(ties.c.evse == fields.key).limit(1)).first() is None:
        put_bays(tx, own_bays(tx, [fields.key]))
        tx.conn.execute(insert(tx.conn, BayEvse).values(bay=fields.key, evse=fields.key, home=True))
        registry_changed(tx)


def own_bays(tx: Tx, evses: Sequence[str]) -> list[dict[str, object]]:
    """The rows of the implicit bays that EVSEs have of their own."""
    evse = table(Evse).c
    return [
        {
            "id": row.key,
            "station": row.station,
            "name": row.physical_reference or row.evse_id or row.uid,
            "implicit": True,
        }
        for row in tx.conn.execute(select(table(Evse)).where(evse.key.in_(evses)).order_by(evse.key))
    ]


def import_bays(tx: Tx, ties: Sequence[BayTie]) -> None:
    """Tie bays as their owner describes them; what was said of the same bays before is replaced.

    Raises :class:`TieError` if a station is not known; then nothing is changed.
    """
    known = set(tx.conn.execute(select(table(Station).c.key)).scalars())
    unknown = sorted({tie.station for tie in ties} - known)
    if unknown:
        raise TieError(f"unknown stations (connect their network first): {', '.join(unknown)}")
    rows = [{"id": tie.bay, "station": tie.station, "name": tie.name, "implicit": False} for tie in ties]
    put_bays(tx, rows)
    for tie in ties:
        _tie_evses(tx, tie)
        _tie_sensors(tx, tie)
    registry_changed(tx)


def put_bays(tx: Tx, rows: Sequence[Mapping[str, object]]) -> None:
    """Make bays known, or change them; they are folded anew."""
    upsert(tx.conn, Bay, ["id"], [{**row, "known_at": tx.now} for row in rows], "known_at")
    states = [{"bay": row["id"], "stale": True, "due_at": tx.now} for row in rows]
    if states:
        statement = insert(tx.conn, BayState)
        again = {"stale": True, "due_at": statement.excluded.due_at}
        defaults = {"evidence": "", "condition": "unknown", "reason": "no_sensor_word"}
        statement = statement.on_conflict_do_update(index_elements=["bay"], set_=again)
        tx.conn.execute(statement, [{**defaults, **state} for state in states])


def _tie_evses(tx: Tx, tie: BayTie) -> None:
    """The first bay that an EVSE is tied to is the home of its sessions; implicit bays of tied EVSEs end."""
    ties = table(BayEvse)
    tx.conn.execute(delete(ties).where(ties.c.bay == tie.bay))
    for evse in tie.evses:
        end_implicit(tx, evse)
        has_home = tx.conn.execute(select(ties.c.bay).where((ties.c.evse == evse) & ties.c.home).limit(1)).first()
        tx.conn.execute(ties.insert().values(bay=tie.bay, evse=evse, home=has_home is None))


def end_implicit(tx: Tx, evse: str) -> None:
    """Implicit bays lose their EVSE, as if it had never been there: an owner corrects what a network said.

    Their rows stay, since stays may refer to them, and boards leave them out.
    """
    bays, ties, past, states = table(Bay).c, table(BayEvse), table(EndedTie), table(BayState)
    query = select(ties.c.bay).join(table(Bay), bays.id == ties.c.bay).where(ties.c.evse == evse, bays.implicit)
    ended = list(tx.conn.execute(query.union(select(past.c.bay).where(past.c.evse == evse))).scalars())
    if ended:
        tx.conn.execute(delete(ties).where(ties.c.evse == evse, ties.c.bay.in_(ended)))
        tx.conn.execute(delete(past).where(past.c.evse == evse))
        tx.conn.execute(update(states).where(states.c.bay.in_(ended)).values(stale=True, due_at=tx.now))


def _tie_sensors(tx: Tx, tie: BayTie) -> None:
    """A sensor that moves from one bay to another does so now: what it said before stays with the old bay."""
    ties = table(BaySensor)
    concerned = (ties.c.bay == tie.bay) | ties.c.sensor.in_(tie.sensors)
    current = {row.sensor: row for row in tx.conn.execute(select(ties).where(ties.c.until.is_(None) & concerned))}
    here = {sensor for sensor, row in current.items() if row.bay == tie.bay}
    _end_ties(tx, [current[sensor] for sensor in sorted(here - set(tie.sensors))])
    for sensor in tie.sensors:
        if sensor in here:
            continue
        before = current.get(sensor)
        if before is not None:
            _end_ties(tx, [before])
        was_tied = tx.conn.execute(select(ties.c.id).where(ties.c.sensor == sensor).limit(1)).first() is not None
        since = tx.now if was_tied else _ALWAYS
        tx.conn.execute(ties.insert().values(bay=tie.bay, sensor=sensor, since=since, until=None))


def _end_ties(tx: Tx, rows: Iterable[object]) -> None:
    ties, states = table(BaySensor), table(BayState)
    for row in rows:
        tx.conn.execute(update(ties).where(ties.c.id == row.id).values(until=tx.now))  # type: ignore[attr-defined]
        moved = states.c.bay == row.bay  # type: ignore[attr-defined]
        tx.conn.execute(update(states).where(moved).values(stale=True, due_at=tx.now))
