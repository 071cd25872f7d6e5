"""Cameras by HTTP: who may post, what is kept, and what is answered."""

import base64
import hashlib
import hmac
import json
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from enforcement.facts import PlateSeen
from ledger.database import Ledger, table
from ledger.facts import from_row
from ledger.plates import erase_plates, plate_key, read_plate
from models import AccessLog, FactRow, Plate, Reject
from sensors.mapping_document import parse_mapping
from sensors.webhooks import blueprint, key_of
from tests.conftest import NOON
from tests.sensors.conftest import count, rows

SECRET = "a secret of the service"
MAPPING = parse_mapping("""
[[subscription]]
topic = "bays/{device}"
envelope = "plain"
[[webhook]]
name = "gate"
envelope = "platerecognizer"
""")
BODY = {
    "data": {
        "camera_id": "bay_1",
        "timestamp": "2026-03-02T16:59:00Z",
        "results": [{"plate": "abc 123", "score": 0.9, "region": {"code": "ca-qc"}}],
    }
}
HERE = f"/hooks/cameras/gate/{key_of(SECRET, 'gate')}"


@pytest.fixture
def client(ledger: Ledger) -> FlaskClient:
    app = Flask(__name__)
    app.register_blueprint(blueprint(ledger, lambda: NOON, MAPPING.webhooks, SECRET))
    return app.test_client()


def plates(ledger: Ledger) -> list[PlateSeen]:
    with ledger.read() as conn:
        return [
            fact
            for row in conn.execute(table(FactRow).select()).mappings()
            if isinstance(fact := from_row(row), PlateSeen)
        ]


def signed(body: bytes, stamp: float = NOON.timestamp(), key: str = key_of(SECRET, "gate")) -> dict[str, str]:
    text = f"msg_1.{int(stamp)}.".encode() + body
    made = base64.b64encode(hmac.new(bytes.fromhex(key), text, hashlib.sha256).digest()).decode()
    return {"webhook-id": "msg_1", "webhook-timestamp": str(int(stamp)), "webhook-signature": f"v1,{made}"}


def test_a_form_with_a_picture_is_taken_and_its_plate_kept_apart(client: FlaskClient, ledger: Ledger) -> None:
    form = {"json": json.dumps(BODY), "upload": (BytesIO(b"\xff\xd8" + bytes(300_000)), "car.jpg")}
    assert client.post(HERE, data=form, content_type="multipart/form-data").status_code == 204
    (fact,) = plates(ledger)
    key = plate_key(ledger.vault, "ABC-123", "ca-qc")
    assert (fact.plate, fact.jurisdiction, fact.confidence, fact.subject) == (key, "ca-qc", 90, "sensor:bay_1")
    assert "ABC" not in json.dumps([str(row) for row in rows(ledger, FactRow)])
    assert "ABC123" not in str(rows(ledger, Plate))
    with ledger.write(NOON) as tx:
        assert read_plate(tx.conn, ledger.vault, key, NOON, "anna", "a dispute") == "ABC123"
    assert [(row.what, row.reader) for row in rows(ledger, AccessLog)] == [("plate", "anna")]


def test_a_plate_can_be_erased_and_the_fact_stays(client: FlaskClient, ledger: Ledger) -> None:
    client.post(HERE, json=BODY)
    (fact,) = plates(ledger)
    with ledger.write(NOON) as tx:
        erase_plates(tx, [fact.plate])
        assert read_plate(tx.conn, ledger.vault, fact.plate, NOON, "anna", "a dispute") is None
    assert plates(ledger) == [fact]


def test_the_same_post_twice_is_one_fact(client: FlaskClient, ledger: Ledger) -> None:
    assert [client.post(HERE, json=BODY).status_code for _ in range(2)] == [204, 204]
    assert count(ledger, FactRow) == count(ledger, Plate) == 1


@pytest.mark.parametrize(
    "path", ["/hooks/cameras/gate/wrong", "/hooks/cameras/gate", "/hooks/cameras/nobody/x", "/hooks/cameras/gate/é"]
)
def test_a_wrong_key_or_name_finds_nothing_and_keeps_nothing(client: FlaskClient, ledger: Ledger, path: str) -> None:
    assert client.post(path, json=BODY).status_code == 404
    assert count(ledger, FactRow) == count(ledger, Reject) == 0


def test_a_signature_instead_of_the_key(client: FlaskClient, ledger: Ledger) -> None:
    body = json.dumps(BODY).encode()

    def post(headers: dict[str, str], sent: bytes = body) -> int:
        return client.post(
            "/hooks/cameras/gate", data=sent, headers=headers, content_type="application/json"
        ).status_code

    assert post(signed(body), body + b" ") == 404
    assert post(signed(body, NOON.timestamp() - 301)) == 404
    assert post(signed(body, key=key_of("another", "gate"))) == 404
    assert post({**signed(body), "webhook-timestamp": "soon"}) == 404
    assert count(ledger, FactRow) == 0
    assert post(signed(body)) == 204
    assert count(ledger, FactRow) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", json.dumps({"data": {"camera_id": "x"}}).encode(), b"\xff" * 100])
def test_what_is_not_understood_is_answered_and_kept_encrypted(
    client: FlaskClient, ledger: Ledger, body: bytes
) -> None:
    answer = client.post(HERE, data=body, content_type="application/json")
    assert answer.status_code == 400
    assert "kept" in answer.text
    (kept,) = rows(ledger, Reject)
    assert kept.payload.startswith("encrypted: ")
    assert kept.source == "http:platerecognizer"


def test_hostile_sizes_are_refused(client: FlaskClient, ledger: Ledger) -> None:
    assert client.post(HERE, data=b" " * (8 * 1024 * 1024 + 1), content_type="application/json").status_code == 413
    assert client.post(HERE, data={"json": "x" * 200_000}, content_type="multipart/form-data").status_code == 413
    assert client.post(HERE, data=b" " * 70_000, content_type="application/json").status_code == 400
    assert count(ledger, FactRow) == 0
    assert client.get(HERE).status_code == 405


def test_a_database_that_fails_is_no_success(
    client: FlaskClient, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("sensors.webhooks.keep", broken)
    assert client.post(HERE, json=BODY).status_code == 500
