"""Findings as they stand: found in any order, once; withdrawn, acknowledged, opened again."""

from typing import Any

import pytest
from sqlalchemy import select

from enforcement.facts import AnyFact
from ledger import findings
from ledger.charge_records import take
from ledger.database import Ledger, Tx, table
from ledger.objects import ObjectFields
from ledger.queries import findings as query
from ledger.record import record
from ledger.registrations import invite
from ledger.session_records import compare_sessions
from ledger.stated import put_guarded
from models import Partner
from models.findings import FindingState
from tests.conftest import minutes
from tests.ledger.test_main_way import NETWORK, occupancy, play, story, town
from tests.ledger.test_network_bills import charge_record, send

__all__ = ["town"]
ALL = query.FindingFilter(states=tuple(FindingState))


def standing(ledger: Ledger) -> list[tuple[str, str, int | None]]:
    with ledger.read() as conn:
        return sorted((f.code.value, f.state.value, f.amount_minor) for f in query.page(conn, ALL, None, 100))


def test_parking_that_was_billed_while_charging_is_found(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    send(town, charge_record(at=210, parked_from=45), minutes(210))
    assert standing(town) == [("charging_billed", "open", 50)]  # 10 of 45 minutes at 3.00 an hour
    with town.read() as conn:
        (line,) = query.page(conn, ALL, None, 10)
        assert query.find(conn, line.public_id) == line
    assert (line.station_name, line.zone, line.seconds) == ("Lot", "America/Toronto", 600)
    assert line.start == minutes(45) and line.end == minutes(55)
    assert len(line.violations) == 2


@pytest.mark.parametrize("at", [0, 95, 140])
def test_when_the_record_comes_changes_no_finding(town: Ledger, at: int) -> None:
    facts: list[AnyFact] = story()
    earlier = [fact for fact in facts if fact.seen_at < minutes(at)]
    play(town, earlier, until=minutes(at))
    send(town, charge_record(at=at, parked_from=45), minutes(at))
    play(town, [fact for fact in facts if fact not in earlier], until=minutes(300))
    assert [row for row in standing(town) if row[1] != "withdrawn"] == [("charging_billed", "open", 50)]


def test_a_credit_withdraws_what_was_found(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    send(town, charge_record(at=210, parked_from=45), minutes(210))
    send(town, charge_record("c2", at=300, takes_back="ca*abc*c1", said={"credit": True}), minutes(300))
    assert standing(town) == [("charging_billed", "withdrawn", 50)]


def test_a_later_stay_leaves_findings_alone(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    send(town, charge_record(at=210, parked_from=45), minutes(210))
    play(town, [occupancy(300, True), occupancy(330, False)], until=minutes(400))
    assert standing(town) == [("charging_billed", "open", 50)]


def test_a_person_acknowledges_and_news_opens_it_again(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    send(town, charge_record(at=210, parked_from=45), minutes(210))
    with town.read() as conn:
        (line,) = query.page(conn, ALL, None, 10)
    with town.write(minutes(220)) as tx:
        assert findings.acknowledge(tx, line.public_id, "olga", "Asked the network.")
        assert not findings.acknowledge(tx, line.public_id, "olga", "Again.")
    with town.read() as conn:
        found = query.find(conn, line.public_id)
    assert found is not None
    assert (found.state, found.acknowledged_by, found.note) == (FindingState.ACKNOWLEDGED, "olga", "Asked the network.")
    with town.write(minutes(230)) as tx:  # late news: it charged until 60, so more of it was billed wrongly
        record(tx, [occupancy(-2, True)])
    assert standing(town) == [("charging_billed", "acknowledged", 50)]


def test_a_total_that_does_not_follow_from_its_tariff(town: Ledger) -> None:
    wrong = charge_record(at=210, said={"total_parking_cost": {"excl_vat": 9}})
    play(town, story(), until=minutes(200))
    send(town, wrong, minutes(210))
    assert standing(town) == [("totals_differ", "open", 725)]  # 35 minutes at 3.00 an hour are 1.75


def test_a_credit_that_names_nothing_takes_nothing_back(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    send(town, charge_record("c2", at=300, said={"credit": True}), minutes(300))
    assert standing(town) == [("credit_of_nothing", "open", None)]


@pytest.mark.parametrize("record_first", [True, False])
def test_a_session_and_its_record_are_compared_whichever_comes_last(town: Ledger, record_first: bool) -> None:
    sent = charge_record(at=210, said={"total_energy": 20})
    steps: list[Any] = [lambda: send(town, sent, minutes(210)), lambda: closed(town, kwh="5")]
    for step in steps if record_first else reversed(steps):
        step()
    assert [row[0] for row in standing(town)] == ["energy_differs", "unseen_billed"]
    closed(town, kwh="20", at=220)
    assert [row[:2] for row in standing(town)] == [("energy_differs", "withdrawn"), ("unseen_billed", "open")]


def test_a_closed_session_may_say_so_in_any_letters(town: Ledger) -> None:
    send(town, charge_record(at=210, said={"total_energy": 20}), minutes(210))
    closed(town, kwh="5", status="Completed ")
    assert "energy_differs" in [row[0] for row in standing(town)]


def closed(ledger: Ledger, *, kwh: str, at: float = 100, status: str = "COMPLETED") -> None:
    """The network closes the session, as its door takes it in."""
    document = (
        f'{{"status": "{status}", "start_date_time": "{minutes(20).isoformat()}", '
        f'"end_date_time": "{minutes(90).isoformat()}", "kwh": {kwh}}}'
    )
    with ledger.write(minutes(at)) as tx:
        fields = ObjectFields(
            module="sessions", network=NETWORK, object_id="x", partner=partner(tx), last_updated=minutes(at),
            document=document, version="2.2.1",
        )  # fmt: skip
        put_guarded(tx, fields)
        compare_sessions(tx, NETWORK, "ca*abc*x")


def partner(tx: Tx) -> int:
    rows = table(Partner)
    known = tx.conn.execute(select(rows.c.id)).scalar()
    if known is None:
        invite(tx, "Abc")
        known = tx.conn.execute(select(rows.c.id)).scalar_one()
    return int(known)


def test_records_of_unknown_chargers_are_kept_and_found(town: Ledger) -> None:
    with town.write(minutes(210)) as tx:
        assert take(tx, charge_record(at=210, evse=None, said={"total_parking_cost": {"excl_vat": 9}})) == []
    assert standing(town) == [("totals_differ", "open", 725)]
    with town.read() as conn:
        (line,) = query.page(conn, ALL, None, 10)
    assert (line.station_name, line.zone) == (None, "UTC")
