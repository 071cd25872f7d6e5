"""What becomes of a push by what its receiver answers: taken, refused, or nobody knows. HTTP alone does not tell."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import select

from ledger import availability, partners
from ledger.assess import assess_due
from ledger.database import Ledger, table
from models import Partner, Push
from models.outbox import Delivery
from ocpi.calls import OurParty
from ocpi.client import peers
from ocpi.deliveries import HANDLERS
from ocpi.pushing import Postman, send_next
from ocpi.wire import encode, stamp
from tests.conftest import minutes
from tests.ocpi.conftest import BASE_URL, Clock
from tests.support import idle_stay
from tests.support.ocpi_objects import evse, location
from tests.support.ocpi_peer import Peer, Platform, envelope, result

# Six tries and no more: 5 s, 10 s, … between them.
_ALL_TRIES = range(601, 631)


@pytest.fixture
def network(connect: Callable[..., Peer], ledger: Ledger) -> Peer:
    peer = connect("BeCharged", ("BE", "BEC"))
    idle_stay.prepare(ledger)
    return peer


@pytest.fixture
def version() -> str:
    return "2.2.1"


@pytest.fixture
def provider(connect: Callable[..., Peer], platform: Platform, ledger: Ledger, version: str) -> Iterator[Platform]:
    """The driver's provider, which receives at ``/cdrs`` and ``/locations``."""
    connect("Provider", ("NL", "TST"))
    role = "" if version == "2.1.1" else "RECEIVER"
    endpoints = [{"identifier": name, "role": role, "url": f"{platform.url}/{name}/"} for name in ("cdrs", "locations")]
    rows, connection = table(Partner), {"version": version, "literal": False, "endpoints": endpoints}
    with ledger.engine.begin() as conn:
        conn.execute(rows.update().where(rows.c.name == "Provider").values(endpoints=encode(connection).decode()))
    yield platform


def send(ledger: Ledger, clock: Clock) -> int:
    us = OurParty("US", "BAY", "Baywarden")
    postman, count = Postman(ledger=ledger, clock=clock, peer=peers(), us=us, base_url=BASE_URL), 0
    while send_next(postman, HANDLERS):
        count += 1
    return count


