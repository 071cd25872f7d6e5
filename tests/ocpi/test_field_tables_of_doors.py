"""What answers at our doors: envelopes, versions, endpoints and credentials fit the standard's tables in every version."""

from decimal import Decimal
from typing import Any

import pytest

from ledger.database import Ledger
from ocpi.wire import decode
from tests.support.field_tables import faults
from tests.support.ocpi_peer import Peer

VERSIONS = ["2.1.1", "2.2.1", "2.3.0"]
SIDES = ["", "cpo/"]


def data(peer: Peer, version: str, path: str, method: str = "GET") -> Any:
    """What an answer holds; its envelope fits."""
    envelope = decode(peer.call(method, path, {} if method in ("PUT", "POST") else None).data)
    found = envelope.pop("data", None)
    assert list(faults(envelope, "Response", version)) == []
    return found


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("version", VERSIONS)
def test_versions_and_their_endpoints(ledger: Ledger, peer: Peer, version: str, side: str) -> None:
    listed = data(peer, version, f"{side}versions")
    assert version in [each["version"] for each in listed]
    assert [fault for each in listed for fault in faults(each, "VersionInfo", version)] == []
    assert list(faults(data(peer, version, f"{side}{version}"), "VersionDetails", version)) == []


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("version", VERSIONS)
def test_credentials(ledger: Ledger, peer: Peer, version: str, side: str) -> None:
    ours = data(peer, version, f"{side}{version}/credentials")
    assert list(faults(ours, "Credentials", version)) == []
    assert list(faults({**ours, "token": "t" * 65}, "Credentials", version)) == ["Credentials.token: longer than 64"]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "sessions/BE/BEC/NONE"),
        ("GET", "locations/NL/XYZ/L"),
        ("GET", "nowhere"),
        ("DELETE", "sessions/BE/BEC/1"),
        ("PUT", "sessions/BE/BEC/1"),
        ("POST", "cdrs"),
        ("GET", "tokens"),
        ("POST", "tokens/012/authorize"),
    ],
)
@pytest.mark.parametrize("version", VERSIONS)
def test_envelopes_of_refusals_and_of_empty_lists(
    ledger: Ledger, peer: Peer, version: str, method: str, path: str
) -> None:
    assert data(peer, version, f"{version}/{path}", method) in (None, [])


def test_an_envelope_without_its_time_is_a_fault() -> None:
    assert list(faults({"status_code": Decimal(1000)}, "Response", "2.2.1")) == ["Response.timestamp: missing"]
