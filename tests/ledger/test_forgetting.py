"""Old facts go, and nothing that stands, or that follows from those that are kept, is any different for it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from enforcement.facts import AnyFact, evse_subject, sensor_subject
from enforcement.retention import Retention
from enforcement.violations import State
from ledger import pushes, unchecked
from ledger.bay_ties import BayTie
from ledger.database import Ledger, registry_changed, table
from ledger.forgotten import horizons
from ledger.rebuild import differences
from ledger.record import record
from ledger.registry import import_bays
from ledger.retention import purge
from models import BayEvse, BayState, Cdr, EndedTie, FactRow, ForgottenFacts, Posting, StayRow, ViolationRow
from tests.conftest import minutes
from tests.support.lots import ANNA, BAYS, BEN, HEAD, STATION, build, free_from, heard, look, play, said, seen, stays

POLICY = (
    HEAD
    + """
[[clause]]
kind = "idle"
grace = "10m"
rate = "0.40"
per = "1m"
"""
)
DAY = 1440
KEPT = timedelta(days=90)


def story() -> list[AnyFact]:
    """A stay a day in one bay, each with half an hour too long, and a last one much later."""
    facts = [*free_from(-60), *heard(-60, 6 * DAY, 30)]
    for day in range(5):
        facts += stays("a1", f"s{day}", ANNA if day % 2 else BEN, day * DAY, day * DAY + 60, day * DAY + 100)
    return facts


@pytest.fixture
def lot(ledger: Ledger) -> Ledger:
    build(ledger, POLICY)
    play(ledger, story(), 6 * DAY)
    return ledger


def forget(ledger: Ledger, now: float) -> int:
    """Purge as if it were 90 days after a minute."""
    moment = minutes(now) + KEPT
    return dict(purge(ledger, lambda: moment, Retention(facts=KEPT)))["facts"]


def standing(ledger: Ledger) -> list[Any]:
    """Stays, violations and postings, without when they were written."""
    with ledger.read() as conn:
        rows = [
            tuple(value for name, value in row._mapping.items() if name not in ("updated_at", "is_final"))
            for of in (StayRow, ViolationRow, Posting)
            for row in conn.execute(select(table(of)).order_by(*table(of).primary_key))
        ]
    return sorted(rows, key=str)


def facts_at(ledger: Ledger) -> list[datetime]:
    """When what is kept of the bay's facts was true."""
    rows = table(FactRow).c
    own = rows.subject.in_([sensor_subject("s-a1"), evse_subject(BAYS["a1"][1])])
    with ledger.read() as conn:
        return list(conn.execute(select(rows.at).where(own).order_by(rows.at)).scalars())


def judge_again(ledger: Ledger, at: datetime) -> None:
    """Fold every bay anew from all that is kept."""
    with ledger.write(at) as tx:
        tx.conn.execute(update(table(BayState)).values(stale=True, due_at=at))
    look(ledger, at)


def test_what_is_older_goes_and_everything_stands_as_it_did(lot: Ledger) -> None:
    judge_again(lot, minutes(6 * DAY))
    before, count = standing(lot), len(facts_at(lot))
    gone = forget(lot, 2 * DAY + 700)
    kept = facts_at(lot)
    assert gone > count - len(kept) > 0, "and that networks were heard"
    assert min(kept) > minutes(2 * DAY), "the first three stays are forgotten, the rest is whole"
    assert standing(lot) == before
    judge_again(lot, minutes(6 * DAY))
    assert standing(lot) == before, "nothing is withdrawn, nothing else follows"
    assert forget(lot, 2 * DAY + 700) == 0


def test_rebuild_says_what_it_can_not_check(lot: Ledger) -> None:
    assert list(unchecked.violations(lot)) == []
    forget(lot, 2 * DAY + 700)
    assert list(differences(lot, minutes(6 * DAY))) == []
    (sentence,) = unchecked.violations(lot)
    assert sentence.startswith("a1: 3 not checked, from before") and "facts were forgotten" in sentence
    with lot.write(minutes(6 * DAY)) as tx:
        rows = table(ViolationRow)
        tx.conn.execute(update(rows).where(rows.c.clock_started_at > minutes(3 * DAY)).values(billable_s=1))
    assert len(list(differences(lot, minutes(6 * DAY)))) == 2, "what is kept is checked as before"


def test_late_news_of_what_is_kept_counts_and_of_what_is_forgotten_does_not(lot: Ledger) -> None:
    forget(lot, 2 * DAY + 700)
    before = standing(lot)
    tell(
        lot,
        [
            said("a1", 55, "s0", BEN, energy_wh=9000),
            seen("a1", 3000, False),
            *stays("a1", "s1", ANNA, DAY, DAY + 20, DAY + 100),
        ],
    )
    assert standing(lot) == before
    # The vehicle of the fourth day finished ten minutes earlier than was known: it owes four dollars more.
    tell(lot, [said("a1", 3 * DAY + 50, "s3", ANNA, energy_wh=9000)])
    tell(lot, stays("a1", "late", ANNA, 3 * DAY + 400, 3 * DAY + 420, 3 * DAY + 500))
    with lot.read() as conn:
        rows = table(ViolationRow)
        late = conn.execute(select(rows).where(rows.c.session == "ca*abc*late")).one()
    assert (late.billable_s, late.fee_minor) == (70 * 60, 2800)
    assert list(differences(lot, minutes(6 * DAY))) == []


