"""A door on an empty ledger, and partners that are registered without the handshake, which has its own tests."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

import ocpi
from ledger.assess import assess_due
from ledger.database import Ledger
from ledger.partners import KnownPartner, by_token
from ledger.registrations import Party, Registration, invite, register
from ocpi.client import peers
from ocpi.connections import default_http
from ocpi.puller import Puller
from tests.conftest import NOON
from tests.support.ocpi_peer import Peer, Platform, serving
from tests.support.pulled import registered

BASE_URL = "https://bays.example"


class Clock:
    """Time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(ledger: Ledger, clock: Clock) -> FlaskClient:
    """The door; what waits after a request is decided at that moment, as by a clock process that takes no time."""
    app = Flask("door")
    app.register_blueprint(ocpi.blueprint(ledger, clock, BASE_URL, ocpi.OurParty("US", "BAY", "Baywarden")))

    serve = app.wsgi_app

    def decided(*request: Any) -> Iterable[bytes]:
        answer = serve(*request)
        while assess_due(ledger, clock()):
            pass
        return answer

    app.wsgi_app = decided  # type: ignore[method-assign]
    return app.test_client()


@pytest.fixture
def connect(ledger: Ledger, client: FlaskClient) -> Callable[..., Peer]:
    """Register a partner with these parties and give its peer."""

    def make(name: str, *parties: tuple[str, str], synthetic: bool = False) -> Peer:
        with ledger.write(NOON) as tx:
            token = invite(tx, name, synthetic=synthetic)
            found = by_token(tx.conn, token)
            assert found is not None
            networks = [
                Party(
                    network=f"{country}*{party}".casefold(),
                    country_code=country,
                    party_id=party,
                    name=f"{name} {party}",
                )
                for country, party in parties
            ]
            registration = Registration(token="B", versions_url="http://peer.example", connection={}, parties=networks)
            return Peer(client, register(tx, found[0], registration))

    return make


@pytest.fixture
def peer(connect: Callable[..., Peer]) -> Peer:
    """The network BE*BEC of the standard's examples."""
    return connect("BeCharged", ("BE", "BEC"))


@pytest.fixture
def platform() -> Iterator[Platform]:
    with serving() as platform:
        yield platform


@pytest.fixture
def partner(ledger: Ledger, platform: Platform) -> KnownPartner:
    """A partner that is pulled from."""
    return registered(ledger, platform)


@pytest.fixture
def puller(ledger: Ledger, clock: Clock) -> Iterator[Puller]:
    with default_http() as http:
        us = ocpi.OurParty("US", "BAY", "Baywarden")
        yield Puller(ledger, clock, peers(lambda: http), us, timedelta(hours=1))
