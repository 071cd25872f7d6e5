"""Subscriptions that change while something is told or sent: nothing of it is another's fault, and nothing is lost."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update

from enforcement.violations import State
from ledger import webhook_health
from ledger.claimed_pushes import ClaimedPush, claim, put_back
from ledger.database import Ledger, Tx, table
from ledger.pushes import WEBHOOK
from ledger.subscribers import Subscriber, secrets_of, subscriptions
from ledger.subscriptions import OLD_SECRET_FOR, Wish, rotate, subscribe, unsubscribe
from ledger.vault import Vault
from ledger.webhook_events import EVENTS
from ledger.webhooks import tell
from models import Push, Subscription, ViolationRow
from tests.conftest import NOON, minutes
from tests.support.at_once import Beside
from tests.support.outbox_rows import put_violation
from tests.support.waiting_webhooks import put_webhook

URL = "https://desk.example/hooks"


def begin(tx: Tx, url: str = URL) -> str:
    return subscribe(tx, Wish(name="desk", url=url, events=EVENTS[:-1]), "us")


@pytest.fixture
def subscription(ledger: Ledger) -> int:
    with ledger.write(NOON) as tx:
        put_violation(tx)
        begin(tx)
    return desk(ledger).id


def desk(ledger: Ledger) -> Subscriber:
    with ledger.read() as conn:
        (found,) = subscriptions(conn)
    return found


def pushes(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return list(conn.execute(select(table(Push)).order_by(table(Push).c.id)))


def opened(tx: Tx) -> None:
    """Tell of a violation that began."""
    row = tx.conn.execute(select(table(ViolationRow))).one()._mapping
    tell(tx, [(SimpleNamespace(state=State.WATCHED), {**row, "network": "us*cpt", "state": State.RUNNING})])


def write(ledger: Ledger, subscription: int, count: int) -> None:
    with ledger.write(NOON) as tx:
        for number in range(count):
            put_webhook(tx, subscription, f"{number}")


def take(ledger: Ledger, now: datetime) -> ClaimedPush | None:
    return claim(ledger, now, (WEBHOOK,))


def miss(ledger: Ledger, now: datetime, url: str = URL, *, is_gone: bool = False) -> bool:
    """A webhook was sent to ``url`` and did not arrive. Returns whether the subscription was switched off."""
    push = take(ledger, now)
    assert push is not None
    with ledger.write(now) as tx:
        is_over = webhook_health.failed(tx, push.subscription, url, is_gone=is_gone)
        put_back(tx, push, "no answer")
    return is_over


def test_one_that_is_ended_while_something_is_decided_is_told_nothing(ledger: Ledger, subscription: int) -> None:
    """The decision remembers it still, and must stand whatever becomes of who is told of it."""
    if ledger.has_one_writer:
        pytest.skip("SQLite has one writer")
    with ledger.write(minutes(1)) as tx:
        opened(tx)  # which remembers it
    with ledger.write(minutes(2)) as tx:
        other = Beside(ledger, minutes(2), lambda own: unsubscribe(own, "desk", "us"))
        other.end()
        opened(tx)
    assert pushes(ledger) == []


def test_one_that_is_ended_waits_for_who_is_telling_it(ledger: Ledger, subscription: int) -> None:
    if ledger.has_one_writer:
        pytest.skip("SQLite has one writer")
    with ledger.write(minutes(1)) as tx:
        opened(tx)
        other = Beside(ledger, minutes(1), lambda own: unsubscribe(own, "desk", "us"))
    other.end()
    assert pushes(ledger) == []


def test_what_comes_of_its_address_of_before_is_not_its_fault(ledger: Ledger, subscription: int) -> None:
    write(ledger, subscription, 1)
    with ledger.write(minutes(1)) as tx:
        begin(tx, "https://desk.example/new")
    assert not miss(ledger, minutes(1), is_gone=True)
    assert (desk(ledger).failing_since, desk(ledger).disabled_at) == (None, None)
    assert not miss(ledger, minutes(2), "https://desk.example/new")
    with ledger.write(minutes(3)) as tx:
        webhook_health.arrived(tx, subscription, URL)
    assert desk(ledger).failing_since == minutes(2)
    assert miss(ledger, minutes(3), "https://desk.example/new", is_gone=True)
    assert desk(ledger).disabled_at == minutes(3)


@pytest.mark.parametrize(("away", "waits"), [(timedelta(hours=6), False), (timedelta(minutes=9), True)])
def test_all_that_waits_goes_when_a_receiver_is_back(
    ledger: Ledger, subscription: int, away: timedelta, waits: bool
) -> None:
    """Not in up to four hours; but a receiver that takes all but one is not sent that one all the time."""
    write(ledger, subscription, 3)
    for _ in range(3):
        miss(ledger, NOON)
    later = NOON + away
    with ledger.write(later) as tx:
        tx.conn.execute(update(table(Push)).values(next_try_at=later + timedelta(hours=2)))
        webhook_health.arrived(tx, subscription, URL)
    taken = take(ledger, later)
    assert (taken is None) is waits
    if taken is not None:
        assert taken.id == pushes(ledger)[0].id, "in their order"


def signing(ledger: Ledger, now: datetime) -> tuple[str, ...]:
    with ledger.write(now) as tx:
        return secrets_of(tx, tx.conn.execute(select(table(Subscription))).one())


def test_a_secret_that_is_changed_twice_in_a_day_leaves_its_receiver_time(ledger: Ledger, subscription: int) -> None:
    """Whoever lost the new one before it was anywhere changes it again: the receiver has the first one still."""
    (first,) = signing(ledger, NOON)
    made = [first]
    for minute in (1, 2, 3, 4):
        with ledger.write(minutes(minute)) as tx:
            secret = rotate(tx, "desk", "us")
            assert secret is not None
            made.append(secret)
        assert signing(ledger, minutes(minute))[:2] == (made[-1], made[-2])
    assert signing(ledger, minutes(4)) == tuple(reversed(made[1:])), "no more than three old ones"
    assert signing(ledger, minutes(4) + OLD_SECRET_FOR) == (made[-1],)


def test_one_whose_secret_no_key_opens_gets_another(ledger: Ledger, subscription: int) -> None:
    lost = Vault([Fernet.generate_key().decode()]).encrypt("whsec_bG9zdA==")
    with ledger.write(NOON) as tx:
        tx.conn.execute(update(table(Subscription)).values(secret=lost))
        secret = rotate(tx, "desk", "us")
    assert signing(ledger, minutes(1)) == (secret,)
