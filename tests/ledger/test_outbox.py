"""The outbox: written once, claimed by one, expired or unknown instead of late or twice."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from ledger.claimed_messages import LEASE, ClaimedMessage, claim
from ledger.database import Ledger, table
from ledger.drivers import add_driver, remove_driver
from ledger.outbox import enqueue
from ledger.reachability import opt_out
from models import AccessLog
from tests.conftest import NOON, minutes
from tests.support.outbox_rows import messages, outgoing, phone, put_messages, put_violation, states


def test_the_same_step_is_written_once(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        put_violation(tx)
        driver = add_driver(tx, phone(0), "en", [])
        assert [enqueue(tx, outgoing(0, driver, NOON)) for _ in range(3)] == [True, False, False]
    with ledger.write(minutes(1)) as tx:
        assert not enqueue(tx, outgoing(0, driver, minutes(1)))
    assert states(ledger) == ["pending"]
    assert messages(ledger)[0].created_at == NOON


def test_a_claim_hands_over_what_a_sender_needs(ledger: Ledger) -> None:
    put_messages(ledger, 2, NOON)
    taken = claim(ledger, NOON, limit=1)
    first = messages(ledger)[0]
    expected = ClaimedMessage(
        id=first.id, driver=first.driver, phone=phone(0), text="Message 0", attempt=1, not_after=minutes(60)
    )
    assert taken == [expected]
    assert phone(0) not in repr(taken)
    assert states(ledger) == ["sending", "pending"]
    assert messages(ledger)[0].claimed_until == NOON + LEASE


def test_what_is_claimed_is_not_claimed_again(ledger: Ledger) -> None:
    put_messages(ledger, 3, NOON)
    assert len(claim(ledger, NOON, limit=2)) == 2
    assert [m.text for m in claim(ledger, NOON, limit=9)] == ["Message 2"]
    assert claim(ledger, NOON, limit=9) == []


def test_each_read_of_a_number_is_in_the_access_log(ledger: Ledger) -> None:
    put_messages(ledger, 2, NOON)
    claim(ledger, NOON, limit=9)
    with ledger.read() as conn:
        logged = conn.execute(select(table(AccessLog).c.reader, table(AccessLog).c.purpose)).all()
    assert sorted(tuple(row) for row in logged) == [("sender", f"message:{m.id}") for m in messages(ledger)]


@pytest.mark.parametrize("late", [timedelta(0), timedelta(days=3)])
def test_a_message_whose_moment_has_passed_expires_and_is_not_handed_over(ledger: Ledger, late: timedelta) -> None:
    put_messages(ledger, 1, NOON, lasts=timedelta(minutes=5))
    assert claim(ledger, minutes(5) + late, limit=9) == []
    assert states(ledger) == ["expired"]
    assert messages(ledger)[0].reason == "its moment had passed"


def test_one_that_a_sender_died_with_is_unknown_and_never_handed_over_again(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    claim(ledger, NOON, limit=1)
    just_before = NOON + LEASE - timedelta(microseconds=1)
    assert claim(ledger, just_before, limit=9) == []
    assert states(ledger) == ["sending"]
    for _ in range(2):
        assert claim(ledger, NOON + LEASE, limit=9) == []
        assert states(ledger) == ["unknown"]


@pytest.mark.parametrize(
    ("leave", "reason"), [(opt_out, "the driver opted out"), (remove_driver, "the driver was removed")]
)
def test_a_driver_who_left_gets_nothing_that_still_waited(ledger: Ledger, leave: object, reason: str) -> None:
    put_messages(ledger, 2, NOON)
    with ledger.write(NOON) as tx:
        leave(tx, messages(ledger)[0].driver)  # type: ignore[operator]
    assert [m.text for m in claim(ledger, NOON, limit=9)] == ["Message 1"]
    assert states(ledger) == ["failed", "sending"]
    assert messages(ledger)[0].reason == reason


def test_many_claimers_at_once_get_each_message_once(ledger: Ledger) -> None:
    put_messages(ledger, 60, NOON)
    taken: list[int] = []
    start = threading.Barrier(6)

    def work() -> None:
        start.wait()
        while found := claim(ledger, NOON, limit=2):
            taken.extend(m.id for m in found)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == [m.id for m in messages(ledger)]
