"""What holds for every request: who may come in, the envelope, the headers, the limits."""

import base64
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from ledger.database import Ledger
from ledger.partners import PartnerError, known
from ledger.registrations import invite
from tests.conftest import NOON
from tests.ocpi.conftest import BASE_URL
from tests.support.ocpi_objects import session
from tests.support.ocpi_peer import Peer, base64_of, envelope, result

SESSION = "2.2.1/sessions/BE/BEC/101"


def test_versions_and_details(peer: Peer) -> None:
    for path in ("versions", "versions/"):
        versions = envelope(peer.call("GET", path))["data"]
        assert versions == [{"version": n, "url": f"{BASE_URL}/ocpi/{n}"} for n in ("2.1.1", "2.2.1", "2.3.0")]
    details = envelope(peer.call("GET", "2.2.1/"))["data"]
    assert details["version"] == "2.2.1"
    offered = {(e["identifier"], e["role"]) for e in details["endpoints"]}
    received = ("locations", "sessions", "tariffs", "cdrs", "hubclientinfo")
    assert offered >= {("credentials", "SENDER"), *((module, "RECEIVER") for module in received)}
    assert details["endpoints"][1]["url"] == f"{BASE_URL}/ocpi/2.2.1/locations/"


@pytest.mark.parametrize(
    "write",
    [
        lambda token: f"Token {token}",
        lambda token: f"token   {token} ",
        lambda token: f"Token {base64_of(token)}",
        lambda token: f"Token {base64_of(token).rstrip('=')}",
        lambda token: f"Token {base64.b64encode((token + chr(10)).encode()).decode()}",
    ],
)
def test_a_token_is_accepted_as_it_is_and_in_base64(peer: Peer, write: Callable[[str], str]) -> None:
    answer = peer.client.get("/ocpi/versions", headers={"Authorization": write(peer.token)})
    assert result(answer) == (200, 1000)


@pytest.mark.parametrize(
    "header", [None, "", "Token", "Token ", "Bearer x", "Token nobody", "Token ////", "Token \xe9", "Token x y"]
)
@pytest.mark.parametrize(
    "path", ["/ocpi/versions", "/ocpi/2.2.1", f"/ocpi/{SESSION}", "/ocpi/2.2.1/credentials", "/ocpi/nowhere"]
)
def test_nobody_comes_in_without_a_token(client: FlaskClient, peer: Peer, header: str | None, path: str) -> None:
    answer = client.get(path, headers={} if header is None else {"Authorization": header})
    assert result(answer) == (401, 2001)
    assert answer.headers["WWW-Authenticate"] == "Token"


def test_an_invitation_is_good_for_versions_and_credentials_only(ledger: Ledger, client: FlaskClient) -> None:
    with ledger.write(NOON) as tx:
        guest = Peer(client, invite(tx, "Guest"))
    assert result(guest.call("GET", "versions")) == (200, 1000)
    assert result(guest.call("GET", "2.2.1")) == (200, 1000)
    assert result(guest.call("GET", "2.2.1/credentials")) == (200, 1000)
    assert result(guest.call("PUT", SESSION, session())) == (401, 2001)


def test_an_invitation_can_be_given_again_until_it_is_used(ledger: Ledger, client: FlaskClient, peer: Peer) -> None:
    with ledger.write(NOON) as tx:
        first, second = invite(tx, "Guest"), invite(tx, "Guest")
        with pytest.raises(PartnerError, match="registered"):
            invite(tx, "BeCharged")
        for name in ("", "x" * 101, "a\nb"):
            with pytest.raises(PartnerError, match="name"):
                invite(tx, name)
    assert result(Peer(client, first).call("GET", "versions")) == (401, 2001)
    assert result(Peer(client, second).call("GET", "versions")) == (200, 1000)
    with ledger.read() as conn:
        assert [(p.name, p.status) for p in known(conn)] == [("BeCharged", "registered"), ("Guest", "invited")]


@pytest.mark.parametrize("path", ["", "/", "nowhere", "2.2.1/nowhere", "%0A", "x%0Ay", "2.0", "2.2.1/sessions", "2.2.1/sessions/BE/BEC", "2.2.1/sessions//BEC/1/2",
                                  "2.2.1/locations/BE/BEC/1/2/3/4", "//versions", "2.2.1//sessions", "2.2.1/credentials/x", "versions/x", "%00", "2.2.1/cdrs/a/b"])  # fmt: skip
def test_what_is_not_there_is_404_in_an_envelope(peer: Peer, path: str) -> None:
    assert result(peer.call("GET", path)) == (404, 2001)


