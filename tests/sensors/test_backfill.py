"""What The Things Stack stored is fetched over HTTP, and nothing is recorded twice."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from commands import clock as clock_command
from commands.backfilling import Backfill, storage_of
from enforcement.retention import Retention
from ledger.database import Ledger
from models import FactRow, Reject
from sensors import backfill as module
from sensors.backfill import BackfillError, backfill
from sensors.keeping import keep
from sensors.mapping_document import parse_mapping
from sensors.reading import Message
from sensors.translate import translate
from settings import load as load_settings
from tests.conftest import NOON, minutes
from tests.sensors.conftest import count
from tests.support.servers import served

MAPPING = parse_mapping('[[subscription]]\ntopic = "v3/+/devices/+/up"\nenvelope = "tts"\nmodel = "bosch_tps110"')


def uplink(number: int) -> dict[str, Any]:
    at = minutes(number).isoformat()
    return {
        "end_device_ids": {"device_id": "d-1", "application_ids": {"application_id": "bays"}, "dev_eui": "10AB000000000001"},
        "received_at": at,
        "uplink_message": {
            "session_key_id": "AYfq", "f_port": 1, "f_cnt": number, "frm_payload": base64.b64encode(bytes([number % 2])).decode(), "received_at": at,
        },
    }  # fmt: skip


class Storage(ThreadingHTTPServer):
    """A Storage Integration: the HTTP API as documented, for one application and one key."""

    stored: list[dict[str, Any]]
    line = ""
    asked: list[dict[str, list[str]]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/api/v3/as/applications/bays"


class Handler(BaseHTTPRequestHandler):
    server: Storage

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = parse_qs(parts.query)
        self.server.asked.append(query)
        is_ours = parts.path == "/api/v3/as/applications/bays/packages/storage/uplink_message"
        if (
            not is_ours
            or self.headers["Authorization"] != "Bearer key"
            or self.headers["Accept"] != "text/event-stream"
        ):
            self.send_error(403)
            return
        after = datetime.fromisoformat(query["after"][0])
        found = [up for up in self.server.stored if datetime.fromisoformat(up["received_at"]) > after]
        body = "".join(json.dumps({"result": up}) + "\n\n" for up in found[: int(query["limit"][0])]) + self.server.line
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def storage() -> Iterator[Storage]:
    server = Storage(("127.0.0.1", 0), Handler)
    server.stored, server.asked = [uplink(number) for number in range(12)], []
    with served(server):
        yield server


def fill(ledger: Ledger, storage: Storage, since: datetime = NOON - timedelta(days=1), key: str = "key") -> int:
    with httpx.Client() as client:
        return backfill(ledger, MAPPING, lambda: minutes(60), client, storage.url, key, since)


def test_what_was_missed_is_recorded_and_what_was_heard_live_is_not_recorded_again(
    ledger: Ledger, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAGE", 5)
    live = [
        Message("v3/bays@tenant/devices/d-1/up", json.dumps(uplink(number)).encode(), minutes(number))
        for number in (0, 1, 7)
    ]
    with ledger.write(NOON) as tx:
        keep(tx, [translate(MAPPING, message) for message in live])
    assert fill(ledger, storage) == 9
    assert len(storage.asked) == 3
    assert fill(ledger, storage) == 0
    assert count(ledger, FactRow) == 12


def test_only_what_came_since_is_asked_for(ledger: Ledger, storage: Storage) -> None:
    assert fill(ledger, storage, minutes(8)) == 3


@pytest.mark.parametrize(
    "line", ['{"error": {}}\n', "<html>\n", '{"result": []}\n', '{"result": {"received_at": 3}}\n', "x" * 300_000]
)
def test_what_is_no_stored_uplink_ends_it_with_a_sentence(ledger: Ledger, storage: Storage, line: str) -> None:
    storage.line = line
    with pytest.raises(BackfillError, match=r"no stored uplink|too long"):
        fill(ledger, storage)


def test_a_message_that_can_not_be_read_is_a_reject_and_holds_up_nothing(ledger: Ledger, storage: Storage) -> None:
    storage.stored[3]["uplink_message"]["f_port"] = 99
    assert fill(ledger, storage) == 11
    assert count(ledger, Reject) == 1


def test_a_wrong_key_and_a_server_that_is_away_are_told_without_the_key(ledger: Ledger, storage: Storage) -> None:
    with pytest.raises(BackfillError, match="HTTP 403") as refused:
        fill(ledger, storage, key="hunter2")
    assert "hunter2" not in str(refused.value)
    with httpx.Client() as client, pytest.raises(BackfillError, match="can't be reached"):
        backfill(ledger, MAPPING, lambda: NOON, client, "http://127.0.0.1:1", "key", NOON)


def test_the_clocks_job_fetches_a_day_at_its_start_and_then_what_came_since(ledger: Ledger, storage: Storage) -> None:
    now = [minutes(10)]
    job = Backfill(ledger, MAPPING, lambda: now[0], storage.url, "key", 600)
    storage.stored = [uplink(1), uplink(2)]
    job.run()
    assert count(ledger, FactRow) == 2
    storage.stored.append(uplink(15))
    now[0] = minutes(20)
    job.run()
    assert count(ledger, FactRow) == 3
    # A day before the start; then from shortly before the last time on, so that nothing falls between.
    assert [asked["after"] for asked in storage.asked] == [
        [minutes(10 - 24 * 60).isoformat()],
        [minutes(0).isoformat()],
    ]


def test_the_clocks_job_goes_on_from_where_it_failed(ledger: Ledger, storage: Storage) -> None:
    now, storage.stored = [minutes(10)], [uplink(1)]
    wrong = Backfill(ledger, MAPPING, lambda: now[0], storage.url, "wrong", 600)
    wrong.run()
    now[0] = minutes(30)
    wrong._key = "key"
    wrong.run()
    assert count(ledger, FactRow) == 1
    assert storage.asked[-1]["after"] == [minutes(30 - 24 * 60).isoformat()]


def test_the_clock_runs_the_job_where_a_storage_is_named(
    ledger: Ledger, storage: Storage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    mapping = tmp_path / "mapping.toml"
    mapping.write_text('[[subscription]]\ntopic = "v3/+/devices/+/up"\nenvelope = "tts"\nmodel = "bosch_tps110"\n')
    for name, value in (
        ("DATA_DIR", tmp_path), ("MQTT_MAPPING", mapping), ("TTS_STORAGE_URL", storage.url), ("TTS_STORAGE_KEY", "key"),
    ):  # fmt: skip
        monkeypatch.setenv(f"BAYWARDEN_{name}", str(value))
    job = storage_of(load_settings(), ledger, lambda: minutes(10))
    assert job is not None
    # It ends its process when jobs take too long to stop; here the process is the tests' own.
    monkeypatch.setattr(clock_command, "end_at_latest", lambda _: None)
    stop = threading.Event()
    here: Any = SimpleNamespace(ledger=ledger, clock=lambda: datetime.now(UTC))
    clock = threading.Thread(target=clock_command.keep_time, args=(here, Retention(), stop, job))
    clock.start()
    try:
        for _ in range(200):
            if count(ledger, FactRow):
                break
            stop.wait(0.05)
    finally:
        stop.set()
        clock.join(20)
    assert count(ledger, FactRow) == 12
    monkeypatch.delenv("BAYWARDEN_TTS_STORAGE_URL")
    assert storage_of(load_settings(), ledger, lambda: minutes(10)) is None
