"""The owners' pages of webhooks: added, tried, paused, given another secret, and what became of each delivery."""

import re
from collections.abc import Iterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from enforcement.violations import State
from ledger import claimed_pushes, pushes
from ledger.database import Ledger, table
from ledger.subscribers import subscriptions
from ledger.subscriptions import OLD_SECRET_FOR, Wish, subscribe
from ledger.webhook_dispatch import dispatch
from ledger.webhook_events import CHANGED, OPENED
from ledger.webhook_health import failed
from ledger.webhooks import tell
from models import Act, Login, Push, ViolationRow
from models.outbox import Delivery
from tests.conftest import NOON, minutes
from tests.support.browsing import add_owner, log_in, make_app
from tests.support.outbox_rows import put_violation

URL = "https://desk.example.org/hooks"


@pytest.fixture
def owner(ledger: Ledger) -> Iterator[FlaskClient]:
    add_owner(ledger, NOON)
    with ledger.write(NOON) as tx:
        put_violation(tx)
    client = make_app(ledger, lambda: minutes(2)).test_client()
    assert log_in(client).status_code == 303
    yield client


def send(owner: FlaskClient, path: str, **form: Any) -> Any:
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', owner.get("/webhooks").text)
    assert token is not None
    return owner.post(path, data={"csrf_token": token[1], **form})


def add(owner: FlaskClient, **change: Any) -> Any:
    form = {"name": "desk", "url": URL, "events": [OPENED, CHANGED], "place": "network:us*cpt"}
    return send(owner, "/webhooks", **{**form, **change})


def secret_on(page: str) -> str:
    found = re.search(r"whsec_[A-Za-z0-9+/=]+", page)
    assert found is not None
    return found[0]


def acts(ledger: Ledger) -> list[tuple[str, str, str]]:
    rows = table(Act)
    with ledger.read() as conn:
        return [(row.who, row.what, row.about) for row in conn.execute(select(rows).order_by(rows.c.id))]


def opened(ledger: Ledger, now: Any) -> None:
    with ledger.write(now) as tx:
        row = tx.conn.execute(select(table(ViolationRow))).one()._mapping
        tell(tx, [(SimpleNamespace(**{**row, "state": State.WATCHED}), {**row, "network": "us*cpt"})])


def test_a_secret_is_shown_once_and_encrypted(owner: FlaskClient, ledger: Ledger) -> None:
    answer = add(owner)
    secret = secret_on(answer.text)
    assert answer.headers["Cache-Control"] == "no-store"
    with ledger.read() as conn:
        (kept,) = subscriptions(conn)
    assert (kept.name, kept.url, kept.events, kept.network) == ("desk", URL, {OPENED, CHANGED}, "us*cpt")
    for path in ("/webhooks", f"/webhooks/{kept.id}"):
        page = owner.get(path).text
        assert "desk" in page and URL in page and secret not in page
    assert acts(ledger) == [("login:owner", "added", "webhook:desk")]
    assert "added it" in owner.get("/webhooks").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": " "}, "printable"),
        ({"name": "client 3/main"}, "no slash"),
        ({"url": "http://desk.example.org/"}, "https"),
        ({"url": "https://user:pw@desk.example.org/"}, "without user"),
        ({"events": []}, "at least one event"),
        ({"events": ["token.alert"]}, "at least one event"),
    ],
)
def test_what_can_not_be_one_is_said_and_stays_typed(
    owner: FlaskClient, ledger: Ledger, change: dict[str, Any], words: str
) -> None:
    answer = add(owner, **change)
    assert answer.status_code == 400 and words in answer.text and change.get("url", URL) in answer.text
    assert acts(ledger) == []


def test_a_name_that_is_taken_is_not_put_anew(owner: FlaskClient, ledger: Ledger) -> None:
    add(owner)
    assert "of that name already" in add(owner, url="https://other.example.org/").text
    with ledger.read() as conn:
        assert [each.url for each in subscriptions(conn)] == [URL]