@pytest.mark.parametrize("path", ["/ocpi", "/ocpi/", "/ocpi/x//y/"])
def test_no_path_is_redirected(peer: Peer, path: str) -> None:
    answer = peer.client.get(path, headers={"Authorization": f"Token {peer.token}"})
    assert result(answer) == (404, 2001)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "versions", "GET"),
        ("DELETE", "2.2.1", "GET"),
        ("POST", SESSION, "GET, PUT, PATCH"),
        ("DELETE", SESSION, "GET, PUT, PATCH"),
        ("OPTIONS", SESSION, "GET, PUT, PATCH"),
        ("BREW", SESSION, "GET, PUT, PATCH"),
        ("DELETE", "2.2.1/locations/BE/BEC/LOC1", "GET, PUT, PATCH"),
        ("PATCH", "2.2.1/credentials", "GET, POST, PUT, DELETE"),
        ("PUT", "2.2.1/cdrs", "POST"),
        ("GET", "2.2.1/cdrs", "POST"),
    ],
)
def test_other_methods_are_405_in_an_envelope(peer: Peer, method: str, path: str, allowed: str) -> None:
    answer = peer.call(method, path)
    assert result(answer) == (405, 2001)
    assert answer.headers["Allow"] == allowed


def test_head_is_a_get_without_body(peer: Peer) -> None:
    peer.call("PUT", SESSION, session())
    answer = peer.call("HEAD", SESSION)
    assert (answer.status_code, answer.data) == (200, b"")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'{"a": NaN}',
        b'{"a": "\\ud800"}',
        b"[" * 200_000,
        b'{"a":' * 100_000,
        b"\x1f\x8b",
        b'{"kwh": 1e99999999999999999999}',
        None,
    ],
)
@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_what_is_not_json_is_400(peer: Peer, method: str, body: bytes | None) -> None:
    assert result(peer.call(method, SESSION, body)) == (400, 2001)


@pytest.mark.parametrize("body", [b"[]", b"null", b"1", b'"x"', b"true"])
def test_json_that_is_no_object_is_2001(peer: Peer, body: bytes) -> None:
    assert result(peer.call("PUT", SESSION, body)) == (200, 2001)


@pytest.mark.parametrize("depth", [10, 100, 300, 500, 700, 800, 900, 950, 980, 1_000, 1_100])
def test_no_depth_is_a_server_error(peer: Peer, depth: int) -> None:
    """Also where the JSON can just be read, but not be written any more."""
    deep = b'{"a":' * depth + b"1" + b"}" * depth
    sent = b'{"extra":' + deep + b"," + __import__("json").dumps(session()).encode()[1:]
    assert result(peer.call("PUT", SESSION, sent)) in {(201, 1000), (400, 2001), (200, 2001)}
    assert result(peer.call("PATCH", SESSION, sent)) in {(200, 1000), (400, 2001), (200, 2001), (404, 2001)}
    assert result(peer.call("GET", SESSION)) in {(200, 1000), (404, 2001)}


def test_a_body_has_a_limit(peer: Peer) -> None:
    assert result(peer.call("PUT", SESSION, b" " * (2 * 1024 * 1024 + 1))) == (413, 2001)


def test_request_ids_are_echoed_and_parties_swapped(peer: Peer) -> None:
    sent = {
        "X_Request_ID": "r-1",
        "X_Correlation_ID": "c-1",
        "OCPI_from_country_code": "BE",
        "OCPI_from_party_id": "BEC",
        "OCPI_to_country_code": "US",
        "OCPI_to_party_id": "BAY",
    }
    for path in (SESSION, "2.2.1/nowhere/x"):
        headers = peer.call("GET", path, **sent).headers
        assert (headers["X-Request-ID"], headers["X-Correlation-ID"]) == ("r-1", "c-1")
        assert (headers["OCPI-to-country-code"], headers["OCPI-to-party-id"]) == ("BE", "BEC")
        assert (headers["OCPI-from-country-code"], headers["OCPI-from-party-id"]) == ("US", "BAY")
    for path in ("versions", "2.2.1", "2.2.1/credentials"):
        headers = peer.call("GET", path, **sent).headers
        assert headers["X-Request-ID"] == "r-1"
        assert "OCPI-to-party-id" not in headers
    assert "X-Request-ID" not in peer.call("GET", SESSION, X_Request_ID="x" * 300).headers


def test_an_error_of_ours_is_an_envelope_too(ledger: Ledger, peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("database on fire")

    for name in ("ledger.pushed.record_due", "ledger.facts.to_line"):
        monkeypatch.setattr(name, fail)
    answer = peer.call("PUT", SESSION, session())
    assert result(answer) == (500, 3000)
    assert b"fire" not in answer.data
    assert result(peer.call("GET", SESSION)) == (404, 2001), "nothing of it was committed"
