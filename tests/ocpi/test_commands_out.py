"""Commands out: sent once to the network of the charger, answered at once by it and later by the charger."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, request
from sqlalchemy import select

from ledger import command_answers, commands
from ledger.command_answers import CommandLine, CommandState
from ledger.commands import CommandError, CommandKind, Target
from ledger.database import Ledger, table
from ledger.drivers import add_driver, known_by
from ledger.starting import Start, evse_to_start, start, startable
from ledger.token_ties import confirm_scanned
from models import Command, OcpiObject, Partner, Push
from models.drivers import TieSource
from models.outbox import Delivery
from ocpi.calls import OurParty
from ocpi.client import peers
from ocpi.deliveries import HANDLERS
from ocpi.privacy import token_key_of
from ocpi.pushing import Postman, send_next
from ocpi.wire import decode, encode, stamp
from tests.conftest import minutes
from tests.ocpi.conftest import BASE_URL, Clock
from tests.support import idle_stay
from tests.support.field_tables import faults
from tests.support.ocpi_objects import evse, location, session
from tests.support.ocpi_peer import Peer, result
from tests.support.servers import listening

EVSE, SESSION = "be*bec*loc1*3256", "be*bec*101"


class Charger:
    """The network's command receiver: it remembers what it was asked and answers as it is told."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.answers: Any = {"result": "ACCEPTED", "timeout": 30}
        self.http = 200
        self.app = Flask("charger")
        self.app.add_url_rule("/<version>/commands/<kind>", view_func=self._take, methods=["POST"])

    def _take(self, version: str, kind: str) -> Response:
        name = kind.title().replace("_", "")  # START_SESSION is a StartSession
        assert list(faults(decode(request.get_data()), name, version)) == []
        self.asked.append((kind, request.get_json()))
        body = {"data": self.answers, "status_code": 1000, "timestamp": "2026-03-02T17:00:00Z"}
        return Response(encode(body), self.http, mimetype="application/json")


@pytest.fixture
def charger() -> Charger:
    return Charger()


@pytest.fixture(params=["2.1.1", "2.2.1", "2.3.0"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def network(charger: Charger, peer: Peer, ledger: Ledger, clock: Clock, version: str) -> Iterator[Peer]:
    """BE*BEC takes commands in this version; a session runs at its one EVSE."""
    idle_stay.put_location(peer)
    clock.now = minutes(30)
    idle_stay.put_stay(peer, ended=25)
    with listening(charger.app) as url:
        role = "" if version == "2.1.1" else "RECEIVER"
        endpoints = [{"identifier": "commands", "role": role, "url": f"{url}/{version}/commands"}]
        connection = {"version": version, "literal": False, "endpoints": endpoints}
        with ledger.engine.begin() as conn:
            conn.execute(table(Partner).update().values(endpoints=encode(connection).decode()))
        yield peer


def send(ledger: Ledger, clock: Clock) -> bool:
    us = OurParty("US", "BAY", "Baywarden")
    return send_next(Postman(ledger=ledger, clock=clock, peer=peers(), us=us, base_url=BASE_URL), HANDLERS)


def want(ledger: Ledger, clock: Clock, kind: CommandKind, **more: Any) -> str:
    with ledger.write(clock()) as tx:
        target = commands.target_of(tx.conn, SESSION)
        assert target is not None
        return commands.want(tx, kind, target, "ann", **more)


def line(ledger: Ledger, uid: str, clock: Clock) -> CommandLine:
    with ledger.read() as conn:
        found = command_answers.find(conn, uid, clock())
    assert found is not None
    return found


def calls_back(peer: Peer, url: str, body: Any) -> tuple[int, int]:
    return result(peer.call("POST", url.removeprefix(f"{BASE_URL}/ocpi/"), body))


def test_the_charger_answers_later(network: Peer, charger: Charger, ledger: Ledger, clock: Clock, version: str) -> None:
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    assert line(ledger, uid, clock).state is CommandState.WAITING
    assert send(ledger, clock) and not send(ledger, clock)
    ((kind, body),) = charger.asked
    url = body.pop("response_url")
    assert kind == "UNLOCK_CONNECTOR" and len(url) <= 255
    assert body == {"location_id": "LOC1", "evse_uid": "3256", "connector_id": "1"}
    assert line(ledger, uid, clock).state is CommandState.ACCEPTED
    assert calls_back(network, url, {"result": "ACCEPTED"}) == (200, 1000)
    assert calls_back(network, url, {"result": "FAILED"}) == (200, 1000)  # again, and otherwise: the first word counts
    assert line(ledger, uid, clock).state is CommandState.DONE


def test_a_session_is_stopped_by_its_own_name(network: Peer, charger: Charger, ledger: Ledger, clock: Clock) -> None:
    want(ledger, clock, CommandKind.STOP_SESSION)
    send(ledger, clock)
    ((kind, body),) = charger.asked
    assert (kind, body["session_id"]) == ("STOP_SESSION", "101")


def test_a_session_is_started_with_the_drivers_own_token(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock, version: str
) -> None:
    with ledger.read() as conn:
        rows = table(OcpiObject)
        session = conn.execute(select(rows.c.document).where(rows.c.module == "sessions")).scalar_one()
    want(ledger, clock, CommandKind.START_SESSION, token=token_key_of(decode(session.encode())))
    send(ledger, clock)
    ((_, body),) = charger.asked
    assert body["token"]["uid"] == "123abc" and body["location_id"] == "LOC1"
    contract = body["token"]["auth_id" if version == "2.1.1" else "contract_id"]
    assert contract == "NL-TST-C12345678-S"


def test_what_the_network_refuses_is_refused(network: Peer, charger: Charger, ledger: Ledger, clock: Clock) -> None:
    charger.answers = {"result": "NOT_SUPPORTED", "timeout": 0, "message": [{"language": "en", "text": "no lock"}]}
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    send(ledger, clock)
    found = line(ledger, uid, clock)
    assert (found.state, found.words) == (CommandState.REFUSED, "no lock")


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ({"result": "ACCEPTED", "timeout": 10**30}, CommandState.ACCEPTED),
        ({"result": "ACCEPTED", "timeout": -5}, CommandState.TIMED_OUT),
        ({"result": "ACCEPTED", "timeout": "soon", "message": "wait"}, CommandState.ACCEPTED),
        ({"result": " accepted "}, CommandState.ACCEPTED),
        ({"result": ["ACCEPTED"]}, CommandState.UNKNOWN),
        ({}, CommandState.UNKNOWN),
        (None, CommandState.UNKNOWN),
        ("ACCEPTED", CommandState.UNKNOWN),
    ],
)
def test_an_odd_answer_is_no_more_and_no_less_than_it_says(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock, answer: Any, state: CommandState
) -> None:
    """With a success that says nothing, nobody knows whether the charger is about to do it."""
    charger.answers = answer
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    assert send(ledger, clock) and not send(ledger, clock)
    assert line(ledger, uid, clock).state is state
    url = charger.asked[0][1]["response_url"]
    assert calls_back(network, url, {"result": "ACCEPTED"}) == (200, 1000)
    assert line(ledger, uid, clock).state is CommandState.DONE


