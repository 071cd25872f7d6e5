"""Pushes whose sender dies: a try counts before it is made, the next one waits longer, and there is a last one."""

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select

from ledger.claimed_pushes import LEASE, MAX_ATTEMPTS, claim, finish
from ledger.database import Ledger, table
from ledger.partners import known
from ledger.pushes import CDR, COMMAND, STATUS, WEBHOOK, OutgoingPush, enqueue
from ledger.registrations import invite
from models import Push
from models.outbox import Delivery
from tests.conftest import NOON

KINDS = (CDR, STATUS, COMMAND, WEBHOOK)
STOPPED = "the sender stopped while it was sending"


def write(ledger: Ledger, kind: str, now: datetime = NOON) -> None:
    """A push that is worth sending for months."""
    with ledger.write(now) as tx:
        later = now + timedelta(days=90)
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
        (WEBHOOK, 25, Delivery.EXPIRED, f"given up, it can be fetched: {STOPPED}"),
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
    following = claim(ledger, NOON)
    assert following is not None and (following.kind, following.partner) == (STATUS, slow)
