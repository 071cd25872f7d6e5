"""What became of a message: states only rise, in whatever order word comes."""

import itertools
from datetime import timedelta

import pytest

from ledger.claimed_messages import LEASE, claim
from ledger.database import Ledger
from ledger.deliveries import RANK, Outcome, back_off, put_back, report, resolve, unresolved
from models.outbox import Delivery
from tests.conftest import NOON, minutes
from tests.support.outbox_rows import messages, phone, put_messages, states

SENT, DELIVERED = Outcome(Delivery.SENT, "SM1"), Outcome(Delivery.DELIVERED, "SM1")
FAILED, UNKNOWN = Outcome(Delivery.FAILED, "SM1", "Twilio 30003"), Outcome(Delivery.UNKNOWN, None, "no answer")


def tell(ledger: Ledger, *outcomes: Outcome, message: int = 0) -> None:
    for number, outcome in enumerate(outcomes):
        with ledger.write(minutes(number + 1)) as tx:
            assert report(tx, messages(ledger)[message].id, outcome)


@pytest.mark.parametrize("order", list(itertools.permutations([UNKNOWN, SENT, DELIVERED])))
def test_word_in_any_order_and_twice_ends_at_the_highest(ledger: Ledger, order: tuple[Outcome, ...]) -> None:
    put_messages(ledger, 1, NOON)
    claim(ledger, NOON, limit=1)
    tell(ledger, *order, *order)
    row = messages(ledger)[0]
    assert (row.state, row.provider_id) == (Delivery.DELIVERED, "SM1")
    assert row.sent_at == minutes(1 + min(order.index(SENT), order.index(DELIVERED)))


@pytest.mark.parametrize("last", [DELIVERED, FAILED])
def test_the_first_of_the_last_states_stays(ledger: Ledger, last: Outcome) -> None:
    put_messages(ledger, 1, NOON)
    tell(ledger, last, FAILED, DELIVERED, SENT, UNKNOWN)
    assert messages(ledger)[0].state is last.state


def test_every_state_has_a_rank() -> None:
    assert set(RANK) == set(Delivery)


def test_word_about_another_message_of_the_provider_changes_nothing(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    tell(ledger, SENT, Outcome(Delivery.FAILED, "SM2"))
    assert (messages(ledger)[0].state, messages(ledger)[0].provider_id) == (Delivery.SENT, "SM1")


def test_word_about_no_message_of_ours_is_told_apart(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        assert not report(tx, 4711, SENT)


def test_put_back_waits_longer_each_time(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    for attempt, moment in ((1, NOON), (2, NOON + timedelta(seconds=5))):
        (held,) = claim(ledger, moment, limit=1)
        assert held.attempt == attempt
        with ledger.write(moment) as tx:
            put_back(tx, held, "busy")
        assert claim(ledger, moment, limit=1) == []
    row = messages(ledger)[0]
    assert (row.state, row.attempts, row.reason) == (Delivery.PENDING, 2, "busy")
    assert row.next_try_at == NOON + timedelta(seconds=15)


def test_back_off_is_capped() -> None:
    assert [back_off(n).total_seconds() for n in (1, 2, 3, 7, 1000)] == [5, 10, 20, 300, 300]


def test_put_back_after_the_claim_is_lost_changes_nothing(ledger: Ledger) -> None:
    """A sender that slept past its lease must not hand its message to another one."""
    put_messages(ledger, 1, NOON)
    (held,) = claim(ledger, NOON, limit=1)
    claim(ledger, NOON + LEASE, limit=1)
    with ledger.write(NOON + LEASE) as tx:
        put_back(tx, held, "busy")
    assert states(ledger) == ["unknown"]


def test_put_back_of_an_earlier_try_does_not_touch_the_later_one(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    (first,) = claim(ledger, NOON, limit=1)
    with ledger.write(NOON) as tx:
        put_back(tx, first, "busy")
    claim(ledger, minutes(1), limit=1)
    with ledger.write(minutes(1)) as tx:
        put_back(tx, first, "busy")
    assert states(ledger) == ["sending"]


def test_unknown_messages_are_looked_up_ever_less_often_and_for_a_day(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    claim(ledger, NOON, limit=1)
    with ledger.write(NOON) as tx:
        report(tx, messages(ledger)[0].id, UNKNOWN)
    looks = [minute for minute in range(2000) if unresolved(ledger, minutes(minute))]
    assert looks == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
    assert states(ledger) == ["unknown"]


def test_an_unresolved_message_says_what_to_look_for(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    claim(ledger, NOON, limit=1)
    claim(ledger, NOON + LEASE, limit=1)
    (found,) = unresolved(ledger, NOON + LEASE)
    assert (found.id, found.phone, found.text) == (messages(ledger)[0].id, phone(0), "Message 0")
    assert found.attempted_at == NOON
    assert phone(0) not in repr(found)


def test_two_unknown_messages_do_not_take_the_same_one_of_the_providers(ledger: Ledger) -> None:
    put_messages(ledger, 2, NOON)
    tell(ledger, UNKNOWN)
    tell(ledger, UNKNOWN, message=1)
    theirs = [Outcome(Delivery.SENT, "SM1"), Outcome(Delivery.DELIVERED, "SM2")]
    with ledger.write(NOON) as tx:
        for row in messages(ledger):
            assert resolve(tx, row.id, theirs)
    assert [(m.state.value, m.provider_id) for m in messages(ledger)] == [("sent", "SM1"), ("delivered", "SM2")]


def test_one_that_the_provider_does_not_know_stays_unknown(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    tell(ledger, UNKNOWN)
    with ledger.write(NOON) as tx:
        assert not resolve(tx, messages(ledger)[0].id, [])
    assert states(ledger) == ["unknown"]
