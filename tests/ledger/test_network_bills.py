"""A network's charge record that comes hours after a stay was settled: its fee is corrected, never edited."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import AnyFact, NetworkBilled
from enforcement.violations import State
from ledger import rebuild
from ledger.charge_records import ChargeRecord, take
from ledger.database import Ledger, table
from ledger.record import record
from models import BayState, Entry
from tests.conftest import minutes
from tests.ledger.test_main_way import (
    EVSE,
    EXPECTED,
    NETWORK,
    TOKEN,
    balances,
    heard,
    occupancy,
    outcome,
    play,
    session,
    story,
    town,
)

__all__ = ["town"]
IDLE = "ca*abc*x/idle"


def charge_record(name: str = "c1", *, at: float, parked_from: float = 55, **more: Any) -> ChargeRecord:
    """The session's record: charged from 20, parked until 90, billed at 3.00 an hour."""
    start, end, parked = (minutes(m).isoformat() for m in (20, 90, parked_from))
    hours = Decimal(90 - parked_from) / 60
    document = {
        "id": name,
        "currency": "CAD",
        "start_date_time": start,
        "end_date_time": end,
        "charging_periods": [
            {"start_date_time": start, "dimensions": [{"type": "TIME", "volume": Decimal("0.5")}]},
            {"start_date_time": parked, "dimensions": [{"type": "PARKING_TIME", "volume": hours}]},
        ],
        "tariffs": [
            {
                "id": "T",
                "currency": "CAD",
                "elements": [{"price_components": [{"type": "PARKING_TIME", "price": 3, "step_size": 1}]}],
            }
        ],
        **more.pop("said", {}),
    }
    values = {"evse": EVSE, "session": "ca*abc*x", "version": "2.2.1", **more}
    return ChargeRecord(network=NETWORK, record=f"ca*abc*{name}", document=document, at=minutes(at), **values)


def send(ledger: Ledger, sent: ChargeRecord, now: datetime) -> int:
    """As the door does it."""
    with ledger.write(now) as tx:
        return record(tx, take(tx, sent))


def entries(ledger: Ledger) -> list[tuple[int, int | None]]:
    rows = table(Entry)
    with ledger.read() as conn:
        query = select(rows.c.number, rows.c.reverses).where(rows.c.violation == IDLE)
        return [tuple(row) for row in conn.execute(query.order_by(rows.c.number))]


def fee(ledger: Ledger) -> tuple[int, int]:
    return next((row[2] // 60, row[3]) for row in outcome(ledger) if row[0] == IDLE)  # type: ignore[operator,return-value]


@pytest.mark.parametrize("hours", [0, 1, 30])
def test_a_settled_fee_is_taken_back_and_posted_anew(town: Ledger, hours: int) -> None:
    play(town, story(), until=minutes(200))
    assert outcome(town) == EXPECTED
    with town.read() as conn:
        pruned = conn.execute(select(table(BayState).c.evidence)).scalar()
    assert "ca*abc*x" not in str(pruned)

    at = 210 + 60 * hours
    assert send(town, charge_record(at=at, parked_from=80), minutes(at)) == 1
    assert fee(town) == (15, 600)
    assert entries(town) == [(1, None), (2, 1), (3, None)]
    assert balances(town)[f"driver:{TOKEN}"] == (600 + 30 + 60) + 1725 + 1725
    assert sum(balances(town).values()) == 0
    assert list(rebuild.differences(town, minutes(at + 60))) == []


def test_the_same_record_twice_is_one(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    assert send(town, charge_record(at=210, parked_from=80), minutes(210)) == 1
    assert send(town, charge_record(at=210, parked_from=80), minutes(250)) == 0
    assert len(entries(town)) == 3
    assert fee(town) == (15, 600)


def test_a_record_that_bills_all_of_it_leaves_nothing_posted(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    send(town, charge_record(at=210), minutes(210))
    assert fee(town) == (0, 0)
    assert entries(town) == [(1, None), (2, 1)]
    assert [row[1] for row in outcome(town) if row[0] == IDLE] == [State.SETTLED]
    assert list(rebuild.differences(town, minutes(400))) == []


def test_a_credit_brings_the_fee_back(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    send(town, charge_record(at=210), minutes(210))
    credit = charge_record("c2", at=300, takes_back="ca*abc*c1", said={"credit": True})
    assert send(town, credit, minutes(300)) == 1
    assert outcome(town) == EXPECTED
    assert entries(town) == [(1, None), (2, 1), (3, None)]
    assert list(rebuild.differences(town, minutes(400))) == []


@pytest.mark.parametrize("before", ["the stay", "its end", "the settling"])
def test_when_the_record_comes_changes_nothing(town: Ledger, before: str) -> None:
    facts: list[AnyFact] = story()
    with town.write(minutes(-10)) as tx:
        (fact,) = take(tx, charge_record(at=-7 if before == "the stay" else 95, parked_from=80))
    assert isinstance(fact, NetworkBilled)
    after = {"the stay": 0, "its end": 120, "the settling": 140}[before]
    earlier = [f for f in facts if f.seen_at < minutes(after)]
    play(town, earlier, until=minutes(after))
    with town.write(minutes(after)) as tx:
        record(tx, [fact])
    play(town, [f for f in facts if f not in earlier], until=minutes(300))
    assert fee(town) == (15, 600)
    assert list(rebuild.differences(town, minutes(400))) == []


def test_a_record_without_a_session_is_found_by_charger_and_time(town: Ledger) -> None:
    """As all records of 2.1.1 are."""
    play(town, story(), until=minutes(200))
    old = charge_record(at=210, parked_from=80, session=None, version="2.1.1")
    send(town, old, minutes(210))
    assert fee(town) == (15, 600)


def test_a_record_of_a_later_stay_leaves_the_settled_one_alone(town: Ledger) -> None:
    later: list[AnyFact] = [occupancy(300, True), occupancy(360, False), *(heard(m) for m in range(140, 400, 2))]
    play(town, [*story(), *sorted(later, key=lambda f: f.at)], until=minutes(400))
    send(town, charge_record(at=410, parked_from=80), minutes(410))
    assert fee(town) == (15, 600)
    assert list(rebuild.differences(town, minutes(500))) == []


@pytest.mark.parametrize("said", [{"currency": None}, {"charging_periods": 5}, {"end_date_time": "never"}])
def test_a_record_that_cannot_be_read_bills_nothing_and_loses_nothing(town: Ledger, said: dict[str, Any]) -> None:
    play(town, story(), until=minutes(200))
    assert send(town, charge_record(at=210, said=said), minutes(210)) == 0
    assert outcome(town) == EXPECTED


def test_a_session_that_goes_on_is_netted_too(town: Ledger) -> None:
    told = [fact for fact in story() if fact.at <= minutes(60)]
    told += [session(80, energy_wh=5000), *(heard(m) for m in range(62, 82, 2))]
    play(town, sorted(told, key=lambda f: f.at), until=minutes(81))
    send(town, charge_record(at=81, parked_from=55), minutes(81))
    assert [row[1:4] for row in outcome(town) if row[0] == IDLE] == [(State.RUNNING, 0, 0)]