def test_another_secret_signs_beside_the_old_one_for_a_day(owner: FlaskClient, ledger: Ledger) -> None:
    old = secret_on(add(owner).text)
    new = secret_on(send(owner, "/webhooks/1/rotate").text)
    assert old != new
    opened(ledger, minutes(3))
    for later, secrets in ((timedelta(), (new, old)), (OLD_SECRET_FOR, (new,))):
        now = minutes(3) + later
        push = claimed_pushes.claim(ledger, now, (pushes.WEBHOOK,))
        assert push is not None
        with ledger.write(now) as tx:
            found = dispatch(tx, push)
            claimed_pushes.finish(tx, push, Delivery.DELIVERED)
            assert found is not None and found.secrets == secrets
        send(owner, f"/webhooks/1/sent/{push.id}")
    assert ("login:owner", "secret_changed", "webhook:desk") in acts(ledger)


def test_what_is_paused_is_told_nothing_until_it_is_switched_on(owner: FlaskClient, ledger: Ledger) -> None:
    add(owner)
    assert send(owner, "/webhooks/1/pause").status_code == 303
    assert "Paused" in owner.get("/webhooks").text
    assert send(owner, "/webhooks/1/test").status_code == 409
    opened(ledger, minutes(3))
    send(owner, "/webhooks/1/enable")
    assert "Nothing was sent yet" in owner.get("/webhooks/1").text
    opened(ledger, minutes(4))
    assert "violation.opened" in owner.get("/webhooks/1").text
    assert [what for _, what, _ in acts(ledger)] == ["added", "paused", "enabled"]


def test_a_test_event_and_what_became_of_it_and_once_more(owner: FlaskClient, ledger: Ledger) -> None:
    add(owner)
    assert send(owner, "/webhooks/1/test").status_code == 303
    page = owner.get("/webhooks/1", headers={"HX-Request": "true"}).text
    assert "webhook.test" in page and "Waiting" in page and "<html" not in page
    push = claimed_pushes.claim(ledger, minutes(3), (pushes.WEBHOOK,))
    assert push is not None
    assert send(owner, f"/webhooks/1/sent/{push.id}").status_code == 409, "a sender has it in hand"
    with ledger.write(minutes(3)) as tx:
        claimed_pushes.finish(tx, push, Delivery.EXPIRED, "answered with HTTP 500")
        failed(tx, push.subscription, URL)
    page = owner.get("/webhooks/1").text
    assert "Given up" in page and "HTTP 500" in page and "Does not arrive" in page
    assert send(owner, f"/webhooks/1/sent/{push.id}").status_code == 303
    again = claimed_pushes.claim(ledger, minutes(4), (pushes.WEBHOOK,))
    assert again is not None and (again.id, again.subject) == (push.id, push.subject), "under the same id"
    assert send(owner, "/webhooks/1/sent/99").status_code == 409


def test_one_that_is_removed_takes_along_what_waits_and_leaves_its_acts(owner: FlaskClient, ledger: Ledger) -> None:
    add(owner)
    opened(ledger, minutes(3))
    assert send(owner, "/webhooks/1/remove").location == "/webhooks"
    with ledger.read() as conn:
        assert subscriptions(conn) == [] and conn.execute(select(table(Push))).all() == []
    assert "removed it" in owner.get("/webhooks").text
    for path in ("/webhooks/1", f"/webhooks/{10**30}"):
        assert owner.get(path).status_code == 404


def test_only_owners_with_their_forms_token(owner: FlaskClient, ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        subscribe(tx, Wish(name="desk", url=URL, events=[OPENED]), "test")
    posts = ("/webhooks", *(f"/webhooks/1/{what}" for what in ("rotate", "test", "pause", "enable", "remove")))
    for path in (*posts, "/webhooks/1/sent/1"):
        assert owner.post(path).status_code == 400, path
    stranger = owner.application.test_client()
    assert stranger.get("/webhooks").status_code == 303
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', owner.get("/webhooks").text)
    with ledger.engine.begin() as conn:
        conn.execute(update(table(Login)).values(role="officer"))
    assert token is not None
    for path in ("/webhooks", "/webhooks/1"):
        assert owner.get(path).status_code == 403
    for path in posts:
        assert owner.post(path, data={"csrf_token": token[1]}).status_code == 403, path
    assert acts(ledger) == [("test", "added", "webhook:desk")]
