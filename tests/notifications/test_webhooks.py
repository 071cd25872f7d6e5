"""Webhooks out: signed, at least once, to where they may go, and switched off where nothing arrives."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select, update
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from enforcement.violations import State
from ledger import claimed_pushes, pushes
from ledger.database import Ledger, table
from ledger.subscribers import subscriptions
from ledger.subscriptions import Wish, enable, subscribe, unsubscribe
from ledger.vault import Vault
from ledger.webhook_dispatch import Dispatch
from ledger.webhook_events import EVENTS
from ledger.webhooks import alert, tell
from models import ApiClient, Push, Subscription, TokenAlert, ViolationRow
from models.outbox import Delivery
from notifications.posting import post
from notifications.webhooks import Sender, send_next
from notifications.webhooks import headers as headers_of
from tests.conftest import NOON
from tests.notifications.conftest import StandingClock
from tests.support.outbox_rows import put_violation
from tests.support.servers import served

PATIENCE_S = 20


class Receiver:
    """An owner's system: it keeps what it gets, and answers as it is told, 204 otherwise.

    Once ``answer`` is cleared, it answers when it is set.
    """

    def __init__(self) -> None:
        self.got: list[tuple[dict[str, str], bytes]] = []
        self.answers: list[int] = []
        self.asked, self.answer = threading.Semaphore(0), threading.Event()
        self.answer.set()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
                receiver.asked.release()
                assert receiver.answer.wait(PATIENCE_S)
                status = receiver.answers.pop(0) if receiver.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "http://127.0.0.1:1/")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on the console."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hooks?for=us"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    with served(found.server):
        yield found


other_receiver = receiver


def stands(ledger: Ledger) -> Any:
    with ledger.read() as conn:
        return conn.execute(select(table(ViolationRow))).one()


def change(ledger: Ledger, clock: StandingClock, before: dict[str, Any] | None, **row: Any) -> None:
    """A violation went from one row to another."""
    now = stands(ledger)
    with ledger.write(clock()) as tx:
        was = None if before is None else SimpleNamespace(**{**now._mapping, **before})
        tell(tx, [(was, {**now._mapping, **row})])


def started(ledger: Ledger, url: str, **more: Any) -> str:
    with ledger.write(NOON) as tx:
        put_violation(tx)
        return subscribe(tx, Wish(name="owner", url=url, events=EVENTS[:-1], **more), "us")


def sender(ledger: Ledger, clock: StandingClock) -> Sender:
    return Sender(ledger=ledger, clock=clock, private=True)


def drain(ledger: Ledger, clock: StandingClock) -> int:
    count = 0
    while send_next(sender(ledger, clock)):
        count += 1
    return count


def test_a_violation_is_told_from_its_opening_to_its_end(
    ledger: Ledger, clock: StandingClock, receiver: Receiver
) -> None:
    secret = started(ledger, receiver.url)
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    change(
        ledger, clock, {"state": State.RUNNING, "fee_minor": 40}, network="us*cpt", state=State.RUNNING, fee_minor=80
    )
    change(ledger, clock, {"state": State.RUNNING}, network="us*cpt", state=State.ENDED, fee_minor=80)
    change(ledger, clock, {"state": State.ENDED, "fee_minor": 80}, network="us*cpt", state=State.ENDED, fee_minor=40)
    change(ledger, clock, {"state": State.ENDED}, network="us*cpt", state=State.SETTLED)
    change(ledger, clock, {"state": State.WATCHED}, network="us*cpt", state=State.CLEARED)
    assert drain(ledger, clock) == 4
    bodies = [json.loads(body) for _, body in receiver.got]
    assert [body["type"].removeprefix("violation.") for body in bodies] == ["opened", "ended", "changed", "settled"]
    assert {body["version"] for body in bodies} == {1}
    assert bodies[2]["data"]["fee_minor"] == 40
    assert set(bodies[0]["data"]) == {
        *("id", "kind", "state", "reason", "bay", "station", "network", "policy", "clock_started_at", "grace_ends_at"),
        *("violated_at", "ended_at", "billable_s", "fee_minor", "tax_minor", "currency", "synthetic"),
    }, "no token, no session: nothing personal"
    for headers, body in receiver.got:
        signed = Webhook(secret)
        signed_at = {name: headers[name] for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
        with pytest.raises(WebhookVerificationError):
            signed.verify(body + b" ", signed_at)
        assert signed.sign(headers["webhook-id"], NOON, body.decode()) == headers["webhook-signature"]


def test_who_answers_slowly_holds_up_no_other(
    ledger: Ledger, clock: StandingClock, receiver: Receiver, other_receiver: Receiver
) -> None:
    started(ledger, receiver.url)
    with ledger.write(NOON) as tx:
        subscribe(tx, Wish(name="well", url=other_receiver.url, events=EVENTS[:-1]), "us")
    receiver.answer.clear()
    for before, after in ((State.WATCHED, State.RUNNING), (State.RUNNING, State.ENDED)):
        change(ledger, clock, {"state": before}, network="us*cpt", state=after)
    waiting = threading.Thread(target=send_next, args=(sender(ledger, clock),))
    waiting.start()
    assert receiver.asked.acquire(timeout=PATIENCE_S)
    assert drain(ledger, clock) == 2
    told = [json.loads(body)["type"] for _, body in other_receiver.got]
    assert told == ["violation.opened", "violation.ended"]
    receiver.answer.set()
    waiting.join(PATIENCE_S)
    assert drain(ledger, clock) == 1
    assert [json.loads(body)["type"] for _, body in receiver.got] == told


def test_one_that_no_key_opens_holds_up_no_other(ledger: Ledger, clock: StandingClock, receiver: Receiver) -> None:
    started(ledger, receiver.url)
    stranger = Vault([Fernet.generate_key().decode()])
    with ledger.write(NOON) as tx:
        subscribe(tx, Wish(name="well", url=receiver.url, events=EVENTS[:-1]), "us")
        lost = {"secret": stranger.encrypt("whsec_bG9zdA==")}
        tx.conn.execute(update(table(Subscription)).where(table(Subscription).c.name == "owner").values(lost))
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    assert drain(ledger, clock) == 2
    assert len(receiver.got) == 1
    with ledger.read() as conn:
        reasons = {tuple(row) for row in conn.execute(select(table(Push).c.state, table(Push).c.reason))}
    assert reasons == {
        (Delivery.DELIVERED, None), (Delivery.FAILED, "no key of the vault opens its secret; give it another one")
    }  # fmt: skip


def test_a_fault_of_ours_in_one_holds_up_no_other(
    ledger: Ledger, clock: StandingClock, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(ledger, receiver.url)
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    change(ledger, clock, {"state": State.RUNNING}, network="us*cpt", state=State.ENDED)
    faults = [KeyError("a fault")]

    def faulty(*given: Any, **more: Any) -> int:
        if faults:
            raise faults.pop()
        return post(*given, **more)

    monkeypatch.setattr("notifications.webhooks.post", faulty)
    assert drain(ledger, clock) == 2
    with ledger.read() as conn:
        assert {tuple(row) for row in conn.execute(select(table(Push).c.state, table(Push).c.reason))} == {
            (Delivery.DELIVERED, None), (Delivery.FAILED, "a fault of ours (KeyError)")
        }  # fmt: skip


def test_each_secret_that_is_good_signs() -> None:
    secrets = ("whsec_bmV3LW5ldy1uZXctbmV3", "whsec_b2xkLW9sZC1vbGQtb2xk")
    found = Dispatch(id="msg_1", url="https://desk.example.org/", body=b"{}", secrets=secrets)
    signed = headers_of(found, datetime.now(UTC))
    for secret in secrets:
        assert Webhook(secret).verify(b"{}", signed) == {}
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_dGhpcmQtdGhpcmQtdGhpcmQ=").verify(b"{}", signed)


def test_a_change_of_reason_or_tax_alone_is_told_and_nothing_else_is(
    ledger: Ledger, clock: StandingClock, receiver: Receiver
) -> None:
    started(ledger, receiver.url)
    over = {"network": "us*cpt", "state": State.ENDED, "tax_minor": 5, "reason": "vehicle_left"}
    for change_of in ({"tax_minor": 6}, {"reason": "late_facts"}, {}):
        change(ledger, clock, over, **{**over, **change_of})
    assert drain(ledger, clock) == 2
    assert {json.loads(body)["type"] for _, body in receiver.got} == {"violation.changed"}


def test_one_that_does_not_arrive_is_tried_again_under_the_same_id(
    ledger: Ledger, clock: StandingClock, receiver: Receiver
) -> None:
    started(ledger, receiver.url)
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    receiver.answers = [500, 302, 429]
    tries = 0
    for _ in range(60):
        tries += drain(ledger, clock)
        clock.now += timedelta(seconds=1)
    assert tries == 4, "after 5, 10 and 20 s, then it arrived"
    assert len({headers["webhook-id"] for headers, _ in receiver.got}) == 1
    assert len({body for _, body in receiver.got}) == 1
    with ledger.read() as conn:
        (standing,) = subscriptions(conn)
    assert (standing.failing_since, standing.disabled_at) == (None, None)


def test_a_sender_that_died_leaves_it_to_the_next(ledger: Ledger, clock: StandingClock, receiver: Receiver) -> None:
    started(ledger, receiver.url)
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    assert claimed_pushes.claim(ledger, clock(), (pushes.WEBHOOK,)) is not None
    assert drain(ledger, clock) == 0
    clock.now += claimed_pushes.LEASE
    assert drain(ledger, clock) == 1


def test_ocpi_and_webhooks_do_not_take_each_others(ledger: Ledger, clock: StandingClock, receiver: Receiver) -> None:
    started(ledger, receiver.url)
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    assert claimed_pushes.claim(ledger, clock()) is None


def test_who_never_answers_is_switched_off_and_can_be_switched_on_again(ledger: Ledger, clock: StandingClock) -> None:
    started(ledger, "http://127.0.0.1:1/")
    for _ in range(12):
        change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
        drain(ledger, clock)
        clock.now += timedelta(hours=8)
    with ledger.read() as conn:
        (standing,) = subscriptions(conn)
        open_ones = conn.execute(select(table(Push)).where(table(Push).c.state == "pending")).all()
    assert standing.disabled_at is not None
    assert standing.disabled_at - standing.failing_since >= timedelta(days=3)
    assert not [row for row in open_ones if row.created_at > standing.disabled_at]
    with ledger.write(clock()) as tx:
        assert enable(tx, "owner", "us")
        assert unsubscribe(tx, "owner", "us")
        assert not unsubscribe(tx, "owner", "us")


def test_who_is_gone_is_asked_no_more(
    ledger: Ledger, clock: StandingClock, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    started(ledger, receiver.url)
    receiver.answers = [410]
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    change(ledger, clock, None, network="us*cpt", state=State.ENDED)
    drain(ledger, clock)
    assert len(receiver.got) == 1
    assert "is switched off: answered with HTTP 410" in caplog.text


def test_only_the_named_place_is_told_of(ledger: Ledger, clock: StandingClock, receiver: Receiver) -> None:
    started(ledger, receiver.url, network="ca*flo")
    change(ledger, clock, None, network="us*cpt", state=State.RUNNING)
    assert drain(ledger, clock) == 0


def test_a_partner_is_alerted_of_its_own_token_with_the_uid(
    ledger: Ledger, clock: StandingClock, receiver: Receiver
) -> None:
    with ledger.write(NOON) as tx:
        client = table(ApiClient)
        row = {"name": "emsp", "token_hash": "x" * 64, "scopes": "", "party": "us*emp", "created_at": NOON}
        number = tx.conn.execute(client.insert().values(row).returning(client.c.id)).scalar_one()
        sealed = {
            "token": "t1",
            "client": number,
            "party": "us*emp",
            "uid": tx.vault.encrypt("04A1"),
            "created_at": NOON,
        }
        tx.conn.execute(table(TokenAlert).insert().values(sealed))
        subscribe(tx, Wish(name="emsp", url=receiver.url, events=["token.alert"], client=number), "us")
    about = {"step": "grace_running", "network": "us*cpt", "station": "us*cpt*1"}
    for token in ("t1", "t1", "another", None):
        with ledger.write(clock()) as tx:
            alert(tx, "v1/grace_running", token, about)
    with ledger.read() as conn:
        assert "04A1" not in str(conn.execute(select(table(Push))).all()), "it is added as it leaves"
    assert drain(ledger, clock) == 1
    body = json.loads(receiver.got[0][1])
    assert (body["type"], body["data"]["token_uid"], body["data"]["step"]) == ("token.alert", "04A1", "grace_running")
