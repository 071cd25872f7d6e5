"""Many bays at once, and what sensors and their network say of them, as facts: for measures without doors."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TypeVar

from benchmarks.places import NETWORK, POLICY, empty_database, make_ledger
from commands.beginning import collect_seldom
from enforcement.facts import (
    AnyFact,
    NetworkHeard,
    OccupancyRead,
    Period,
    SessionUpdated,
    evse_subject,
    network_subject,
    sensor_subject,
)
from ledger import policies, registry
from ledger.assess import assess_due
from ledger.database import Ledger, table
from ledger.record import record
from models import Bay, BayEvse, BaySensor, BayState, Evse

BATCH = 500
_T = TypeVar("_T")
_A_STATION = 50
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)


@contextmanager
def fleet(url: str, bays: int, now: datetime) -> Iterator[Ledger]:
    """A ledger on a fresh database with so many bays: each has an EVSE and a sensor, all under one policy.

    This process then is as those that keep running are.

    Rows are written at once where the registry would take seconds for each thousand.
    """
    collect_seldom()
    ledger = make_ledger(url)
    empty_database(ledger)
    register_stations(ledger, bays, now)
    for numbers in _batches(range(bays)):
        with ledger.write(now) as tx:
            for model, rows in _rows(numbers, now).items():
                tx.conn.execute(table(model).insert(), rows)
    while assess_due(ledger, now):
        pass
    try:
        yield ledger
    finally:
        ledger.close()


def record_all(ledger: Ledger, facts: Iterable[AnyFact], now: datetime, size: int = BATCH) -> tuple[float, float]:
    """Record and assess in batches, each committed. Gives seconds that passed, and CPU seconds of this process."""
    took, cpu = -time.perf_counter(), -time.process_time()
    for some in _batches(facts, size):
        with ledger.write(now) as tx:
            record(tx, some)
    return took + time.perf_counter(), cpu + time.process_time()


def reads(bays: Sequence[int], at: datetime, *, occupied: bool, edge: bool = True) -> Iterator[OccupancyRead]:
    """What the sensors of these bays say at a moment."""
    for bay in bays:
        yield OccupancyRead(
            at=at, seen_at=at, source="bench", source_id=f"{bay}:{at.timestamp()}:{edge}",
            subject=sensor_subject(f"s{bay}"), occupied=occupied, edge=edge,
        )  # fmt: skip


def updates(
    bays: Sequence[int],
    began: datetime,
    at: datetime,
    energy_wh: int,
    parking: Sequence[datetime] = (),
    *,
    is_over: bool = False,
) -> Iterator[SessionUpdated]:
    """What the network says of the sessions in these bays; ``parking``: when they were done charging."""
    for bay in bays:
        yield SessionUpdated(
            at=at, seen_at=at, source=f"ocpi:{NETWORK}",
            source_id=f"session:S{bay}:{began.timestamp()}:{at.timestamp()}",
            subject=evse_subject(evse_of(bay)), session=f"{NETWORK}*S{bay}*{began.timestamp()}", token=f"t{bay}",
            status="COMPLETED" if is_over else "ACTIVE", started_at=began, ended_at=at if is_over else None,
            energy_wh=energy_wh,
            periods=tuple(Period(start=start, parking=True) for start in parking),
        )  # fmt: skip


def heard(at: datetime) -> NetworkHeard:
    """The network's feed is alive."""
    return NetworkHeard(
        at=at, seen_at=at, source=f"ocpi:{NETWORK}", source_id=f"heard:{at.timestamp()}",
        subject=network_subject(NETWORK),
    )  # fmt: skip


def evse_of(bay: int) -> str:
    """The EVSE of a bay."""
    return f"{station_of(bay)}*{bay}"


def minutes(count: float) -> timedelta:
    """So many."""
    return timedelta(minutes=count)


def _batches(items: Iterable[_T], size: int = BATCH) -> Iterator[list[_T]]:
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def station_of(bay: int, a_station: int = _A_STATION) -> str:
    """The station of a bay, where each has so many."""
    return f"{NETWORK}*l{bay // a_station}"


def register_stations(ledger: Ledger, bays: int, now: datetime, a_station: int = _A_STATION) -> None:
    """A network with stations for so many bays, and the policy."""
    with ledger.write(now) as tx:
        policies.publish(tx, POLICY.read_text(encoding="utf-8"))
        registry.upsert_network(tx, NETWORK, "CA", "BEN", "Bench")
        for number in range(0, bays, a_station):
            key = station_of(number, a_station)
            fields = registry.StationFields(key=key, network=NETWORK, location_id=str(number), name="Lot", zone="UTC")
            registry.put_station(tx, fields)


def _rows(numbers: Sequence[int], now: datetime) -> dict[type, list[dict[str, object]]]:
    names = [(number, f"bay-{number}", evse_of(number), station_of(number)) for number in numbers]
    return {
        Evse: [{"key": evse, "station": station, "uid": str(number)} for number, _, evse, station in names],
        Bay: [
            {"id": bay, "station": station, "name": bay, "implicit": False, "known_at": now}
            for _, bay, _, station in names
        ],
        BayState: [{"bay": bay, "stale": True, "due_at": now} for _, bay, _, _ in names],
        BayEvse: [{"bay": bay, "evse": evse, "home": True} for _, bay, evse, _ in names],
        BaySensor: [
            {"bay": bay, "sensor": f"s{number}", "since": _ALWAYS, "until": None} for number, bay, _, _ in names
        ],
    }
