"""From the inbox into the ledger: one commit a batch, acknowledged after it, whatever goes wrong."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import sensors.keeping
from enforcement.facts import AnyFact
from ledger.database import Ledger, Tx
from ledger.record import record
from models import FactRow, Reject, Sensor
from sensors.inbox import Arrived, Inbox
from sensors.intake import Intake
from sensors.mapping_document import read_mapping
from sensors.reading import Message
from tests.conftest import NOON, minutes
from tests.sensors.conftest import count, rows


class Broker:
    """Notes what is acknowledged, and how many facts were committed by then."""

    def __init__(self, ledger: Ledger) -> None:
        self.acks: list[tuple[int, int]] = []
        self.facts_then: list[int] = []
        self.sent: list[tuple[str, bytes]] = []
        self._ledger = ledger

    def ack(self, arrived: Sequence[Arrived]) -> None:
        for item in arrived:
            self.acks.append((item.mid, item.qos))
            self.facts_then.append(count(self._ledger, FactRow))

    def send(self, topic: str, payload: bytes) -> None:
        self.sent.append((topic, payload))


class FlakyLedger(Ledger):
    """A real ledger whose commits fail a few times."""

    failures = 0

    @contextmanager
    def write(self, now: datetime) -> Iterator[Tx]:
        with super().write(now) as tx:
            yield tx
            if self.failures:
                self.failures -= 1
                raise OperationalError("COMMIT", None, Exception("disk full"))


def plain(device: str, at: datetime = NOON, **body: Any) -> Message:
    payload = {"occupied": True, "at": at.isoformat(), "event": "change", **body}
    return Message(f"x/bays/{device}", json.dumps(payload).encode(), minutes(10))


def run_intake(
    ledger: Ledger, messages: Sequence[Message], stop: threading.Event | None = None
) -> tuple[Intake, Broker]:
    """Send these through a whole intake, until all is done."""
    inbox, broker = Inbox(1000), Broker(ledger)
    for mid, message in enumerate(messages, 1):
        inbox.put(Arrived(message, mid, 1, broker), 0)
    inbox.close()
    intake = Intake(ledger, read_mapping(), lambda: minutes(10), inbox, stop or threading.Event())
    intake.start()
    intake.join(20)
    assert not intake.is_alive()
    return intake, broker


def test_facts_rejects_and_sensors_are_kept_and_acknowledged_in_order_after_the_commit(ledger: Ledger) -> None:
    messages = [
        plain("a", minutes(1), battery=93), plain("a", minutes(2), occupied=False), Message("x/bays/b", b"?", NOON),
        plain("a", minutes(1), battery=93), plain("c"), Message("x/bays/d/e", b"{}", NOON),
    ]  # fmt: skip
    _, broker = run_intake(ledger, messages)
    assert broker.acks == [(mid, 1) for mid in range(1, 7)]
    assert broker.facts_then == [3] * 6
    assert {(row.place, row.source) for row in rows(ledger, Reject)} == {
        ("x/bays/b", "mqtt:plain"),
        ("x/bays/d/e", "mqtt"),
    }
    known = {row.id: row for row in rows(ledger, Sensor)}
    assert known.keys() == {"a", "c"}
    assert (known["a"].occupied, known["a"].last_at, known["a"].battery) == (False, minutes(2), "93")
    assert (known["a"].watchdog_s, known["a"].model) == (7200, "plain")


def test_a_sensor_that_nobody_knows_is_recorded_all_the_same(ledger: Ledger) -> None:
    run_intake(ledger, [plain("stranger")])
    assert [row.subject for row in rows(ledger, FactRow)] == ["sensor:stranger"]


def test_a_battery_report_alone_is_no_fact_but_is_noted(ledger: Ledger) -> None:
    info = {"deviceInfo": {"devEui": "10AB000000000001", "deviceProfileName": "Bosch TPS110"}}
    topic = "application/8a/device/10ab/event/"
    up = {**info, "time": NOON.isoformat(), "fPort": 1, "data": "AQ=="}
    status = {**info, "batteryLevel": 60}
    run_intake(
        ledger,
        [
            Message(topic + "up", json.dumps(up).encode(), NOON),
            Message(topic + "status", json.dumps(status).encode(), NOON),
        ],
    )
    assert [(row.battery, row.occupied) for row in rows(ledger, Sensor)] == [("60 %", True)]
    assert len(rows(ledger, FactRow)) == 1


def flaky(ledger: Ledger, failures: int) -> FlakyLedger:
    made = FlakyLedger(str(ledger.engine.url.render_as_string(hide_password=False)), ledger.vault, ledger.composer)
    made.failures = failures
    return made


def test_a_commit_that_fails_is_tried_again_and_nothing_is_acknowledged_before(ledger: Ledger) -> None:
    failing = flaky(ledger, 2)
    _, broker = run_intake(failing, [plain("a"), plain("b"), Message("x/bays/c", b"?", NOON)])
    failing.close()
    assert failing.failures == 0
    assert broker.acks == [(1, 1), (2, 1), (3, 1)]
    assert broker.facts_then == [2, 2, 2]
    assert len(rows(ledger, Reject)) == 1


def test_a_batch_that_can_not_be_committed_is_given_up_unacknowledged_when_asked_to_stop(ledger: Ledger) -> None:
    failing = flaky(ledger, 10_000)
    stop = threading.Event()
    stop.set()
    intake, broker = run_intake(failing, [plain("a")], stop)
    failing.close()
    assert (broker.acks, intake.failure, rows(ledger, FactRow)) == ([], None, [])


def test_one_poisonous_message_becomes_a_reject_and_the_rest_goes_through(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def picky(tx: Tx, facts: Sequence[AnyFact]) -> int:
        written = record(tx, facts)
        if any(fact.subject == "sensor:s13" for fact in facts):
            raise ZeroDivisionError("of s13's secret")
        return written

    monkeypatch.setattr(sensors.keeping, "record", picky)
    _, broker = run_intake(ledger, [plain(f"s{number}") for number in range(40)])
    assert broker.acks == [(mid, 1) for mid in range(1, 41)]
    assert {row.subject for row in rows(ledger, FactRow)} == {f"sensor:s{n}" for n in range(40)} - {"sensor:s13"}
    (reject,) = rows(ledger, Reject)
    assert (reject.place, reject.reason) == ("x/bays/s13", "a fault of Baywarden while recording it: ZeroDivisionError")
    assert json.loads(reject.payload)["occupied"] is True
    assert "secret" not in caplog.text


def test_if_not_even_rejects_can_be_stored_the_intake_ends_and_acknowledges_nothing(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(sensors.keeping, "reject", broken)
    intake, broker = run_intake(ledger, [plain("a")])
    assert isinstance(intake.failure, ZeroDivisionError)
    assert broker.acks == []


def test_a_clock_ahead_of_ours_makes_no_fact_of_the_future(ledger: Ledger) -> None:
    run_intake(ledger, [plain("a", minutes(90))])
    (row,) = rows(ledger, FactRow)
    assert row.at == row.seen_at == minutes(10)


def test_large_batches_are_split(ledger: Ledger) -> None:
    _, broker = run_intake(ledger, [plain(f"s{number % 7}", minutes(number / 60)) for number in range(999)])
    assert len(broker.acks) == len(rows(ledger, FactRow)) == 999
    assert broker.facts_then[0] == 500


@pytest.mark.parametrize("at", ["9000-01-01T00:00:00+00:00", "2126-01-01T00:00:00+00:00"])
def test_a_clock_that_is_centuries_ahead_is_recorded_and_its_skew_too(ledger: Ledger, at: str) -> None:
    run_intake(ledger, [plain("7", datetime.fromisoformat(at))])
    assert rows(ledger, Reject) == []
    (fact,), (sensor,) = rows(ledger, FactRow), rows(ledger, Sensor)
    assert fact.at == fact.seen_at
    assert sensor.skew_s == 3650 * 86_400
