"""What was kept long enough goes, and nothing that is still needed goes with it."""

from datetime import datetime, timedelta

from sqlalchemy import select, update

from enforcement.retention import Retention
from enforcement.violations import State
from ledger.claimed_pushes import claim, finish
from ledger.database import Ledger, table
from ledger.drivers import add_driver, known_by
from ledger.pushes import CDR, WEBHOOK, OutgoingPush, enqueue
from ledger.retention import purge
from ledger.subscribers import subscriptions
from ledger.subscriptions import Wish, subscribe
from ledger.tokens import keep_token, open_token
from models import AccessLog, Dispute, Driver, Push, Reject, ViolationRow
from models.outbox import Delivery
from tests.conftest import NOON
from tests.support.outbox_rows import VIOLATION, messages, put_messages

KEEP = Retention()
DAY = timedelta(days=1)


def _purge(ledger: Ledger, now: datetime, keep: Retention = KEEP) -> dict[str, int]:
    return dict(purge(ledger, lambda: now, keep))


def _phones(ledger: Ledger) -> list[str]:
    with ledger.read() as conn:
        query = select(table(Driver).c.phone).order_by(table(Driver).c.id)
        return [ledger.vault.decrypt(phone) if phone else "" for phone in conn.execute(query).scalars()]


def _set(ledger: Ledger, state: State) -> None:
    with ledger.write(NOON) as tx:
        rows = table(ViolationRow)
        tx.conn.execute(update(rows).where(rows.c.key == VIOLATION).values(state=state, token="t" * 64))


def test_a_phone_that_only_claimed_a_stay_is_forgotten_after_a_month(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        known_by(tx, "+15145550101", "en")
        add_driver(tx, "+15145550102", "en", ["asked-to-be-known"])
    assert _purge(ledger, NOON + 30 * DAY)["phones"] == 0
    assert _purge(ledger, NOON + 31 * DAY)["phones"] == 1
    assert _phones(ledger) == ["", "+15145550102"]
    assert _purge(ledger, NOON + 31 * DAY)["phones"] == 0
    with ledger.read() as conn:
        log = conn.execute(select(table(AccessLog)).where(table(AccessLog).c.what == "erased")).one()
    assert (log.reader, log.purpose) == ("retention", "kept long enough")


def test_a_message_since_keeps_a_phone(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON + 10 * DAY)
    with ledger.write(NOON + 10 * DAY) as tx:
        tx.conn.execute(update(table(Driver)).values(created_at=NOON))
    assert _purge(ledger, NOON + 31 * DAY)["phones"] == 0


def test_texts_of_messages_go_and_their_rows_stay(ledger: Ledger) -> None:
    put_messages(ledger, 3, NOON)
    assert _purge(ledger, NOON + 89 * DAY)["messages"] == 0
    assert _purge(ledger, NOON + 91 * DAY)["messages"] == 3
    assert [(each.text, each.step) for each in messages(ledger)] == [("", "grace_running")] * 3


def test_webhooks_go_with_them_but_not_what_waits(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        subscribe(tx, Wish(name="desk", url="https://desk.example/", events=("violation.opened",)), "us")
        (to,) = subscriptions(tx.conn)
        later = NOON + 400 * DAY
        for name, kind, subscription in (("a", WEBHOOK, to.id), ("b", WEBHOOK, to.id), ("c", CDR, None)):
            push = OutgoingPush(
                identity=name, kind=kind, subject=name, chain=name, partner=None, subscription=subscription,
                not_after=later,
            )  # fmt: skip
            enqueue(tx, push)
    for kind in (WEBHOOK, CDR):
        taken = claim(ledger, NOON, (kind,))
        assert taken is not None
        with ledger.write(NOON) as tx:
            finish(tx, taken, Delivery.DELIVERED)
    assert _purge(ledger, NOON + 89 * DAY)["messages"] == 0
    assert _purge(ledger, NOON + 91 * DAY)["messages"] == 1
    with ledger.read() as conn:
        assert set(conn.execute(select(table(Push).c.identity)).scalars()) == {"b", "c"}


def test_a_token_is_kept_while_a_violation_needs_it(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    with ledger.write(NOON) as tx:
        keep_token(tx, "t" * 64, "{}")
    _set(ledger, State.ENDED)
    assert _purge(ledger, NOON + 500 * DAY)["tokens"] == 0
    _set(ledger, State.SETTLED)
    assert _purge(ledger, NOON + 500 * DAY)["tokens"] == 1
    with ledger.read() as conn:
        assert open_token(conn, ledger.vault, "t" * 64) is None


def test_a_dispute_keeps_its_words_until_it_was_answered_long_ago(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    with ledger.write(NOON) as tx:
        row = {"violation": VIOLATION, "driver": 1, "text": tx.vault.encrypt("it was not me"), "made_at": NOON}
        tx.conn.execute(table(Dispute).insert().values(row))
    assert _purge(ledger, NOON + 999 * DAY)["disputes"] == 0
    with ledger.write(NOON + DAY) as tx:
        tx.conn.execute(update(table(Dispute)).values(outcome="upheld", answered_at=tx.now))
    assert _purge(ledger, NOON + 181 * DAY)["disputes"] == 0
    assert _purge(ledger, NOON + 182 * DAY)["disputes"] == 1


def test_many_batches_and_nothing_twice(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        row = {"source": "mqtt", "place": "t", "reason": "r", "payload": "", "seen_at": NOON}
        tx.conn.execute(table(Reject).insert(), [{**row, "identity": f"{number:064}"} for number in range(1_201)])
    assert _purge(ledger, NOON + 31 * DAY)["rejects"] == 1_201
    assert _purge(ledger, NOON + 31 * DAY)["rejects"] == 0


def test_zero_days_keep_for_ever(ledger: Ledger) -> None:
    put_messages(ledger, 1, NOON)
    assert "messages" not in _purge(ledger, NOON + 9_999 * DAY, Retention(messages=None))
    assert messages(ledger)[0].text == "Message 0"