@pytest.mark.parametrize(
    "extra", [{"location": "here"}, {"location": ["x"]}, {"location": {"evses": 5}}, {"location": {"evses": ["x"]}}]
)
def test_what_a_session_says_beside_its_evse_is_no_matter(
    network: Peer, ledger: Ledger, clock: Clock, extra: dict[str, Any]
) -> None:
    clock.now = minutes(31)
    assert result(network.put("sessions/BE/BEC/102", session("102", at=minutes(30), **extra)))[1] == 1000
    with ledger.read() as conn:
        found = commands.target_of(conn, "be*bec*102")
    assert found == Target(evse=EVSE, session="be*bec*102", connector="1")


def test_a_token_that_its_party_calls_invalid_starts_nothing(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock, connect: Any
) -> None:
    provider, token = connect("Provider", ("NL", "TST")), token_of_the_session(ledger)
    said = {
        "country_code": "NL",
        "party_id": "TST",
        "uid": "123abc",
        "type": "RFID",
        "contract_id": "C1",
        "issuer": "T",
        "whitelist": "ALWAYS",
    }
    with ledger.write(clock()) as tx:
        anna = add_driver(tx, "+15145550100", "en", [token])
    for minute, valid in ((31, False), (32, True)):
        clock.now = minutes(minute)
        body = {**said, "valid": valid, "last_updated": stamp(clock.now)}
        assert result(provider.call("PUT", "cpo/2.2.1/tokens/NL/TST/123abc", body))[1] == 1000
        with ledger.read() as conn:
            assert (startable(conn, ledger.vault, EVSE, anna) is not None) is valid
    clock.now = minutes(33)
    uid = want(ledger, clock, CommandKind.START_SESSION, token=token)
    gone = {"valid": False, "last_updated": stamp(clock.now)}
    assert result(provider.call("PATCH", "cpo/2.2.1/tokens/NL/TST/123abc", gone))[1] == 1000
    assert send(ledger, clock) and charger.asked == []
    assert line(ledger, uid, clock).state is CommandState.NOT_SENT


def test_a_charger_that_does_not_answer_has_timed_out(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock
) -> None:
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    send(ledger, clock)
    clock.now = minutes(33)
    assert line(ledger, uid, clock).state is CommandState.TIMED_OUT


def test_it_leaves_once_also_where_nobody_knows_what_became_of_it(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock
) -> None:
    charger.http = 502
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    send(ledger, clock)
    assert line(ledger, uid, clock).state is CommandState.UNKNOWN
    clock.now = minutes(90)
    assert not send(ledger, clock) and len(charger.asked) == 1


def test_a_sender_that_died_leaves_it_unknown(network: Peer, charger: Charger, ledger: Ledger, clock: Clock) -> None:
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    with ledger.engine.begin() as conn:
        conn.execute(table(Push).update().values(state=Delivery.SENDING, claimed_until=minutes(31)))
    clock.now = minutes(40)
    assert not send(ledger, clock) and charger.asked == []
    assert line(ledger, uid, clock).state is CommandState.UNKNOWN


