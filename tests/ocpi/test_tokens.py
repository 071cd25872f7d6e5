"""Drivers' tokens: kept encrypted and found by their hash; of our own there are none."""

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from ledger import tokens
from ledger.database import Ledger, table
from ledger.vault import token_key
from models import OcpiObject, Token
from ocpi.versions import VERSIONS
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_peer import Peer, envelope, result

UID = "SECRET-012345678"


def token(**fields: Any) -> dict[str, Any]:
    party = {"country_code": "BE", "party_id": "BEC", "contract_id": "BE-BEC-C1"}
    return {
        **party,
        "uid": UID,
        "type": "RFID",
        "issuer": "BeCharged",
        "valid": True,
        "whitelist": "ALWAYS",
        "last_updated": stamp(NOON),
        **fields,
    }


@pytest.mark.parametrize("version", VERSIONS)
def test_a_token_is_put_patched_and_read_by_its_issuer(ledger: Ledger, peer: Peer, clock: Clock, version: str) -> None:
    url = f"cpo/{version}/tokens/BE/BEC/{UID}"
    assert result(peer.call("PATCH", url, {"valid": False, "last_updated": stamp(NOON)})) == (404, 2004)
    assert result(peer.call("PUT", url, token())) == (201, 1000)
    assert result(peer.call("PUT", f"{url}/", token())) == (200, 1000)
    clock.now = minutes(1)
    assert result(peer.call("PATCH", url, {"valid": False, "last_updated": stamp(minutes(1))})) == (200, 1000)
    assert envelope(peer.call("GET", url.lower()))["data"] == token(valid=False, last_updated=stamp(minutes(1)))
    with ledger.read() as conn:
        kept = tokens.open_token(conn, ledger.vault, token_key(ledger.vault, "be", "bec", UID))
    assert json.loads(kept or "")["contract_id"] == "BE-BEC-C1"


def test_nothing_of_a_token_is_in_the_open(ledger: Ledger, peer: Peer) -> None:
    peer.call("PUT", f"cpo/2.2.1/tokens/BE/BEC/{UID}", token(visual_number="SECRET-VISUAL"))
    peer.call("PUT", f"cpo/2.2.1/tokens/BE/BEC/{UID}", token(uid="SECRET-OTHER"))
    with ledger.read() as conn:
        rows = repr([*conn.execute(select(table(OcpiObject))), *conn.execute(select(table(Token)))])
    assert "SECRET" not in rows.upper()


def test_a_token_says_what_its_address_says(peer: Peer) -> None:
    url = f"cpo/2.2.1/tokens/BE/BEC/{UID}"
    for change in ({"uid": "other"}, {"party_id": "XXX"}, {"last_updated": None}, {"type": 5}):
        assert result(peer.call("PUT", url, token(**change))) == (200, 2001)
    assert result(peer.call("GET", url)) == (404, 2004)
    assert result(peer.call("PUT", f"cpo/2.2.1/tokens/NL/XXX/{UID}", token())) == (404, 2001)
    assert result(peer.call("DELETE", url)) == (405, 2001)


@pytest.mark.parametrize("version", VERSIONS)
def test_we_issue_none(peer: Peer, version: str) -> None:
    answer = peer.call("GET", f"{version}/tokens")
    assert (result(answer), envelope(answer)["data"], answer.headers["X-Total-Count"]) == ((200, 1000), [], "0")
    for body in (None, {"location_id": "LOC1"}):
        assert result(peer.call("POST", f"{version}/tokens/{UID}/authorize", body)) == (404, 2004)
    assert result(peer.call("POST", f"{version}/tokens/{UID}/other")) == (404, 2001)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_tokens_of_the_standard(shared_data: Path, peer: Peer, connect: Any, version: str) -> None:
    for index, path in enumerate(sorted((shared_data / "ocpi" / version).glob("token_*.json"))):
        sent = json.loads(path.read_text())
        if "uid" not in sent:
            continue  # a part, for PATCH
        party = (sent.get("country_code", "BE"), sent.get("party_id", "BEC"))
        owner = peer if party == ("BE", "BEC") else connect(f"{index}", party)
        url = f"cpo/{version}/tokens/{party[0]}/{party[1]}/{sent['uid']}"
        assert envelope(owner.call("PUT", url, sent))["status_code"] == 1000, path.name
        assert envelope(owner.call("GET", url))["data"] == sent
        if party != ("BE", "BEC"):
            owner.call("DELETE", "2.2.1/credentials")


def test_no_log_holds_a_token(peer: Peer, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where its URL is refused, or answered by a fault of ours."""
    caplog.set_level("INFO")
    url = f"cpo/2.2.1/tokens/BE/BEC/{UID}"
    assert result(peer.call("PUT", url, token(type=5)))[1] == 2001
    assert result(peer.call("PATCH", url, {}))[0] == 404
    assert result(peer.call("DELETE", url))[0] == 405
    assert result(peer.call("POST", f"2.2.1//tokens/{UID}/authorize"))[0] == 404
    assert result(peer.call("GET", f"tokens/{UID}"))[0] == 404

    def fail(*_args: object) -> None:
        raise RuntimeError("database on fire")

    monkeypatch.setattr("ocpi.modules.tokens.put_guarded", fail)
    assert result(peer.call("PUT", url, token()))[0] == 500
    assert "tokens" in caplog.text and "SECRET" not in caplog.text
