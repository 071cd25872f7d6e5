"""Registration that we start: two services of ours, and a peer that answers wrongly."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from ledger.database import Ledger
from ledger.partners import PartnerError, PartnerSettings, by_token, known, token_to_send
from ledger.registrations import close
from ocpi.answers import PeerError, RefusedError
from ocpi.calls import CPO, Door, OurParty
from ocpi.client import peers
from ocpi.connecting import connect, disconnect, renew
from ocpi.versions import VERSIONS
from tests.ocpi.conftest import BASE_URL, Clock
from tests.support.ocpi_peer import Platform
from tests.support.ocpi_services import Running, running

PLAIN = PartnerSettings()


@pytest.fixture
def pair(tmp_path: Path, clock: Clock) -> Iterator[tuple[Running, Running]]:
    with running(tmp_path, clock, "ONE") as one, running(tmp_path, clock, "TWO") as two:
        yield one, two


def connected(pair: tuple[Running, Running], wanted: str | None = None, **more: Any) -> None:
    one, two = pair
    connect(one.door, "two", f"{two.url}/ocpi/versions", two.invite("one"), PLAIN, wanted=wanted, **more)


def good(sender: Running, name: str, receiver: Running) -> bool:
    """Whether the token that one sends is good at the other one."""
    with receiver.ledger.read() as conn:
        found = by_token(conn, token_to_send(sender.ledger.vault, sender.partner(name)))
    return found is not None and found[0].is_registered


@pytest.mark.parametrize("version", [*VERSIONS, None])
def test_two_services_register_in_any_version(pair: tuple[Running, Running], version: str | None) -> None:
    one, two = pair
    connected(pair, version)
    here, there = one.partner("two"), two.partner("one")
    assert (here.parties, there.parties) == ({"ca*two"}, {"ca*one"})
    assert here.connection["version"] == there.connection["version"] == version or list(VERSIONS)[-1]
    assert good(one, "two", two) and good(two, "one", one)
    assert {e["identifier"] for e in here.connection["endpoints"]} >= {"credentials", "locations", "sessions"}


def test_our_side_in_2_1_1_is_ours_to_say(pair: tuple[Running, Running]) -> None:
    one, two = pair
    connected(pair, "2.1.1", side=CPO)
    assert two.partner("one").versions_url == f"{one.url}/ocpi/cpo/versions"


def test_rotation_changes_both_tokens_and_may_change_the_version(pair: tuple[Running, Running]) -> None:
    one, two = pair
    connected(pair, "2.1.1")
    before = [token_to_send(each.ledger.vault, each.partner(name)) for each, name in ((one, "two"), (two, "one"))]
    renew(one.door, one.partner("two"), "2.3.0")
    after = [token_to_send(each.ledger.vault, each.partner(name)) for each, name in ((one, "two"), (two, "one"))]
    assert not set(before) & set(after)
    assert one.partner("two").connection["version"] == two.partner("one").connection["version"] == "2.3.0"
    assert good(one, "two", two) and good(two, "one", one)
    with one.ledger.read() as conn:
        assert by_token(conn, before[1]) is None


def test_a_version_that_only_one_speaks(pair: tuple[Running, Running], platform: Platform) -> None:
    platform.says("/versions", [{"version": "2.0", "url": f"{platform.url}/2.0"}])
    one, _ = pair
    with pytest.raises(PeerError, match=r"does not offer version 2\.1\.1 or 2\.2\.1 or 2\.3\.0"):
        connect(one.door, "Old", f"{platform.url}/versions", "A", PLAIN)


def test_disconnecting_ends_both_ends(pair: tuple[Running, Running]) -> None:
    one, two = pair
    connected(pair)
    assert disconnect(one.door, one.partner("two")) is None
    assert (one.partner("two").status, two.partner("one").status) == ("closed", "closed")
    connected(pair)
    assert good(one, "two", two)


def test_a_peer_that_no_longer_knows_us_is_disconnected_here(pair: tuple[Running, Running]) -> None:
    one, two = pair
    connected(pair)
    with two.ledger.write(two.door.clock()) as tx:
        close(tx, two.partner("one"))
    fault = disconnect(one.door, one.partner("two"))
    assert fault is not None and "401" in str(fault)
    assert one.partner("two").status == "closed"


def test_a_token_a_that_is_not_good(pair: tuple[Running, Running]) -> None:
    one, two = pair
    with pytest.raises(PeerError, match="401"):
        connect(one.door, "two", f"{two.url}/ocpi/versions", "wrong", PLAIN)
    with one.ledger.read() as conn:
        assert known(conn) == []


def test_the_url_of_the_details_will_do_too(pair: tuple[Running, Running]) -> None:
    one, two = pair
    partner = connect(one.door, "two", f"{two.url}/ocpi/2.2.1", two.invite("one"), PLAIN)
    assert partner.connection["version"] == "2.2.1"


@pytest.fixture
def door(ledger: Ledger, client: FlaskClient, clock: Clock) -> Door:
    return Door(ledger, clock, f"{BASE_URL}/ocpi", OurParty("US", "BAY", "Baywarden"), peers())


@pytest.mark.parametrize(
    ("http", "data", "words"),
    [
        (405, None, "405"),
        (200, None, "credentials can't be read: token"),
        (200, {"token": "C"}, "url is missing"),
        (200, [], "credentials can't be read"),
        (503, None, "503"),
    ],
)
def test_a_peer_that_answers_wrongly_leaves_nothing_open(
    door: Door, platform: Platform, http: int, data: Any, words: str
) -> None:
    platform.offers(("credentials", "SENDER"))
    platform.takes("/2.2.1/credentials", data, http=http)
    with pytest.raises(PeerError, match=words):
        connect(door, "Peer", f"{platform.url}/versions", "token-A", PLAIN, wanted="2.2.1")
    method, _, sent = platform.sent[-1]
    assert method == "POST" and sent["url"] == f"{BASE_URL}/ocpi/versions"
    with door.ledger.read() as conn:
        assert [partner.status for partner in known(conn)] == ["closed"]
        assert by_token(conn, sent["token"]) is None


def test_while_a_rotation_hangs_both_tokens_are_good(door: Door, platform: Platform) -> None:
    platform.offers(("credentials", "SENDER"))
    answer = platform.credentials("token-C", ("CA", "FLO"))
    platform.takes("/2.2.1/credentials", answer)
    partner = connect(door, "FLO", f"{platform.url}/versions", "token-A", PartnerSettings(roles=("EMSP", "CPO")))
    old = platform.sent[-1][2]["token"]
    assert [role["role"] for role in platform.sent[-1][2]["roles"]] == ["EMSP", "CPO"]
    platform.takes("/2.2.1/credentials", None, http=503)
    with pytest.raises(PeerError):
        renew(door, partner)
    new = platform.sent[-1][2]["token"]
    with door.ledger.read() as conn:
        assert all(by_token(conn, token) for token in (old, new))
    platform.takes("/2.2.1/credentials", None, http=405)
    with pytest.raises(RefusedError):
        renew(door, partner)
    with door.ledger.read() as conn:
        assert by_token(conn, old) and not by_token(conn, platform.sent[-1][2]["token"])


def test_a_name_that_is_registered_is_taken(door: Door, platform: Platform) -> None:
    platform.offers(("credentials", "SENDER"))
    platform.takes("/2.2.1/credentials", platform.credentials("token-C", ("CA", "FLO")))
    connect(door, "FLO", f"{platform.url}/versions", "token-A", PLAIN)
    with pytest.raises(PartnerError, match="registered"):
        connect(door, "FLO", f"{platform.url}/versions", "token-A", PLAIN)
    with door.ledger.read() as conn:
        assert [partner.status for partner in known(conn)] == ["registered"]