def pushes(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return list(conn.execute(select(table(Push)).order_by(table(Push).c.id)))


@pytest.mark.parametrize(
    ("http", "code", "state", "tries"),
    [
        (201, 1000, Delivery.DELIVERED, 1),
        (200, 1001, Delivery.DELIVERED, 1),
        # The receiver looked at it and said no: the same CDR would be refused again.
        (200, 2000, Delivery.FAILED, 1),
        (200, 2001, Delivery.FAILED, 1),
        (400, 2001, Delivery.FAILED, 1),
        (403, 2001, Delivery.FAILED, 1),
        # It did not look at it: our token may be about to change. Or it could not take it now, or a hub could
        # not reach it: perhaps it can later.
        (401, 2001, Delivery.EXPIRED, 6),
        (200, 3000, Delivery.EXPIRED, 6),
        (200, 3001, Delivery.EXPIRED, 6),
        (200, 4003, Delivery.EXPIRED, 6),
        (429, 2000, Delivery.EXPIRED, 6),
        (500, 3000, Delivery.EXPIRED, 6),
        (307, 1000, Delivery.EXPIRED, 6),
    ],
)
def test_a_cdr_is_sent_again_unless_its_receiver_says_no(
    network: Peer, provider: Platform, ledger: Ledger, clock: Clock, http: int, code: int, state: Delivery, tries: int
) -> None:
    provider.takes("/cdrs", None, http=http, code=code)
    idle_stay.put_location(network)
    clock.now = minutes(61)
    idle_stay.put_stay(network)
    idle_stay.settle(ledger)
    tried = 0
    for minute in _ALL_TRIES:
        clock.now = minutes(minute)
        tried += send(ledger, clock)
    (push,) = pushes(ledger)
    assert (push.state, tried, push.attempts) == (state, tries, tries)
    assert len(provider.sent) == tries and len({body["id"] for _, _, body in provider.sent}) == 1
    if state is not Delivery.DELIVERED:
        assert ("429" if http == 429 else f"HTTP {http}, OCPI status {code}") in push.reason


def test_a_cdr_that_comes_back_wrong_when_asked_for_is_sent_again(
    network: Peer, provider: Platform, ledger: Ledger, clock: Clock
) -> None:
    """The answer got lost; under its URL the receiver has another one, as peers that key by a part of an id have."""
    provider.takes("/cdrs", None, http=500, code=3000)
    idle_stay.put_location(network)
    clock.now = minutes(61)
    idle_stay.put_stay(network)
    idle_stay.settle(ledger)
    clock.now = minutes(601)
    assert send(ledger, clock) == 1
    (cdr,) = (body["id"] for _, _, body in provider.sent)
    provider.says(f"/cdrs/US/BAY/{cdr}", {"id": "another"})
    provider.takes("/cdrs", None, http=201)
    clock.now = minutes(602)
    assert send(ledger, clock) == 1
    assert [push.state for push in pushes(ledger)] == [Delivery.DELIVERED] and len(provider.sent) == 2


def _wants_statuses(ledger: Ledger) -> None:
    with ledger.write(minutes(-1)) as tx:
        partners.want_statuses(tx, "Provider", partners.OTHERS)
        availability.note_all(tx)


def _out_of_order(network: Peer, ledger: Ledger, clock: Clock, path: str) -> None:
    clock.now = minutes(0)
    change = {"status": "OUTOFORDER", "last_updated": stamp(minutes(0))}
    assert result(network.patch(path, change))[1] == 1000
    assess_due(ledger, minutes(0))


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1"])
@pytest.mark.parametrize("uid", ["3256", "a?b", "a#b", "a b", "50%25"])
def test_a_status_goes_to_the_evse_and_says_to_whom(
    network: Peer, provider: Platform, ledger: Ledger, clock: Clock, version: str, uid: str
) -> None:
    """Whatever is in a network's identifiers: our URL has them as they are (4.2.1 for the headers)."""
    at = minutes(-60)
    network.put("locations/BE/BEC/LOC1", location(evse(uid, at=at), at=at))
    _wants_statuses(ledger)
    _out_of_order(network, ledger, clock, f"locations/BE/BEC/LOC1/{_quoted(uid)}")
    provider.takes(f"/locations/US/BAY/BEBEC-LOC1/BEBEC-{uid}", None)
    assert send(ledger, clock) == 1
    ((method, _, body),) = provider.sent
    assert (method, body["status"]) == ("PATCH", "OUTOFORDER")
    assert [push.state for push in pushes(ledger)] == [Delivery.DELIVERED]
    told = {name: value for name, value in provider.headers["sent"].items() if name.lower().startswith("ocpi-")}
    parties = {"Ocpi-From-Country-Code": "US", "Ocpi-From-Party-Id": "BAY"}
    parties |= {"Ocpi-To-Country-Code": "NL", "Ocpi-To-Party-Id": "TST"}
    assert told == ({} if version == "2.1.1" else parties)


def _quoted(uid: str) -> str:
    from urllib.parse import quote

    return quote(uid, safe="")


@pytest.mark.parametrize("odd", [5, True, "RFID_READER", [{}], {"RFID_READER": 1}])
def test_what_a_network_says_oddly_is_not_passed_on_and_hides_nothing(
    network: Peer, provider: Platform, connect: Callable[..., Peer], ledger: Ledger, clock: Clock, odd: Any
) -> None:
    at = minutes(-60)
    fields = {"capabilities": odd, "parking_restrictions": odd, "coordinates": odd, "floor_level": odd}
    network.put("locations/BE/BEC/LOC1", location(evse(at=at, **fields), at=at))
    _wants_statuses(ledger)
    app = connect("App", ("NL", "APP"))
    with ledger.write(minutes(-1)) as tx:
        partners.want_statuses(tx, "App", partners.OTHERS)
    (shown,) = envelope(app.call("GET", "cpo/2.2.1/locations"))["data"]
    assert "capabilities" not in shown["evses"][0] and "parking_restrictions" not in shown["evses"][0]
    _out_of_order(network, ledger, clock, "locations/BE/BEC/LOC1/3256")
    provider.takes("/locations/US/BAY/BEBEC-LOC1", None, http=201)
    assert send(ledger, clock) == 2  # the app has no endpoint
    assert [method for method, _, _ in provider.sent] == ["PATCH", "PUT"]
