"""Cameras post over HTTP to the whole web application, at the addresses that the command prints, or with a signature."""

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from app import create_app, main
from enforcement.facts import PlateSeen
from ledger.database import Ledger, table
from ledger.facts import from_row
from models import FactRow, Plate, Reject
from settings import load
from tests.conftest import TEST_KEY, empty
from tests.sensors.conftest import count
from tests.support.servers import listening
from web.context import EXTENSION

MAPPING = """
[[subscription]]
topic = "bays/{device}"
envelope = "plain"
[[webhook]]
name = "gate"
envelope = "platerecognizer"
cameras = { "camera-1" = "bay_1" }
[[webhook]]
name = "scout"
envelope = "rekor"
jurisdiction = "ca-qc"
"""
SEEN = datetime.now(UTC).replace(microsecond=0) - timedelta(minutes=1)
STREAM = {
    "hook": {"event": "recognition"},
    "data": {
        "camera_id": "camera-1",
        "timestamp": SEEN.isoformat(),
        "results": [{"plate": "abc 123", "score": 0.93, "region": {"code": "ca-qc"}}],
    },
}
SCOUT = {
    "data_type": "alpr_group", "epoch_start": int(SEEN.timestamp() * 1000), "epoch_end": int(SEEN.timestamp() * 1000),
    "camera_id": 7, "best_plate_number": "XYZ789", "best_confidence": 91.5, "best_region": "", "is_parked": True,
}  # fmt: skip


@pytest.fixture
def service(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[tuple[dict[str, str], Ledger]]:
    """A running service: where each camera posts (below its root), and its ledger."""
    mapping = tmp_path / "mapping.toml"
    mapping.write_text(MAPPING)
    for name, value in (
        ("DATA_DIR", tmp_path / "var"), ("DATABASE_URL", database_url), ("MQTT_MAPPING", mapping),
        ("CAMERA_SECRET", "a secret of the service that is long"), ("VAULT_KEYS", TEST_KEY),
        ("SESSION_SECRET", "another secret of the service that is long"), ("PSEUDONYM_KEY", "ab" * 32),
    ):  # fmt: skip
        monkeypatch.setenv(f"BAYWARDEN_{name}", str(value))
    empty(database_url)
    assert main(["sensors", "webhooks"]) == 0
    printed = dict(re.findall(r"^(\w+) \(\w+\): \S+?(/hooks/\S+)$", capsys.readouterr().out, re.MULTILINE))
    settings = load()
    app = create_app(settings)
    ledger: Ledger = app.extensions[EXTENSION].ledger
    with listening(app) as root:
        yield {name: root + path for name, path in printed.items()}, ledger
    ledger.close()


def plates(ledger: Ledger) -> list[PlateSeen]:
    with ledger.read() as conn:
        facts = [from_row(row) for row in conn.execute(table(FactRow).select()).mappings()]
    return [fact for fact in facts if isinstance(fact, PlateSeen)]


def signed(address: str, body: bytes) -> dict[str, str]:
    """The headers of Standard Webhooks, with the key that the address ends in."""
    stamp = int(datetime.now(UTC).timestamp())
    key = bytes.fromhex(address.rsplit("/", 1)[1])
    made = base64.b64encode(hmac.new(key, f"m1.{stamp}.".encode() + body, hashlib.sha256).digest()).decode()
    return {"webhook-id": "m1", "webhook-timestamp": str(stamp), "webhook-signature": f"v1,{made}"}


def test_plate_recognizer_posts_a_form_to_its_secret_address(service: tuple[dict[str, str], Ledger]) -> None:
    addresses, ledger = service
    files: Any = {"upload": ("car.jpg", b"\xff\xd8" + bytes(50_000), "image/jpeg")}
    for _ in range(2):
        answer = httpx.post(addresses["gate"], data={"json": json.dumps(STREAM)}, files=files)
        assert answer.status_code == 204
    (seen,) = plates(ledger)
    assert (seen.subject, seen.jurisdiction, seen.confidence, seen.at) == ("sensor:bay_1", "ca-qc", 93, SEEN)
    assert count(ledger, Plate) == 1


def test_rekor_posts_json_with_a_signature(service: tuple[dict[str, str], Ledger]) -> None:
    addresses, ledger = service
    body, without_key = json.dumps(SCOUT).encode(), addresses["scout"].rsplit("/", 1)[0]
    as_json = {"content-type": "application/json"}
    assert httpx.post(without_key, content=body, headers=as_json).status_code == 404
    wrong = {**as_json, **signed(addresses["gate"], body)}
    assert httpx.post(without_key, content=body, headers=wrong).status_code == 404
    assert count(ledger, FactRow) == 0
    right = {**as_json, **signed(addresses["scout"], body)}
    assert httpx.post(without_key, content=body, headers=right).status_code == 204
    (seen,) = plates(ledger)
    assert (seen.subject, seen.jurisdiction, seen.confidence) == ("sensor:7", "ca-qc", 91)


def test_the_address_of_one_camera_is_no_key_for_another(service: tuple[dict[str, str], Ledger]) -> None:
    addresses, ledger = service
    stolen = addresses["gate"].replace("/gate/", "/scout/")
    assert httpx.post(stolen, json=SCOUT).status_code == 404
    assert count(ledger, FactRow) == count(ledger, Reject) == 0
