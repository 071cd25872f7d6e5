"""A violation's page: how it is settled, and commands to its charger, confirmed and logged."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

import ocpi
from ledger.access import add_login
from ledger.assess import assess_due
from ledger.database import Ledger, table
from ledger.partners import by_token
from ledger.registrations import Party, Registration, invite, register
from models import Command, Partner, Push, ViolationRow
from notifications.texts import compose_answer, compose_code
from ocpi.wire import encode
from tests.conftest import NOON, minutes
from tests.support import idle_stay
from tests.support.ocpi_peer import Peer
from web import WebOptions
from web import register as register_web

PASSWORD = "correct horse battery"


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self):  # type: ignore[no-untyped-def]
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def app(ledger: Ledger, clock: Clock) -> Flask:
    app = Flask("both", static_folder=None)
    app.config["TESTING"] = True
    register_web(
        app,
        ledger,
        clock,
        WebOptions(secret_key="k" * 32, secure_cookies=False, code_text=compose_code, answer_text=compose_answer),
    )
    app.register_blueprint(ocpi.blueprint(ledger, clock, "https://bays.example", ocpi.OurParty("US", "BAY", "Bay")))
    return app


@pytest.fixture
def network(app: Flask, ledger: Ledger) -> Peer:
    """BE*BEC, which takes commands."""
    with ledger.write(NOON - timedelta(days=2)) as tx:
        add_login(tx, "ann", PASSWORD)
        partner = by_token(tx.conn, invite(tx, "BeCharged"))
        assert partner is not None
        connection = {"version": "2.2.1", "literal": False, "endpoints": []}
        party = Party(network="be*bec", country_code="BE", party_id="BEC", name="BeCharged")
        found = Registration(token="B", versions_url="http://peer.example", connection=connection, parties=[party])
        token = register(tx, partner[0], found)
    idle_stay.prepare(ledger)
    peer = Peer(app.test_client(), token)
    idle_stay.put_location(peer)
    return peer


def takes_commands(ledger: Ledger) -> None:
    endpoint = {"identifier": "commands", "role": "RECEIVER", "url": "https://peer.example/commands"}
    with ledger.engine.begin() as conn:
        values = encode({"version": "2.2.1", "literal": False, "endpoints": [endpoint]}).decode()
        conn.execute(table(Partner).update().values(endpoints=values))


@pytest.fixture
def running(network: Peer, ledger: Ledger, clock: Clock) -> Iterator[str]:
    """An idle vehicle, plugged in and past its grace: the violation's public id."""
    from ocpi.wire import stamp
    from tests.support import ocpi_objects as objects

    clock.now = minutes(40)
    periods = [objects.period(minutes(0), TIME=0.3333), objects.period(minutes(20), PARKING_TIME=0.3)]
    for at in (20, 39):
        document = objects.session(
            "101", minutes(at), start_date_time=stamp(minutes(0)), charging_periods=periods, kwh=9.5
        )
        network.put("sessions/BE/BEC/101", document)
    while assess_due(ledger, clock.now):
        pass
    with ledger.read() as conn:
        yield str(conn.execute(select(table(ViolationRow).c.public_id)).scalar_one())


@pytest.fixture
def ann(app: Flask) -> FlaskClient:
    client = app.test_client()
    body = client.get("/login").get_data(as_text=True)
    client.post("/login", data={"name": "ann", "password": PASSWORD, "csrf_token": _csrf(body)})
    return client


def _csrf(body: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', body)
    assert found is not None
    return found[1]


def test_a_command_is_confirmed_given_once_and_shown(running: str, ann: FlaskClient, ledger: Ledger) -> None:
    takes_commands(ledger)
    page = ann.get(f"/violations/{running}").get_data(as_text=True)
    assert "Stop the session" in page and "Unlock the connector" in page
    url = f"/violations/{running}/commands/STOP_SESSION"
    asked = ann.get(url).get_data(as_text=True)
    assert "Stop the session?" in asked
    given = ann.post(url, data={"csrf_token": _csrf(asked)})
    assert given.status_code == 303
    with ledger.read() as conn:
        (row,) = conn.execute(select(table(Command))).all()
        (push,) = conn.execute(select(table(Push))).all()
    assert (row.kind, row.session, row.asked_by) == ("STOP_SESSION", "be*bec*101", "ann")
    assert push.subject == row.uid
    shown = ann.get(f"/violations/{running}").get_data(as_text=True)
    assert "on its way" in shown


def test_without_a_token_of_the_form_or_a_log_in_nothing_is_given(
    running: str, ann: FlaskClient, app: Flask, ledger: Ledger
) -> None:
    takes_commands(ledger)
    url = f"/violations/{running}/commands/UNLOCK_CONNECTOR"
    assert ann.post(url).status_code == 400
    assert app.test_client().post(url).status_code in (302, 303, 400)
    with ledger.read() as conn:
        assert conn.execute(select(table(Command))).all() == []


def test_a_network_that_takes_no_commands_is_offered_none(running: str, ann: FlaskClient) -> None:
    assert "At the charger" not in ann.get(f"/violations/{running}").get_data(as_text=True)
    assert ann.get(f"/violations/{running}/commands/STOP_SESSION").status_code == 404
    assert ann.get(f"/violations/{running}/commands/START_ENGINE").status_code == 404


def test_settlement_is_shown_with_its_records(network: Peer, ann: FlaskClient, ledger: Ledger, clock: Clock) -> None:
    clock.now = minutes(61)
    idle_stay.put_stay(network)
    idle_stay.settle(ledger)
    clock.now = minutes(601)
    with ledger.read() as conn:
        public_id = conn.execute(select(table(ViolationRow).c.public_id)).scalar_one()
    page = ann.get(f"/violations/{public_id}").get_data(as_text=True)
    assert "We bill, by charge records (CDRs)" in page and "14.52 EUR" in page
    overview = ann.get("/networks").get_data(as_text=True)
    assert "BeCharged" in overview and "We bill" in overview
