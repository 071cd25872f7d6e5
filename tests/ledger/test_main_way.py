"""Record, due, assess: from facts to violations, postings and messages, on both databases."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import select

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
from enforcement.violations import State
from ledger import policies, rebuild
from ledger.assess import assess_due
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.drivers import add_driver
from ledger.record import record
from ledger.registry import EvseFields, StationFields, import_bays, put_evse, put_station, upsert_network
from models import BayState, Entry, Message, Posting, StayRow, ViolationRow, ViolationStep
from tests.conftest import NOON, minutes

POLICY = """
id = "test"
version = 1
title = "Test"
effective_from = 2020-01-01T00:00:00Z
currency = "CAD"
[[clause]]
kind = "unplugged"
grace = "5m"
rate = "1.00"
per = "1m"
[[clause]]
kind = "idle"
grace = "10m"
rate = "0.40"
per = "1m"
[[clause]]
kind = "overstaying"
grace = "10m"
rate = "0.50"
per = "1m"
[[tax]]
name = "GST"
percent = "5"
[[tax]]
name = "QST"
percent = "9.975"
"""
NETWORK, STATION, EVSE = "ca*abc", "ca*abc*l1", "ca*abc*l1*e1"
TOKEN = "t" * 64


@pytest.fixture
def town(ledger: Ledger) -> Ledger:
    """One station with one bay, one EVSE, one sensor and a driver."""
    with ledger.write(minutes(-1000)) as tx:
        policies.publish(tx, POLICY)
        upsert_network(tx, NETWORK, "CA", "ABC", "Abc")
        put_station(
            tx, StationFields(key=STATION, network=NETWORK, location_id="L1", name="Lot", zone="America/Toronto")
        )
        put_evse(tx, EvseFields(key=EVSE, station=STATION, uid="E1"))
        import_bays(tx, [BayTie(bay="lot-1", station=STATION, name="1", evses=(EVSE,), sensors=("s1",))])
        add_driver(tx, "+15145550100", "fr", [TOKEN])
    return ledger


def occupancy(at: float, occupied: bool, edge: bool = True) -> OccupancyRead:
    when = minutes(at)
    return OccupancyRead(
        at=when,
        seen_at=when,
        source="mqtt",
        source_id=f"s1:{at}",
        subject=sensor_subject("s1"),
        occupied=occupied,
        edge=edge,
    )


def session(at: float, **said: object) -> SessionUpdated:
    when = minutes(at)
    common = {"at": when, "seen_at": when, "source": "ocpi", "source_id": f"x:{at}", "subject": evse_subject(EVSE)}
    return SessionUpdated(**common, session="ca*abc*x", token=TOKEN, **said)  # type: ignore[arg-type]


def heard(at: float) -> NetworkHeard:
    when = minutes(at)
    return NetworkHeard(at=when, seen_at=when, source="ocpi", source_id=f"h:{at}", subject=network_subject(NETWORK))


def story() -> list[AnyFact]:
    """Arrives at 0, plugs in at 20, finishes at 55, unplugs at 90, leaves at 130; and the network is heard."""
    told: list[AnyFact] = [
        occupancy(-5, False),
        occupancy(0, True),
        session(20, status="ACTIVE", started_at=minutes(20), energy_wh=0),
        session(60, energy_wh=5000, periods=(Period(start=minutes(55), parking=True),)),
        session(90, status="COMPLETED", ended_at=minutes(90)),
        occupancy(130, False),
    ]
    return sorted([*told, *(heard(at) for at in range(-6, 140, 2))], key=lambda fact: fact.at)


def play(ledger: Ledger, facts: Sequence[AnyFact], *, until: datetime) -> None:
    """Record each fact when it reaches us, and look at bays when they are due."""
    for fact in facts:
        assess_all(ledger, fact.seen_at)
        with ledger.write(fact.seen_at) as tx:
            record(tx, [fact])
    assess_all(ledger, until)


def assess_all(ledger: Ledger, now: datetime) -> None:
    while assess_due(ledger, now):
        pass


def outcome(ledger: Ledger) -> list[tuple[object, ...]]:
    rows = table(ViolationRow)
    query = select(rows.c.key, rows.c.state, rows.c.billable_s, rows.c.fee_minor, rows.c.tax_minor).order_by(rows.c.key)
    with ledger.read() as conn:
        return [tuple(row) for row in conn.execute(query) if row.state is not State.CLEARED]


def balances(ledger: Ledger) -> dict[str, int]:
    postings = table(Posting)
    out: dict[str, int] = {}
    with ledger.read() as conn:
        for row in conn.execute(select(postings.c.account, postings.c.amount_minor)):
            out[row.account] = out.get(row.account, 0) + row.amount_minor
    return {account: amount for account, amount in out.items() if amount}


EXPECTED = [
    ("ca*abc*x/idle", State.SETTLED, 25 * 60, 1000, 50 + 100),
    ("ca*abc*x/overstaying", State.SETTLED, 30 * 60, 1500, 75 + 150),
    (f"lot-1/{minutes(0).isoformat()}/unplugged", State.SETTLED, 15 * 60, 1500, 75 + 150),
]


def test_a_stay_with_all_three_kinds_is_priced_posted_and_told(town: Ledger) -> None:
    play(town, story(), until=minutes(200))

    assert outcome(town) == EXPECTED
    assert balances(town) == {
        f"driver:{TOKEN}": 1150 + 1725 + 1725,
        "operator:ca*abc": -4000,
        "tax:GST": -(50 + 75 + 75),
        "tax:QST": -(100 + 150 + 150),
    }
    with town.read() as conn:
        steps = [row.step for row in conn.execute(select(table(Message)).order_by(table(Message).c.id))]
        assert conn.execute(select(table(StayRow).c.is_final)).scalars().all() == [True]
    idle, overstaying = ["grace_running", "fee_started", "fee_ended"], ["grace_running", "fee_started"]
    assert steps == [*idle, *overstaying, "fee_ended", "fee_ended"]
    assert list(rebuild.differences(town, minutes(300))) == []


@pytest.mark.parametrize("seed", range(6))
def test_any_order_and_duplicates_give_the_same_in_the_end(town: Ledger, seed: int) -> None:
    facts = [*story(), *story()[::3]]
    random.Random(seed).shuffle(facts)
    for fact in facts:
        with town.write(minutes(180)) as tx:
            record(tx, [fact])
    assess_all(town, minutes(400))

    assert outcome(town) == EXPECTED
    assert sum(balances(town).values()) == 0
    assert list(rebuild.differences(town, minutes(400))) == []


def test_a_late_fact_is_a_reversal_and_a_new_entry(town: Ledger) -> None:
    facts = story()
    late = next(fact for fact in facts if fact.source_id == "x:60")
    play(town, [fact for fact in facts if fact is not late], until=minutes(200))
    assert [row[0] for row in outcome(town)] == ["ca*abc*x/overstaying", EXPECTED[2][0]]

    with town.write(minutes(300)) as tx:
        record(tx, [late])
    assess_all(town, minutes(400))

    assert outcome(town) == EXPECTED
    with town.read() as conn:
        entries = conn.execute(select(table(Entry)).order_by(table(Entry).c.id)).all()
    assert [(e.violation, e.number, e.reverses) for e in entries if e.violation.endswith("idle")] == [
        ("ca*abc*x/idle", 1, None)
    ]


def test_a_correction_takes_the_old_entry_back(town: Ledger) -> None:
    facts = [fact for fact in story() if fact.source_id != "s1:130"]
    late = occupancy(130, False)
    early = replace(occupancy(110, False), seen_at=minutes(131))
    play(town, sorted([*facts, late], key=lambda f: f.at), until=minutes(200))
    with town.write(minutes(210)) as tx:
        record(tx, [early])
    with town.read() as conn:
        entries = conn.execute(select(table(Entry)).where(table(Entry).c.violation == "ca*abc*x/overstaying")).all()
    assert [(e.number, e.reverses) for e in entries] == [(1, None), (2, 1), (3, None)]
    assert [row[3] for row in outcome(town) if row[0] == "ca*abc*x/overstaying"] == [500]
    assert list(rebuild.differences(town, minutes(400))) == []


def test_steps_are_stamped_when_they_became_true(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    steps = table(ViolationStep)
    with town.read() as conn:
        told = conn.execute(
            select(steps.c.state, steps.c.at).where(steps.c.violation == "ca*abc*x/idle").order_by(steps.c.id)
        ).all()
    states = [(row.state, (row.at - NOON).total_seconds() / 60) for row in told]
    assert states[:4] == [(State.WATCHED, 55), (State.WARNED, 60), (State.RUNNING, 65), (State.ENDED, 90)]
    assert states[4][0] is State.SETTLED


def test_nothing_is_polled_a_quiet_bay_is_not_due(town: Ledger) -> None:
    play(town, story()[:4], until=minutes(-3))
    with town.read() as conn:
        due = conn.execute(select(table(BayState).c.due_at).where(table(BayState).c.bay == "lot-1")).scalar()
    assert due is not None and due > minutes(60)


def test_a_stay_is_not_settled_while_the_network_may_still_confirm_it(town: Ledger) -> None:
    with town.write(minutes(-900)) as tx:
        policies.publish(tx, POLICY.replace("version = 1", 'version = 2\nsettle_after = "1m"'))
    facts = [fact for fact in story() if not isinstance(fact, NetworkHeard) or fact.at <= minutes(120)]
    play(town, [*facts, heard(134)], until=minutes(133))  # heard at 120, gone at 130, heard again at 134
    assess_all(town, minutes(300))

    assert [row[2] for row in outcome(town)] == [25 * 60, 30 * 60, 15 * 60]
    assert list(rebuild.differences(town, minutes(300))) == []
