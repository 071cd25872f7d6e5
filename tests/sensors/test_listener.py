"""The listener with real brokers: what is published is recorded once, whatever happens to broker, network and database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

import sensors.connection
import sensors.lanes
import sensors.listener
from ledger.database import Ledger, Tx
from models import FactRow, Reject
from sensors.inbox import Inbox
from sensors.listener import ListenerError
from sensors.mapping_document import parse_mapping
from tests.conftest import NOON
from tests.sensors.conftest import MOSQUITTO, Listening, count, rows
from tests.support.brokers import RunningBroker, TestPublisher, free_port, wait_for

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
Listen = Callable[..., Listening]


def reading(number: int) -> dict[str, Any]:
    return {"occupied": number % 2 == 0, "at": (NOON + timedelta(seconds=number)).isoformat(), "event": "change"}


def wait_recorded(ledger: Ledger, expected: int) -> None:
    wait_for(lambda: count(ledger, FactRow) >= expected, f"{expected} facts are recorded")
    assert count(ledger, FactRow) == expected


def test_published_readings_are_recorded_and_what_is_not_understood_is_kept(
    ledger: Ledger, broker: RunningBroker, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listen(ledger, broker.url).wait_listening(caplog)
    up = {
        "time": NOON.isoformat(),
        "deviceInfo": {"devEui": "10AB000000000001", "deviceProfileName": "Bosch TPS110"},
        "fPort": 1,
        "data": "AQ==",
    }
    with TestPublisher(broker) as publisher:
        publisher.send("x/bays/b7", reading(0))
        publisher.send("application/8a/device/10ab/event/up", up)
        publisher.send("x/bays/b8", b"\xff\x00 nonsense")
        publisher.send("x/bays/b9", b"7" * 100_000)
    wait_recorded(ledger, 2)
    wait_for(lambda: len(rows(ledger, Reject)) == 2, "the rejects are stored")
    assert {row.subject for row in rows(ledger, FactRow)} == {"sensor:b7", "sensor:10ab000000000001"}
    reasons = {row.place: row.reason for row in rows(ledger, Reject)}
    assert "not JSON" in reasons["x/bays/b8"]
    assert "larger than 65536 bytes" in reasons["x/bays/b9"]


def test_with_cameras_by_http_only_it_waits_to_be_stopped_and_asks_no_broker(
    ledger: Ledger, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    mapping = parse_mapping('[[webhook]]\nname = "gate"\nenvelope = "rekor"')
    listening = listen(ledger, f"mqtt://127.0.0.1:{free_port()}", mapping)
    wait_for(lambda: "no [[subscription]]" in caplog.text, "it says so")
    listening.stop()
    assert listening.error is None
    assert "can't be reached" not in caplog.text


def test_what_is_published_while_we_are_away_is_recorded_when_we_are_back(
    ledger: Ledger, broker: RunningBroker, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listen(ledger, broker.url).wait_listening(caplog).stop()
    with TestPublisher(broker) as publisher:
        for number in range(300):
            publisher.send(f"x/bays/s{number % 5}", reading(number), wait=number == 299)
    listen(ledger, broker.url).wait_listening(caplog, 2)
    wait_recorded(ledger, 300)


def test_after_a_restart_of_the_broker_we_listen_again(
    ledger: Ledger, broker: RunningBroker, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listen(ledger, broker.url).wait_listening(caplog)
    broker.stop()
    wait_for(lambda: "can't be reached" in caplog.text or "the connection" in caplog.text, "the loss is noticed")
    broker.start()
    wait_for(lambda: caplog.text.count("listening at") == 2, "the listener listens again")
    with TestPublisher(broker) as publisher:
        publisher.send("x/bays/b7", reading(1))
    wait_recorded(ledger, 1)


@pytest.mark.parametrize("broker", [MOSQUITTO], indirect=True)
def test_a_restarted_mosquitto_has_kept_what_came_while_we_were_away(
    ledger: Ledger, broker: RunningBroker, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listen(ledger, broker.url).wait_listening(caplog).stop()
    with TestPublisher(broker) as publisher:
        for number in range(50):
            publisher.send("x/bays/s", reading(number))
    broker.stop()
    broker.start()
    listen(ledger, broker.url).wait_listening(caplog, 2)
    wait_recorded(ledger, 50)


class FailingLedger(Ledger):
    """Takes nothing while ``fails`` is set."""

    fails = True
    attempts = 0

    @contextmanager
    def write(self, now: datetime) -> Iterator[Tx]:
        with super().write(now) as tx:
            yield tx
            self.attempts += 1
            if self.fails:
                raise OperationalError("COMMIT", None, Exception("disk full"))


@pytest.fixture
def failing(ledger: Ledger) -> Iterator[FailingLedger]:
    made = FailingLedger(ledger.engine.url.render_as_string(hide_password=False), ledger.vault, ledger.composer)
    yield made
    made.close()


def test_what_was_not_committed_was_not_acknowledged_and_comes_again(
    ledger: Ledger, failing: FailingLedger, broker: RunningBroker, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    first = listen(failing, broker.url).wait_listening(caplog)
    with TestPublisher(broker) as publisher:
        for number in range(20):
            publisher.send("x/bays/s", reading(number))
    wait_for(lambda: failing.attempts, "a commit has failed")
    first.stop()
    assert rows(ledger, FactRow) == []
    listen(ledger, broker.url).wait_listening(caplog, 2)
    wait_recorded(ledger, 20)


def test_when_the_database_does_not_keep_up_the_broker_keeps_the_messages(
    ledger: Ledger, failing: FailingLedger, broker: RunningBroker, listen: Listen, caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(sensors.connection, "_PATIENCE_S", 0.05)
    monkeypatch.setattr(sensors.lanes, "_MOST_WAITING", 20)
    listen(failing, broker.url).wait_listening(caplog)
    with TestPublisher(broker) as publisher:
        for number in range(400):
            publisher.send(f"x/bays/s{number % 3}", reading(number), wait=number == 399)
    wait_for(lambda: "does not keep up" in caplog.text, "the listener hangs up")
    failing.fails = False
    wait_recorded(ledger, 400)


def test_the_silent_death_of_the_network_thread_is_noticed(
    ledger: Ledger,
    broker: RunningBroker,
    listen: Listen,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    listening = listen(ledger, broker.url).wait_listening(caplog)

    def broken(*_: Any) -> bool:
        raise ZeroDivisionError

    monkeypatch.setattr(Inbox, "put", broken)
    with TestPublisher(broker) as publisher:
        publisher.send("x/bays/s", reading(1))
    listening.wait_ended()
    assert isinstance(listening.error, ListenerError)
    assert "the network thread died: ZeroDivisionError" in str(listening.error)


def test_the_end_of_the_intake_is_noticed(
    ledger: Ledger,
    broker: RunningBroker,
    listen: Listen,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    listening = listen(ledger, broker.url).wait_listening(caplog)
    monkeypatch.setattr("sensors.keeping.reject", broken)
    with TestPublisher(broker) as publisher:
        publisher.send("x/bays/s", reading(1))
    listening.wait_ended()
    assert isinstance(listening.error, ListenerError)
    assert "can't be recorded" in str(listening.error)


@pytest.mark.parametrize("broker", [MOSQUITTO], indirect=True)
def test_two_consumers_share_what_comes(
    ledger: Ledger, broker: RunningBroker, caplog: pytest.LogCaptureFixture
) -> None:
    import threading
    from datetime import UTC

    from sensors.address import BrokerAddress

    caplog.set_level("INFO", logger="sensors")
    mapping = parse_mapping(
        'share = "baywarden"\n[[subscription]]\ntopic = "+/bays/{device}"\nenvelope = "plain"\ntime = "at"'
    )
    stop = threading.Event()
    threads = [
        threading.Thread(
            target=sensors.listener.run,
            args=(ledger, BrokerAddress.parse(broker.url), mapping, lambda: datetime.now(UTC), stop, name),
        )
        for name in ("one", "two")
    ]
    for thread in threads:
        thread.start()
    try:
        wait_for(lambda: caplog.text.count("listening at") == 2, "both listen")
        with TestPublisher(broker) as publisher:
            for number in range(200):
                publisher.send("x/bays/s", reading(number), wait=number == 199)
        wait_recorded(ledger, 200)
    finally:
        stop.set()
        for thread in threads:
            thread.join(20)


@pytest.mark.parametrize("broker", [MOSQUITTO], indirect=True)
def test_what_was_heard_alone_is_not_heard_twice_once_it_is_shared(
    ledger: Ledger,
    broker: RunningBroker,
    listen: Listen,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The broker keeps the subscriptions of a session; the one of before would go on beside the shared one."""
    text = '[[subscription]]\ntopic = "+/bays/{device}"\nenvelope = "plain"\ntime = "at"'
    listen(ledger, broker.url, parse_mapping(text)).wait_listening(caplog).stop()
    came: list[str] = []
    put = Inbox.put

    def noted(inbox: Inbox, arrived: Any, patience_s: float) -> bool:
        came.append(arrived.message.topic)
        return put(inbox, arrived, patience_s)

    monkeypatch.setattr(Inbox, "put", noted)
    listen(ledger, broker.url, parse_mapping(f'share = "baywarden"\n{text}')).wait_listening(caplog, times=2)
    with TestPublisher(broker) as publisher:
        for number in range(5):
            publisher.send("x/bays/s", reading(number))
    wait_recorded(ledger, 5)
    assert came == ["x/bays/s"] * 5


