"""Pushes whose sender dies: a try counts before it is made, the next one waits longer, and there is a last one."""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from ledger.claimed_pushes import LEASE, MAX_ATTEMPTS, ClaimedPush, claim, finish, put_back
from ledger.database import Ledger, table
from ledger.laggards import Laggards
from ledger.partners import known
from ledger.pushes import CDR, COMMAND, STATUS, WEBHOOK, OutgoingPush, enqueue
from ledger.registrations import invite
from ledger.subscribers import subscriptions
from ledger.subscriptions import Wish, subscribe
from models import Push
from models.outbox import Delivery
from tests.conftest import NOON
from tests.support.waiting_webhooks import put_webhook

KINDS = (CDR, STATUS, COMMAND, WEBHOOK)
STOPPED = "the sender stopped while it was sending"


def write(ledger: Ledger, kind: str, now: datetime = NOON) -> None:
    """A push that is worth sending for months, or a webhook, for days."""
    with ledger.write(now) as tx:
        later = now + timedelta(days=3 if kind == WEBHOOK else 90)
        push = OutgoingPush(identity=f"{kind}:1", kind=kind, subject="1", chain="1", partner=None, not_after=later)
        enqueue(tx, push, replaces=kind == STATUS)


def stands(ledger: Ledger) -> Any:
    with ledger.read() as conn:
        return conn.execute(select(table(Push))).one()


def tries(ledger: Ledger, now: datetime = NOON) -> list[datetime]:
    """When it is taken, by senders that all die with it, until it is taken no more."""
    taken: list[datetime] = []
    while len(taken) < 50:
        if claim(ledger, now, KINDS) is not None:
            taken.append(now)
        push = stands(ledger)
        if push.state not in (Delivery.SENDING, Delivery.PENDING):
            break
        now = push.claimed_until or push.next_try_at
    return taken


@pytest.mark.parametrize(
    ("kind", "most", "end", "reason"),
    [
        (CDR, MAX_ATTEMPTS, Delivery.EXPIRED, f"given up, it can be fetched: {STOPPED}"),
        (WEBHOOK, 29, Delivery.EXPIRED, f"given up: {STOPPED}"),
        (STATUS, 2, Delivery.FAILED, STOPPED),
        (COMMAND, 1, Delivery.UNKNOWN, STOPPED),
    ],
)
def test_what_kills_its_sender_each_time_is_given_up(
    ledger: Ledger, kind: str, most: int, end: Delivery, reason: str
) -> None:
    write(ledger, kind)
    assert len(tries(ledger)) == most
    assert (stands(ledger).state, stands(ledger).reason) == (end, reason)


def test_the_next_try_waits_longer_each_time_or_as_long_as_the_lease(ledger: Ledger) -> None:
    write(ledger, WEBHOOK)
    waits = [(later - before).total_seconds() for before, later in pairwise(tries(ledger))]
    assert waits[:9] == [180, 180, 180, 180, 180, 180, 320, 640, 1280]


def test_a_webhook_is_tried_for_as_long_as_it_is_worth_it(ledger: Ledger) -> None:
    """Its sender knows each time, and at once, that it did not arrive."""
    write(ledger, WEBHOOK)
    now, taken = NOON, [NOON]
    while (push := claim(ledger, now, KINDS)) is not None:
        taken.append(now)
        with ledger.write(now) as tx:
            put_back(tx, push, "no answer")
        now = stands(ledger).next_try_at
    assert (stands(ledger).state, stands(ledger).reason) == (Delivery.EXPIRED, "given up: no answer")
    assert timedelta(days=3) - timedelta(hours=4) <= taken[-1] - NOON < timedelta(days=3)


def test_a_status_that_was_replaced_often_is_still_taken_up_again(ledger: Ledger) -> None:
    for second in range(20):
        write(ledger, STATUS, NOON + timedelta(seconds=second))
    assert len(tries(ledger, NOON + timedelta(seconds=20))) == 2
    write(ledger, STATUS, NOON + timedelta(hours=1))
    assert len(tries(ledger, NOON + timedelta(hours=1))) == 2, "the next one counts"


def test_what_a_dead_sender_held_is_taken_by_one_other(ledger: Ledger) -> None:
    write(ledger, CDR)
    assert claim(ledger, NOON) is not None
    assert claim(ledger, NOON + LEASE - timedelta(seconds=1)) is None
    taken = claim(ledger, NOON + LEASE)
    assert taken is not None and taken.attempt == 2
    assert claim(ledger, NOON + LEASE) is None


