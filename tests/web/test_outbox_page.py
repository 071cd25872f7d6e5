"""The outbox page: what only the operator can mend, and messages that a person sends again."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from ledger import alerts
from ledger.database import Ledger, table
from ledger.deliveries import Outcome, report
from models import Login
from models.outbox import Delivery
from tests.conftest import NOON, minutes
from tests.support.browsing import add_owner, log_in, make_app
from tests.support.outbox_rows import messages, put_messages, states


@pytest.fixture
def owner(ledger: Ledger) -> Iterator[FlaskClient]:
    """An owner, and two messages: one that failed, one of which nobody knows."""
    add_owner(ledger, NOON)
    put_messages(ledger, 2, NOON)
    with ledger.write(minutes(1)) as tx:
        for row, state in zip(messages(ledger), (Delivery.FAILED, Delivery.UNKNOWN), strict=True):
            report(tx, row.id, Outcome(state, reason="Twilio 30003"))
    app: Flask = make_app(ledger, lambda: minutes(2), api_rate="10000 per minute")
    client = app.test_client()
    assert log_in(client).status_code == 303
    yield client


def csrf(client: FlaskClient) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/outbox").text)
    assert found is not None
    return found[1]


def test_a_dead_letter_is_sent_again_and_an_unknown_one_only_at_a_persons_word(
    owner: FlaskClient, ledger: Ledger, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    dead, unknown = (row.id for row in messages(ledger))
    token = csrf(owner)
    assert owner.post(f"/outbox/{dead}/retry", data={"csrf_token": token}).status_code == 303
    assert owner.post(f"/outbox/{unknown}/retry", data={"csrf_token": token}).status_code == 409
    assert states(ledger) == ["failed", "unknown", "pending"]
    answer = owner.post(f"/outbox/{unknown}/retry", data={"csrf_token": token, "twice": "yes"})
    assert (answer.status_code, states(ledger)[3:]) == (303, ["pending"])
    assert f"sends message {dead} again" in caplog.text


def test_without_the_forms_token_or_the_role_nothing_is_sent(owner: FlaskClient, ledger: Ledger) -> None:
    dead, token = messages(ledger)[0].id, csrf(owner)
    assert owner.post(f"/outbox/{dead}/retry").status_code == 400
    with ledger.engine.begin() as conn:
        conn.execute(update(table(Login)).values(role="officer"))
    assert "Send again" not in owner.get("/outbox").text
    assert owner.post(f"/outbox/{dead}/retry", data={"csrf_token": token}).status_code == 403
    assert owner.post("/outbox/99999999999999999999/retry", data={"csrf_token": token}).status_code in (403, 404)
    assert states(ledger) == ["failed", "unknown"]


def test_what_only_the_operator_can_mend_is_shown(owner: FlaskClient, ledger: Ledger) -> None:
    with ledger.write(minutes(2)) as tx:
        alerts.raise_alert(tx, "twilio-20003", "Twilio 20003: Twilio refused our credentials")
    assert "Twilio refused our credentials" in owner.get("/outbox").text