def test_a_command_that_waited_too_long_is_not_sent(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock
) -> None:
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    clock.now = minutes(32)
    assert not send(ledger, clock) and charger.asked == []
    assert line(ledger, uid, clock).state is CommandState.NOT_SENT


def test_only_its_own_partner_answers_a_command(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock, connect: Any
) -> None:
    uid = want(ledger, clock, CommandKind.UNLOCK_CONNECTOR)
    send(ledger, clock)
    url = charger.asked[0][1]["response_url"]
    other = connect("Other", ("FR", "OTH"))
    assert calls_back(other, url, {"result": "ACCEPTED"})[0] == 404
    assert calls_back(network, url, {"result": 7})[1] == 2001
    assert calls_back(network, url[:-3] + "000", {"result": "ACCEPTED"})[0] == 404
    assert line(ledger, uid, clock).state is CommandState.ACCEPTED


def test_a_network_without_commands_takes_none(peer: Peer, ledger: Ledger, clock: Clock) -> None:
    with ledger.write(clock()) as tx, pytest.raises(CommandError, match="takes no commands"):
        commands.want(tx, CommandKind.UNLOCK_CONNECTOR, Target(evse=EVSE, connector="1"), "ann")


def token_of_the_session(ledger: Ledger) -> str:
    with ledger.read() as conn:
        rows = table(OcpiObject)
        session = conn.execute(select(rows.c.document).where(rows.c.module == "sessions")).scalar_one()
    token = token_key_of(decode(session.encode()))
    assert token is not None
    return token


def test_a_driver_starts_a_session_with_a_token_that_is_known_to_be_theirs(
    network: Peer, charger: Charger, ledger: Ledger, clock: Clock, connect: Any, version: str
) -> None:
    token = token_of_the_session(ledger)
    with ledger.write(clock()) as tx:
        anna = add_driver(tx, "+15145550100", "en", [token])
        assert startable(tx.conn, ledger.vault, EVSE, anna) is None  # the token's party is not connected
    connect("Provider", ("NL", "TST"))
    with ledger.write(clock()) as tx:
        assert startable(tx.conn, ledger.vault, EVSE, anna + 1) is None
        assert startable(tx.conn, ledger.vault, "elsewhere", anna) is None
        wanted = startable(tx.conn, ledger.vault, EVSE, anna)
        assert wanted is not None
        uid = start(tx, wanted, anna)
    assert send(ledger, clock)
    ((kind, body),) = charger.asked
    assert (kind, body["evse_uid"], body["token"]["uid"]) == ("START_SESSION", "3256", "123abc")
    assert body.get("connector_id") == (None if version == "2.1.1" else "1")
    assert line(ledger, uid, clock).state is CommandState.ACCEPTED


@pytest.mark.parametrize(("plugs", "must_name", "expected"), [(2, False, EVSE), (2, True, None), (1, True, EVSE)])
def test_which_plug_is_meant_is_said_only_where_it_is_known(
    peer: Peer, ledger: Ledger, clock: Clock, plugs: int, must_name: bool, expected: str | None
) -> None:
    """A network may have to be told the connector; who stands at an EVSE with two has not said which one."""
    connection = {"version": "2.2.1", "endpoints": [{"identifier": "commands", "role": "RECEIVER", "url": "http://x"}]}
    with ledger.engine.begin() as conn:
        conn.execute(table(Partner).update().values(endpoints=encode(connection).decode()))
    capabilities = ["START_SESSION_CONNECTOR_REQUIRED"] if must_name else ["REMOTE_START_STOP_CAPABLE"]
    own = evse(capabilities=capabilities)
    own["connectors"] += [{**own["connectors"][0], "id": str(number)} for number in range(2, plugs + 1)]
    assert result(peer.put("locations/BE/BEC/LOC1", location(own)))[1] == 1000
    with ledger.write(clock()) as tx:
        assert evse_to_start(tx.conn, EVSE) == expected
        if expected is not None:
            uid = start(tx, Start(EVSE, "t" * 64), 1)
            row = tx.conn.execute(select(table(Command).c.connector).where(table(Command).c.uid == uid)).one()
            assert row.connector == ("1" if plugs == 1 else None)


def test_two_scans_of_anothers_vehicle_start_nothing_on_its_token(
    network: Peer, ledger: Ledger, clock: Clock, connect: Any
) -> None:
    token = token_of_the_session(ledger)
    connect("Provider", ("NL", "TST"))
    with ledger.write(clock()) as tx:
        stalker = known_by(tx, "+15145550101", "en")
        confirm_scanned(tx, stalker, token, remember=True)
        confirm_scanned(tx, stalker, token, remember=True)
        assert startable(tx.conn, ledger.vault, EVSE, stalker) is None
        add_driver(tx, "+15145550101", "en", [token], TieSource.PARTNER)
        confirm_scanned(tx, stalker, token, remember=True)
        assert startable(tx.conn, ledger.vault, EVSE, stalker) is not None