def test_a_partner_that_answers_slowly_has_one_sender(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        for name in ("Slow", "Other"):
            invite(tx, name)
        slow, other = sorted(partner.id for partner in known(tx.conn))
        for number, (kind, partner) in enumerate([(CDR, slow), (STATUS, slow), (CDR, slow), (CDR, other)]):
            later = NOON + timedelta(days=1)
            push = OutgoingPush(
                identity=f"{number}", kind=kind, subject="1", chain=f"{number}", partner=partner, not_after=later
            )
            enqueue(tx, push)
    taken = [claim(ledger, NOON) for _ in range(3)]
    assert [each and each.partner for each in taken] == [slow, other, None]
    with ledger.write(NOON) as tx:
        later = NOON + timedelta(minutes=1)
        stop = OutgoingPush(identity="c", kind=COMMAND, subject="1", chain="c", partner=slow, not_after=later)
        enqueue(tx, stop)
    at_once = claim(ledger, NOON)
    assert at_once is not None and at_once.kind == COMMAND, "a command waits for nothing"
    for each in (taken[0], at_once):
        assert each is not None
        with ledger.write(NOON) as tx:
            finish(tx, each, Delivery.DELIVERED)
    assert claim(ledger, NOON, but={slow}) is None, "it shares a few senders with those that are as slow"
    following = claim(ledger, NOON, but={other})
    assert following is not None and (following.kind, following.partner) == (STATUS, slow)


def webhooks(ledger: Ledger, counts: dict[str, int]) -> dict[int, str]:
    """So many webhooks to each of these subscriptions, in turn, worth sending for three days. Gives names by ids."""
    with ledger.write(NOON) as tx:
        for name in counts:
            subscribe(tx, Wish(name=name, url="https://desk.example/", events=("violation.opened",)), "us")
        named = {each.id: each.name for each in subscriptions(tx.conn)}
        for number in range(max(counts.values())):
            for to in (each for each, name in named.items() if number < counts[name]):
                put_webhook(tx, to, f"{to}/{number}")
    return named


def take(ledger: Ledger, now: datetime = NOON, but: Collection[int] = ()) -> ClaimedPush | None:
    return claim(ledger, now, (WEBHOOK,), but)


def test_a_subscription_has_one_sender_and_its_webhooks_leave_in_order(ledger: Ledger) -> None:
    named = webhooks(ledger, {"slow": 3, "other": 2})
    slow, other = (number for name in ("slow", "other") for number, its in named.items() if its == name)
    first, second = take(ledger), take(ledger)
    assert first is not None and second is not None
    assert {first.subscription, second.subscription} == {slow, other}
    assert take(ledger) is None
    left, held = [], [first, second]
    while held:
        done = held.pop()
        left.append(done.subject)
        with ledger.write(NOON) as tx:
            finish(tx, done, Delivery.DELIVERED)
        following = take(ledger)
        held += [] if following is None else [following]
    for to, count in ((slow, 3), (other, 2)):
        assert [subject for subject in left if subject.startswith(f"{to}/")] == [f"{to}/{n}" for n in range(count)]


def test_who_lets_us_wait_is_left_to_a_few_senders(ledger: Ledger) -> None:
    named = webhooks(ledger, {"slow": 1, "other": 1})
    slow = next(number for number, name in named.items() if name == "slow")
    quick = take(ledger, but={slow})
    assert quick is not None and named[quick.subscription or 0] == "other"
    assert take(ledger, but={slow}) is None
    any_of_them = take(ledger)
    assert any_of_them is not None and any_of_them.subscription == slow
    assert take(ledger, NOON + LEASE, but={slow}) is not None, "the other one, whose sender died"
    assert take(ledger, NOON + LEASE, but={slow}) is None


def test_a_partner_and_a_subscription_of_one_number_are_two(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        invite(tx, "Partner")
        (partner,) = known(tx.conn)
        later = NOON + timedelta(days=1)
        enqueue(tx, OutgoingPush(identity="c", kind=CDR, subject="c", chain="c", partner=partner.id, not_after=later))
    (to,) = webhooks(ledger, {"desk": 1})
    assert partner.id == to
    pushed = claim(ledger, NOON)
    assert pushed is not None and pushed.kind == CDR
    assert take(ledger) is not None


def test_who_claim_at_the_same_moment_never_take_two_of_one_receiver(ledger: Ledger) -> None:
    webhooks(ledger, {"desk": 40})
    for _ in range(10):
        with ThreadPoolExecutor(4) as pool:
            taken = [each for each in pool.map(lambda _: take(ledger), range(4)) if each is not None]
        assert len(taken) == 1
        with ledger.write(NOON) as tx:
            finish(tx, taken[0], Delivery.DELIVERED)


def test_a_laggard_is_one_until_it_is_quick_again() -> None:
    seconds = [0.0]
    laggards = Laggards(seconds=lambda: seconds[0])

    def wait(who: int | None, s: float) -> None:
        with laggards.waiting_for(who):
            seconds[0] += s

    for who, s in ((1, 0.1), (2, 10), (None, 10), (3, 10)):
        wait(who, s)
    assert laggards.known == {2, 3}
    wait(2, 1)
    with pytest.raises(TimeoutError), laggards.waiting_for(1):
        seconds[0] += 15
        raise TimeoutError
    assert laggards.known == {1, 3}


def test_what_waits_for_later_expires_when_its_moment_has_passed(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        until = NOON + timedelta(seconds=12)
        enqueue(tx, OutgoingPush(identity="c", kind=CDR, subject="c", chain="c", partner=None, not_after=until))
    for now in (NOON, NOON + timedelta(seconds=5)):
        push = claim(ledger, now)
        assert push is not None
        with ledger.write(now) as tx:
            put_back(tx, push, "no answer")
    assert stands(ledger).next_try_at == until, "not 10 s later, when nobody would look at it"
    assert claim(ledger, until) is None
    assert stands(ledger).state == Delivery.EXPIRED
