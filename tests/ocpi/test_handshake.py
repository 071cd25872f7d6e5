"""Registration against a real second HTTP server, which is called back while it waits for its answer."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ledger.database import Ledger, table
from ledger.partners import by_token, known, token_to_send
from ledger.registrations import invite
from models import Network, Partner
from ocpi.connections import default_http
from tests.conftest import NOON
from tests.ocpi.conftest import BASE_URL
from tests.support.ocpi_objects import session
from tests.support.ocpi_peer import Peer, Platform, base64_of, envelope, result

CREDENTIALS = "2.2.1/credentials"
MODULES = (("credentials", "SENDER"), ("sessions", "SENDER"), ("locations", "SENDER"))


@pytest.fixture
def guest(ledger: Ledger, client: FlaskClient) -> Peer:
    with ledger.write(NOON) as tx:
        return Peer(client, invite(tx, "FLO", synthetic=True))


@pytest.fixture
def flo(platform: Platform) -> Platform:
    platform.offers(*MODULES)
    return platform


def register(guest: Peer, platform: Platform, token: str = "token-B", *parties: tuple[str, str]) -> dict[str, Any]:
    credentials = platform.credentials(token, *(parties or (("CA", "FLO"),)))
    answer = guest.call("POST", CREDENTIALS, credentials)
    assert result(answer) == (200, 1000)
    data: dict[str, Any] = envelope(answer)["data"]
    return data


def test_a_peer_registers_and_is_called_back_with_its_token_first(ledger: Ledger, guest: Peer, flo: Platform) -> None:
    ours = register(guest, flo)
    assert flo.calls == [("/versions", f"Token {base64_of('token-B')}"), ("/2.2.1", f"Token {base64_of('token-B')}")]
    assert ours["url"] == f"{BASE_URL}/ocpi/versions"
    assert ours["roles"] == [
        {"role": "OTHER", "country_code": "US", "party_id": "BAY", "business_details": {"name": "Baywarden"}}
    ]
    assert result(guest.call("GET", "versions")) == (401, 2001), "token A is dead"
    member = Peer(guest.client, ours["token"])
    assert envelope(member.call("GET", CREDENTIALS))["data"] == ours
    mine = session(country_code="CA", party_id="FLO")
    assert result(member.put("sessions/CA/FLO/101", mine)) == (201, 1000)
    with ledger.read() as conn:
        networks = [(n.key, n.name, bool(n.synthetic)) for n in conn.execute(select(table(Network)))]
        (partner,) = known(conn)
    assert networks == [("ca*flo", "Network FLO", True)]
    assert token_to_send(ledger.vault, partner) == "token-B"
    assert partner.connection["literal"] is False
    assert [e["identifier"] for e in partner.connection["endpoints"]] == [name for name, _ in MODULES]


def test_no_token_is_stored_in_the_open(ledger: Ledger, guest: Peer, flo: Platform) -> None:
    ours = register(guest, flo)
    with ledger.read() as conn:
        row = repr(conn.execute(select(table(Partner))).one())
        found = by_token(conn, ours["token"])
    assert found is not None
    for token in (guest.token, "token-B", ours["token"]):
        assert token not in row
        assert token not in repr(found[0])


def test_put_changes_both_tokens_and_the_parties(ledger: Ledger, guest: Peer, flo: Platform) -> None:
    first = Peer(guest.client, register(guest, flo)["token"])
    answer = first.call("PUT", CREDENTIALS, flo.credentials("token-B2", ("CA", "FLO"), ("US", "FLO")))
    assert result(answer) == (200, 1000)
    assert flo.calls[-1] == ("/2.2.1", f"Token {base64_of('token-B2')}")
    assert result(first.call("GET", CREDENTIALS)) == (401, 2001)
    second = Peer(guest.client, envelope(answer)["data"]["token"])
    assert result(second.put("sessions/US/FLO/1", session("1", country_code="US", party_id="FLO"))) == (201, 1000)
    with ledger.read() as conn:
        assert token_to_send(ledger.vault, known(conn)[0]) == "token-B2"


def test_delete_ends_it_and_a_new_invitation_begins_anew(ledger: Ledger, guest: Peer, flo: Platform) -> None:
    member = Peer(guest.client, register(guest, flo)["token"])
    member.put("sessions/CA/FLO/101", session(country_code="CA", party_id="FLO"))
    assert result(member.call("DELETE", CREDENTIALS)) == (200, 1000)
    assert result(member.call("GET", "versions")) == (401, 2001)
    with ledger.write(NOON) as tx:
        again = Peer(guest.client, invite(tx, "FLO", synthetic=True))
    member = Peer(guest.client, register(again, flo)["token"])
    assert envelope(member.get("sessions/CA/FLO/101"))["data"]["id"] == "101"


def test_each_method_has_its_time(guest: Peer, flo: Platform) -> None:
    body = flo.credentials("token-B", ("CA", "FLO"))
    for method in ("PUT", "DELETE"):
        answer = guest.call(method, CREDENTIALS, body)
        assert result(answer) == (405, 2001)
        assert answer.headers["Allow"] == "GET, POST"
    member = Peer(guest.client, register(guest, flo)["token"])
    answer = member.call("POST", CREDENTIALS, body)
    assert result(answer) == (405, 2001)
    assert answer.headers["Allow"] == "GET, PUT, DELETE"


def test_a_peer_that_knows_no_base64_gets_its_token_as_it_is(ledger: Ledger, guest: Peer, flo: Platform) -> None:
    pages = dict(flo.pages)

    def strict(path: str) -> Callable[[dict[str, str]], tuple[int, Any, dict[str, str]]]:
        return lambda query: pages[path](query) if flo.calls[-1][1] == "Token token-B" else (401, {}, {})

    flo.pages = {path: strict(path) for path in pages}
    register(guest, flo)
    with ledger.read() as conn:
        assert known(conn)[0].connection["literal"] is True


def _gone(platform: Platform) -> None:
    platform.pages.clear()


def _no_json(platform: Platform) -> None:
    platform.pages["/versions"] = lambda _: (200, b"<html>", {})


def _no_envelope(platform: Platform) -> None:
    platform.pages["/versions"] = lambda _: (200, [], {})


def _failing(platform: Platform) -> None:
    platform.says("/versions", None, code=3000)


def _no_data(platform: Platform) -> None:
    platform.says("/versions", None)


def _no_details(platform: Platform) -> None:
    del platform.pages["/2.2.1"]


def _elsewhere(platform: Platform) -> None:
    platform.pages["/versions"] = lambda _: (302, b"", {"Location": "http://localhost:9/versions"})


def _in_circles(platform: Platform) -> None:
    platform.pages["/versions"] = lambda _: (302, b"", {"Location": "/versions"})


def _too_large(platform: Platform) -> None:
    platform.pages["/versions"] = lambda _: (200, b" " * (8 * 1024 * 1024 + 1), {})


def _other_version(platform: Platform) -> None:
    platform.says("/versions", [{"version": "2.1.1", "url": platform.url}])


def _no_versions(platform: Platform) -> None:
    platform.says("/versions", {"version": "2.2.1"})


def _odd_url(platform: Platform) -> None:
    platform.says("/versions", [{"version": "2.2.1", "url": "file:///etc/passwd"}, 5])


def _no_endpoints(platform: Platform) -> None:
    platform.says("/2.2.1", {"version": "2.2.1"})


def _no_credentials(platform: Platform) -> None:
    platform.offers(("sessions", "SENDER"))


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (_gone, 3001), (_no_json, 3001), (_no_envelope, 3001), (_failing, 3001), (_no_data, 3001), (_no_details, 3001),
        (_elsewhere, 3001), (_in_circles, 3001), (_too_large, 3001), (_odd_url, 3001), (_other_version, 3002), (_no_versions, 3002),
        (_no_endpoints, 3003), (_no_credentials, 3003),
    ],
)  # fmt: skip
def test_a_peer_that_cannot_be_used_stays_a_guest(
    ledger: Ledger, guest: Peer, flo: Platform, spoil: Callable[[Platform], None], code: int
) -> None:
    spoil(flo)
    assert result(guest.call("POST", CREDENTIALS, flo.credentials("token-B", ("CA", "FLO")))) == (200, code)
    with ledger.read() as conn:
        assert known(conn)[0].status == "invited"
    flo.offers(*MODULES)
    register(guest, flo)


def test_a_peer_that_is_not_there_is_3001(guest: Peer) -> None:
    nowhere = Platform(url="http://127.0.0.1:1")
    assert result(guest.call("POST", CREDENTIALS, nowhere.credentials("token-B", ("CA", "FLO")))) == (200, 3001)


@pytest.mark.parametrize(
    "change",
    [
        {"token": None}, {"token": 5}, {"token": ""}, {"token": "x" * 65}, {"token": "with space"}, {"url": None}, {"url": "ftp://x/y"},
        {"url": "http://"}, {"url": "http://[::1"}, {"url": "http://a:99999/"}, {"url": "http://user:pw@host/"}, {"url": "http://h/" + "x" * 300},
        {"roles": None}, {"roles": []}, {"roles": "CPO"}, {"roles": [{}]}, {"roles": [{"role": "CPO", "country_code": "CAN", "party_id": "FLO"}]},
        {"roles": [{"role": "CPO", "country_code": "CA", "party_id": "F*O"}]}, {"roles": [{"role": 5, "country_code": "CA", "party_id": "FLO"}]},
    ],
)  # fmt: skip
def test_bad_credentials_are_2001_and_call_nobody(guest: Peer, flo: Platform, change: dict[str, Any]) -> None:
    body = {**flo.credentials("token-B", ("CA", "FLO")), **change}
    assert result(guest.call("POST", CREDENTIALS, body)) == (200, 2001)
    assert flo.calls == []


def test_a_party_of_another_partner_cannot_be_claimed(
    ledger: Ledger, guest: Peer, flo: Platform, connect: Callable[..., Peer]
) -> None:
    connect("ChargePoint", ("US", "CPT"))
    answer = guest.call("POST", CREDENTIALS, flo.credentials("token-B", ("CA", "FLO"), ("us", "cpt")))
    assert result(answer) == (200, 2001)
    assert "another partner" in envelope(answer)["status_message"]
    with ledger.read() as conn:
        assert [p.status for p in known(conn)] == ["registered", "invited"]


def test_a_demo_never_takes_over_a_real_network(guest: Peer, flo: Platform, connect: Callable[..., Peer]) -> None:
    real = connect("ChargePoint", ("US", "CPT"))
    real.call("DELETE", CREDENTIALS)
    answer = guest.call("POST", CREDENTIALS, flo.credentials("token-B", ("US", "CPT")))
    assert result(answer) == (200, 2001)
    assert "synthetic" in envelope(answer)["status_message"]


def test_two_registrations_with_one_invitation_are_one(ledger: Ledger, guest: Peer, flo: Platform) -> None:
    """The second comes in while the first still waits for the peer's answer."""
    versions = flo.pages["/versions"]
    inner: list[tuple[int, int]] = []

    def register_meanwhile(query: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
        flo.pages["/versions"] = versions
        other = Peer(guest.client.application.test_client(), guest.token)
        inner.append(result(other.call("POST", CREDENTIALS, flo.credentials("token-X", ("CA", "FLO")))))
        return versions(query)

    flo.pages["/versions"] = register_meanwhile
    assert result(guest.call("POST", CREDENTIALS, flo.credentials("token-B", ("CA", "FLO")))) == (200, 2001)
    assert inner == [(200, 1000)]
    with ledger.read() as conn:
        assert token_to_send(ledger.vault, known(conn)[0]) == "token-X"


@pytest.mark.parametrize(
    "name",
    ["credentials_example.json", "credentials_example2.json", "credentials_example3.json", "credentials_example4.json"],
)
def test_the_standards_credentials_register(guest: Peer, flo: Platform, shared_data: Any, name: str) -> None:
    body = __import__("json").loads((shared_data / "ocpi" / "2.2.1" / name).read_text())
    assert result(guest.call("POST", CREDENTIALS, {**body, "url": f"{flo.url}/versions"})) == (200, 1000)


def test_our_client_has_time_outs_and_follows_nothing_by_itself() -> None:
    with default_http() as http:
        assert http.timeout == httpx.Timeout(10.0, connect=5.0)
        assert http.follow_redirects is False
