"""Hubs: many parties behind one connection, and what a hub says of them."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from ledger.database import Ledger
from ledger.partners import by_token, known
from ledger.registrations import Party, Registration, invite, register
from ocpi.hubs import present
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.support.ocpi_objects import session
from tests.support.ocpi_peer import Peer, Platform, envelope, result

URL = "hubclientinfo/NL/CPO"


@pytest.fixture
def hub(ledger: Ledger, client: FlaskClient) -> Peer:
    with ledger.write(NOON) as tx:
        found = by_token(tx.conn, invite(tx, "Hub"))
        assert found is not None
        connection = {"version": "2.2.1", "hub": "NLHUB", "endpoints": []}
        own = Party("nl*hub", "NL", "HUB", "Hub")
        registration = Registration(token="B", versions_url="x", connection=connection, parties=[own])
        return Peer(client, register(tx, found[0], registration))


def info(status: str = "CONNECTED", **fields: Any) -> dict[str, Any]:
    return {
        "country_code": "NL",
        "party_id": "CPO",
        "role": "CPO",
        "status": status,
        "last_updated": stamp(NOON),
        **fields,
    }


def test_a_client_that_is_connected_is_spoken_for(hub: Peer) -> None:
    mine = session(country_code="NL", party_id="CPO")
    assert result(hub.put("sessions/NL/CPO/101", mine)) == (404, 2001)
    assert result(hub.put(URL, info("PLANNED"))) == (201, 1000)
    assert result(hub.put("sessions/NL/CPO/101", mine)) == (404, 2001)
    assert result(hub.put(URL, info(last_updated=stamp(minutes(1))))) == (200, 1000)
    assert result(hub.put("sessions/nl/cpo/101", mine)) == (201, 1000)
    assert envelope(hub.get(URL))["data"] == info(last_updated=stamp(minutes(1)))


def test_what_is_away_is_not_heard(ledger: Ledger, hub: Peer) -> None:
    hub.put(URL, info())
    for at, status, heard in ((1, "OFFLINE", {"nl*hub"}), (2, "CONNECTED", {"nl*hub", "nl*cpo"})):
        hub.put(URL, info(status, last_updated=stamp(minutes(at))))
        with ledger.read() as conn:
            assert present(conn, known(conn)[0]) == heard


def test_another_partners_party_is_not_taken_over(hub: Peer, connect: Callable[..., Peer]) -> None:
    connect("Direct", ("NL", "CPO"))
    answer = hub.put(URL, info())
    assert result(answer) == (200, 2001)
    assert "another partner" in envelope(answer)["status_message"]


def test_only_a_hub_says_who_is_connected(peer: Peer) -> None:
    assert result(peer.put(URL, info())) == (404, 2001)
    assert result(peer.get(URL)) == (404, 2001)


@pytest.mark.parametrize("change", [{"role": None}, {"status": 5}, {"party_id": "XXX"}, {"last_updated": "soon"}])
def test_bad_client_info_is_refused(hub: Peer, change: dict[str, Any]) -> None:
    assert result(hub.put(URL, info(**change))) == (200, 2001)
    assert result(hub.get(URL)) == (404, 2001)


@pytest.mark.parametrize(
    "party", ["N*L/CPO", "NL/C*O", "NLD/CPO", "NL/CP", "N1/CPO", "NL/%C3%89CP", f"{'N' * 200}/CPO"]
)
def test_a_client_has_the_name_of_a_party(ledger: Ledger, hub: Peer, party: str) -> None:
    """What is no country code and party id would be a key that nothing else can be under."""
    unnamed = {name: said for name, said in info().items() if name not in ("country_code", "party_id")}
    assert result(hub.put(f"hubclientinfo/{party}", unnamed)) == (200, 2001)
    with ledger.read() as conn:
        assert known(conn)[0].parties == {"nl*hub"}


def test_a_client_that_only_the_url_names_is_away_too(ledger: Ledger, hub: Peer) -> None:
    unnamed = {name: said for name, said in info("CONNECTED").items() if name not in ("country_code", "party_id")}
    hub.put(URL, unnamed)
    hub.put(URL, unnamed | {"status": "OFFLINE", "last_updated": stamp(minutes(1))})
    with ledger.read() as conn:
        assert known(conn)[0].parties == {"nl*hub", "nl*cpo"} and present(conn, known(conn)[0]) == {"nl*hub"}
    assert envelope(hub.get(URL))["data"] == info("OFFLINE", last_updated=stamp(minutes(1)))


def test_a_hub_that_changes_its_credentials_still_speaks_for_its_clients(hub: Peer, platform: Platform) -> None:
    """It told of them already, and need not tell again (some never do)."""
    hub.put(URL, info())
    hub.put("hubclientinfo/NL/OFF", info("SUSPENDED", party_id="OFF"))
    platform.offers(("credentials", "RECEIVER"))
    roles = [{"role": "HUB", "country_code": "NL", "party_id": "HUB", "business_details": {"name": "Hub"}}]
    answer = hub.call("PUT", "2.2.1/credentials", {"token": "C", "url": f"{platform.url}/versions", "roles": roles})
    assert result(answer) == (200, 1000)
    again = Peer(hub.client, envelope(answer)["data"]["token"])
    assert result(again.put("sessions/NL/CPO/101", session(country_code="NL", party_id="CPO"))) == (201, 1000)
    assert result(again.put("sessions/NL/OFF/101", session(country_code="NL", party_id="OFF"))) == (404, 2001)


def test_2_1_1_has_no_hubs(hub: Peer) -> None:
    assert result(hub.call("PUT", f"2.1.1/{URL}", info())) == (404, 2001)