def test_a_broker_that_is_not_there_is_waited_for(
    ledger: Ledger, listen: Listen, caplog: pytest.LogCaptureFixture
) -> None:
    listening = listen(ledger, f"mqtt://127.0.0.1:{free_port()}")
    wait_for(lambda: "can't be reached" in caplog.text, "it says so")
    listening.stop()
    assert listening.error is None
    assert caplog.text.count("can't be reached") == 1


@pytest.mark.mosquitto
def test_a_broker_that_refuses_us_ends_the_process_with_a_sentence(
    ledger: Ledger, listen: Listen, tmp_path: Any
) -> None:
    import subprocess

    from tests.conftest import require_tool

    port, passwords, config = free_port(), tmp_path / "passwords", tmp_path / "closed.conf"
    passwords.write_text("")
    config.write_text(f"listener {port} 127.0.0.1\nallow_anonymous false\npassword_file {passwords}\nuser root\n")
    with subprocess.Popen([require_tool("mosquitto"), "-c", str(config)], stderr=subprocess.DEVNULL) as process:
        try:
            listening = listen(ledger, f"mqtt://someone:wrong@127.0.0.1:{port}")
            listening.wait_ended()
        finally:
            process.terminate()
    assert isinstance(listening.error, ListenerError)
    assert "refuses us" in str(listening.error)
    assert "wrong" not in str(listening.error)


def test_a_certificate_file_that_is_not_there_ends_the_process_with_a_sentence(ledger: Ledger, listen: Listen) -> None:
    listening = listen(ledger, "mqtts://127.0.0.1?ca=/nowhere/ca.pem")
    listening.wait_ended()
    assert isinstance(listening.error, ListenerError)
    assert "/nowhere/ca.pem" in str(listening.error)
