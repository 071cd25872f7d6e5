"""A lot for tests of the ledger: bays of two networks at one place, facts by the minute, and what stands in the end."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from sqlalchemy import select, update

from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    NetworkHeard,
    OccupancyRead,
    Period,
    SessionUpdated,
    evse_subject,
    network_subject,
    sensor_subject,
)
from enforcement.violations import State
from ledger import policies
from ledger.assess import assess_due
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.record import record
from ledger.registry import EvseFields, StationFields, import_bays, put_evse, put_station, upsert_network
from models import BayState, ViolationRow
from tests.conftest import minutes

NETWORKS = {"ca*abc": "Abc", "ca*xyz": "Xyz"}
STATION, OTHER_STATION = "ca*abc*l1", "ca*xyz*l9"
# Bay, station, EVSE: three bays of one network and one of another one across the drive.
BAYS = {
    "a1": (STATION, "ca*abc*l1*e1"),
    "a2": (STATION, "ca*abc*l1*e2"),
    "a3": (STATION, "ca*abc*l1*e3"),
    "x1": (OTHER_STATION, "ca*xyz*l9*e1"),
}
ANNA, BEN, CARL = "a" * 64, "b" * 64, "c" * 64

HEAD = """
id = "test"
version = 1
title = "Test"
effective_from = 2020-01-01T00:00:00Z
currency = "CAD"
"""


def build(ledger: Ledger, *documents: str, sensors: bool = True) -> None:
    """Publish these policies and tie the lot's bays, long before noon."""
    with ledger.write(minutes(-5000)) as tx:
        for document in documents:
            policies.publish(tx, document)
        for key, name in NETWORKS.items():
            upsert_network(tx, key, "CA", name.upper(), name)
        for station in (STATION, OTHER_STATION):
            network, location = station.rsplit("*", 1)
            zone = "America/Toronto"
            put_station(tx, StationFields(key=station, network=network, location_id=location, name="Lot", zone=zone))
        for station, evse in BAYS.values():
            put_evse(tx, EvseFields(key=evse, station=station, uid=evse.rsplit("*", 1)[1]))
        ties = [
            BayTie(bay=bay, station=station, name=bay, evses=(evse,), sensors=(f"s-{bay}",) if sensors else ())
            for bay, (station, evse) in BAYS.items()
        ]
        import_bays(tx, ties)


def seen(bay: str, at: float, occupied: bool, *, late: float = 0) -> OccupancyRead:
    """The bay's sensor sees a change."""
    return OccupancyRead(
        at=minutes(at),
        seen_at=minutes(at + late),
        source="mqtt",
        source_id=f"{bay}:{at}",
        subject=sensor_subject(f"s-{bay}"),
        occupied=occupied,
        edge=True,
    )


def charger(bay: str, at: float, status: str) -> ChargerStatusSeen:
    """The network tells what state the bay's EVSE is in."""
    return ChargerStatusSeen(
        at=minutes(at),
        seen_at=minutes(at),
        source="ocpi",
        source_id=f"{bay}:{at}:{status}",
        subject=evse_subject(BAYS[bay][1]),
        status=status,
    )


def said(bay: str, at: float, name: str, token: str, **what: object) -> SessionUpdated:
    """The network tells of a session in the bay."""
    station, evse = BAYS[bay]
    common = {"at": minutes(at), "seen_at": minutes(at), "source": "ocpi", "subject": evse_subject(evse)}
    session = f"{station.rsplit('*', 1)[0]}*{name}"
    return SessionUpdated(**common, source_id=f"{name}:{at}", session=session, token=token, **what)  # type: ignore[arg-type]


def stays(bay: str, name: str, token: str, plug: float, done: float, unplug: float) -> list[AnyFact]:
    """A whole stay: arrives and plugs in, is done charging, unplugs and leaves."""
    return [
        seen(bay, plug, True),
        said(bay, plug, name, token, status="ACTIVE", started_at=minutes(plug), energy_wh=0),
        said(bay, done, name, token, energy_wh=9000, periods=(Period(start=minutes(done), parking=True),)),
        said(bay, unplug, name, token, status="COMPLETED", ended_at=minutes(unplug)),
        seen(bay, unplug, False),
    ]


def free_from(at: float) -> list[AnyFact]:
    """All bays are seen free."""
    return [seen(bay, at, False) for bay in BAYS]


def heard(first: float, last: float, every: int = 5) -> list[AnyFact]:
    """Both networks are heard every so many minutes."""
    return [
        NetworkHeard(
            at=minutes(at),
            seen_at=minutes(at),
            source=network,
            source_id=f"h:{at}",
            subject=network_subject(network),
        )
        for network in NETWORKS
        for at in range(int(first), int(last), every)
    ]


def play(ledger: Ledger, facts: Iterable[AnyFact], until: float) -> None:
    """Record the facts of each moment when they reach us, and look at bays when they are due."""
    in_order = sorted(facts, key=lambda fact: (fact.seen_at, fact.source, fact.source_id))
    for moment, told in groupby(in_order, lambda fact: fact.seen_at):
        look(ledger, moment)
        with ledger.write(moment) as tx:
            record(tx, list(told))
    look(ledger, minutes(until))


def pour(ledger: Ledger, facts: Sequence[AnyFact], at: float) -> None:
    """Record all facts at one late moment, in the order given, one transaction each."""
    for fact in facts:
        with ledger.write(minutes(at)) as tx:
            record(tx, [fact])
    look(ledger, minutes(at))


def look(ledger: Ledger, now: object) -> None:
    """Assess what is due until nothing is."""
    while assess_due(ledger, now):  # type: ignore[arg-type]
        pass


def look_at_all(ledger: Ledger, at: float) -> None:
    """Assess every bay."""
    with ledger.write(minutes(at)) as tx:
        tx.conn.execute(update(table(BayState)).values(due_at=tx.now))
    look(ledger, minutes(at))


def fees(ledger: Ledger) -> dict[str, int]:
    """What each violation costs, in cents before taxes; what broke nothing is left out."""
    rows = table(ViolationRow)
    with ledger.read() as conn:
        return {row.key: row.fee_minor for row in conn.execute(select(rows)) if row.state is not State.CLEARED}


def states(ledger: Ledger) -> dict[str, tuple[str, str]]:
    """Each violation's state and reason."""
    rows = table(ViolationRow)
    with ledger.read() as conn:
        return {row.key: (row.state.value, row.reason) for row in conn.execute(select(rows))}