def tell(ledger: Ledger, facts: Sequence[AnyFact]) -> None:
    for fact in facts:
        with ledger.write(minutes(6 * DAY)) as tx:
            record(tx, [fact])
    look(ledger, minutes(6 * DAY))


@pytest.mark.parametrize("state", [State.DISPUTED, State.REFERRED, State.RUNNING, State.ENDED])
def test_a_violation_that_is_not_over_for_everybody_keeps_its_facts_and_all_later_ones(
    lot: Ledger, state: State
) -> None:
    rows = table(ViolationRow)
    with lot.write(minutes(6 * DAY)) as tx:
        second = rows.c.clock_started_at.between(minutes(DAY), minutes(2 * DAY))
        tx.conn.execute(update(rows).where(second).values(state=state))
    forget(lot, 5 * DAY)
    kept = facts_at(lot)
    assert minutes(DAY) in kept and minutes(60) not in kept


def test_a_charge_record_that_has_not_left_keeps_them_too(lot: Ledger) -> None:
    with lot.write(minutes(6 * DAY)) as tx:
        key = tx.conn.execute(select(table(ViolationRow).c.key).order_by(table(ViolationRow).c.key)).scalars().first()
        record_of = {
            "cdr_id": "r1", "violation": key, "number": 1, "party": "ca*abc", "network": "ca*abc", "bill": "{}",
            "place": "{}", "amount_minor": 1, "currency": "CAD", "created_at": tx.now,
        }  # fmt: skip
        tx.conn.execute(table(Cdr).insert().values(record_of))
        push = pushes.OutgoingPush(
            identity="cdr:r1", kind=pushes.CDR, subject="r1", chain="x", partner=None, not_after=tx.now + KEPT * 2
        )
        pushes.enqueue(tx, push)
    forget(lot, 5 * DAY)
    assert minutes(0) in facts_at(lot)


def test_nothing_goes_while_a_vehicle_stands_there_or_without_the_setting(ledger: Ledger) -> None:
    build(ledger, POLICY)
    play(ledger, [*free_from(-60), *heard(-60, 500, 30), *stays("a1", "s0", ANNA, 0, 60, 100)[:-2]], 500)
    count = len(facts_at(ledger))
    assert "facts" not in dict(purge(ledger, lambda: minutes(500) + KEPT * 9, Retention()))
    forget(ledger, 5 * DAY)
    assert len(facts_at(ledger)) == count


def test_a_sensor_that_was_moved_takes_no_forgotten_word_along(lot: Ledger) -> None:
    forget(lot, 2 * DAY + 700)
    tie = BayTie(bay="a2", station=STATION, name="a2", evses=("ca*abc*l1*e2",), sensors=("s-a1",))
    with lot.write(minutes(6 * DAY)) as tx:
        import_bays(tx, [tie])
    judge_again(lot, minutes(6 * DAY))
    assert list(differences(lot, minutes(6 * DAY))) == []


def test_a_charger_that_moved_keeps_the_facts_that_its_old_bay_still_needs(lot: Ledger) -> None:
    evse, moved = BAYS["a1"][1], minutes(5 * DAY)
    play(lot, [*free_from(-60), *stays("a2", "other", ANNA, DAY, DAY + 60, DAY + 100)], 6 * DAY)
    ties, rows = table(BayEvse), table(ViolationRow)
    with lot.write(minutes(6 * DAY)) as tx:
        tx.conn.execute(update(ties).where(ties.c.evse == evse).values(bay="a2", since=moved))
        tx.conn.execute(table(EndedTie).insert().values(bay="a1", evse=evse, until=moved))
        first = (rows.c.bay == "a1") & (rows.c.clock_started_at < minutes(DAY))
        tx.conn.execute(update(rows).where(first).values(state=State.DISPUTED))
        registry_changed(tx)
    count = len(facts_at(lot))
    forget(lot, 4 * DAY)
    assert minutes(DAY) < horizon(lot, "a2"), "the bay where it is now has forgotten its own"
    assert len(facts_at(lot)) == count


def horizon(ledger: Ledger, bay: str) -> datetime:
    with ledger.read() as conn:
        return horizons(conn, [bay])[bay]


def test_a_bay_that_waits_for_a_decision_forgets_nothing(lot: Ledger) -> None:
    with lot.write(minutes(6 * DAY)) as tx:
        tx.conn.execute(update(table(BayState)).values(stale=True))
    forget(lot, 5 * DAY)
    with lot.read() as conn:
        assert conn.scalar(select(func.count()).select_from(table(ForgottenFacts))) == 0
    assert minutes(0) in facts_at(lot)


@pytest.mark.parametrize("steps", [(700, 1800, 4000), (4000,)])
def test_bit_by_bit_leaves_what_at_once_leaves(lot: Ledger, steps: Sequence[int]) -> None:
    for step in steps:
        with lot.write(minutes(6 * DAY)) as tx:
            tx.conn.execute(update(table(ForgottenFacts)).values(looked_at=minutes(-DAY)))
        forget(lot, step)
    with lot.read() as conn:
        left = conn.execute(select(table(ForgottenFacts)).where(table(ForgottenFacts).c.bay == "a1")).one()
    assert left.until == minutes(2 * DAY + 100)
    assert len(facts_at(lot)) == 2 * 5, "those of two stays"
