"""What people and providers do to messages: sent again by hand, numbers that take none, opt-outs that outlive erasure."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ledger import alerts
from ledger.claimed_messages import claim
from ledger.database import Ledger
from ledger.deliveries import Outcome, report
from ledger.drivers import add_driver, known_by, remove_driver
from ledger.outbox import enqueue
from ledger.reachability import UnreachableError, mark_unusable, opt_in, opt_out, phone_of, suppress, unsuppress
from ledger.retrying import RetryError, retry
from ledger.token_ties import driver_for_token
from models.outbox import Delivery
from tests.conftest import NOON, minutes
from tests.support.outbox_rows import messages, outgoing, phone, put_messages, put_violation, states


def test_a_dead_letter_is_sent_again_once_as_a_message_of_its_own(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    with ledger.write(minutes(1)) as tx:
        report(tx, messages(ledger)[0].id, Outcome(Delivery.FAILED, "SM1", "Twilio 30003"))
    dead = messages(ledger)[0]
    with ledger.write(minutes(2)) as tx:
        assert retry(tx, dead.id)
        assert not retry(tx, dead.id), "pressed twice"
    assert states(ledger) == ["failed", "pending"]
    (taken,) = claim(ledger, minutes(2), 9)
    assert (taken.text, taken.id == dead.id) == (dead.text, False)
    with ledger.write(minutes(3)) as tx:
        report(tx, dead.id, Outcome(Delivery.FAILED, "SM1", "Twilio 30003"))
    assert states(ledger) == ["failed", "sending"], "a late word on the old one says nothing of the new"


def test_one_that_may_have_left_needs_a_persons_word(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    with ledger.write(NOON) as tx:
        report(tx, messages(ledger)[0].id, Outcome(Delivery.UNKNOWN))
    unknown = messages(ledger)[0].id
    with ledger.write(NOON) as tx, pytest.raises(RetryError, match="may come twice"):
        retry(tx, unknown)
    with ledger.write(NOON) as tx:
        assert retry(tx, unknown, may_come_twice=True)


@pytest.mark.parametrize("state", [Delivery.SENT, Delivery.DELIVERED])
def test_what_left_is_not_sent_again(ledger: Ledger, state: Delivery) -> None:
    put_messages(ledger, 1, NOON)
    with ledger.write(NOON) as tx:
        report(tx, messages(ledger)[0].id, Outcome(state))
        with pytest.raises(RetryError):
            retry(tx, messages(ledger)[0].id, may_come_twice=True)
        with pytest.raises(RetryError):
            retry(tx, 4711)


def test_an_opt_out_outlives_the_erasure_of_its_driver(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        opt_out(tx, add_driver(tx, phone(1), "es", ["t1"]))
        remove_driver(tx, known_by(tx, phone(1), "en"))
    with ledger.write(minutes(1)) as tx:
        again = add_driver(tx, phone(1), "fr", ["t1"])
        assert driver_for_token(tx.conn, "t1") is None
        with pytest.raises(UnreachableError, match="opted out"):
            phone_of(tx, again, "test", "test")
        opt_in(tx, again)
        assert phone_of(tx, again, "test", "test") == phone(1)
        remove_driver(tx, again)
        assert phone_of(tx, known_by(tx, phone(1), "en"), "test", "test") == phone(1)


def test_a_number_that_nobody_is_known_by_can_opt_out_too(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        suppress(tx, phone(2))
        suppress(tx, phone(2))
        with pytest.raises(UnreachableError):
            phone_of(tx, known_by(tx, phone(2), "en"), "test", "test")
        unsuppress(tx, phone(3))
        unsuppress(tx, phone(2))
        assert phone_of(tx, add_driver(tx, phone(3), "en", []), "test", "test") == phone(3)


def test_a_number_that_takes_no_sms_is_not_tried_until_it_texts(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        driver = add_driver(tx, phone(4), "en", ["t4"])
        mark_unusable(tx, driver)
        put_violation(tx)
        enqueue(tx, outgoing(1, driver, NOON))
    assert claim(ledger, NOON, 9) == []
    assert [row.reason for row in messages(ledger)] == ["the number takes no SMS"]
    with ledger.write(NOON) as tx:
        opt_in(tx, driver)
        assert phone_of(tx, driver, "test", "test") == phone(4)


def test_all_senders_together_keep_the_pace(ledger: Ledger) -> None:
    put_messages(ledger, 30, NOON)
    left = [len(claim(ledger, NOON + timedelta(seconds=s), 30, per_second=4)) for s in (0, 0, 0.5, 1, 1, 60)]
    assert left == [4, 0, 2, 2, 0, 4]


def test_a_clock_that_was_ahead_holds_up_nothing_at_a_pace(ledger: Ledger) -> None:
    put_messages(ledger, 9, NOON, lasts=timedelta(days=3))
    assert len(claim(ledger, NOON + timedelta(days=1), 4, per_second=4)) == 4
    assert len(claim(ledger, minutes(1), 9, per_second=4)) == 4
    assert claim(ledger, minutes(1) - timedelta(seconds=5), 9, per_second=4) == [], "clocks that differ a little"


def test_drivers_who_can_not_be_reached_hold_up_nobody(ledger: Ledger) -> None:
    put_messages(ledger, 13, NOON)
    with ledger.write(NOON) as tx:
        for row in messages(ledger)[:10]:
            opt_out(tx, row.driver)
    (first,) = claim(ledger, NOON, 1, per_second=2)
    (second,) = claim(ledger, NOON, 1, per_second=2)
    assert [first.text, second.text] == ["Message 10", "Message 11"]
    assert claim(ledger, NOON, 1, per_second=2) == [], "those who got nothing took no place"
    assert {row.reason for row in messages(ledger)[:10]} == {"the driver opted out"}


def test_what_only_the_operator_can_mend_is_counted_and_goes_when_it_came_no_more(ledger: Ledger) -> None:
    for minute in (0, 5):
        with ledger.write(minutes(minute)) as tx:
            alerts.raise_alert(tx, "twilio-20003", "Twilio 20003: Twilio refused our credentials")
    with ledger.read() as conn:
        (standing,) = alerts.standing(conn, minutes(6))
        assert (standing.count, standing.first_at, standing.last_at) == (2, NOON, minutes(5))
        assert alerts.standing(conn, minutes(6) + alerts.STANDS_FOR) == []


def test_what_expired_unsent_in_quiet_hours_is_written_anew(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON, lasts=timedelta(minutes=1))
    assert claim(ledger, minutes(2), 9) == []
    driver = messages(ledger)[0].driver
    later = outgoing(0, driver, minutes(60))
    with ledger.write(minutes(60)) as tx:
        assert not enqueue(tx, later)
    with ledger.write(minutes(60)) as tx:
        assert enqueue(tx, replace(later, may_come_again=True))
        assert not enqueue(tx, replace(later, may_come_again=True))
    assert len(claim(ledger, minutes(60), 9)) == 1
