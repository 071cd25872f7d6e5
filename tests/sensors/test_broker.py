"""The embedded broker: on loopback only, takes large payloads, ends on SIGTERM."""

import shutil
import socket
import subprocess
from pathlib import Path

import pytest

from sensors import broker as embedded
from tests.support.brokers import RunningBroker, TestPublisher


def test_it_ends_on_sigterm_and_can_be_started_again(broker: RunningBroker) -> None:
    assert broker.stop() in (0, -15)
    broker.start()
    with TestPublisher(broker) as publisher:
        publisher.send("a/b", b"x" * 500_000)


def test_it_listens_on_loopback_only(broker: RunningBroker) -> None:
    own = next((address for address in own_addresses() if not address.startswith("127.")), None)
    if own is None:
        pytest.skip("this machine has no other address than loopback")
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((own, broker.port), timeout=2)


def own_addresses() -> list[str]:
    return subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()


def test_mosquitto_is_taken_where_it_is_installed_and_iotcore_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: "/usr/sbin/mosquitto")
    assert embedded.embedded_command(1883, tmp_path)[0] == "/usr/sbin/mosquitto"
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)
    assert "iotcore" in embedded.embedded_command(1883, tmp_path)
    assert embedded.embedded_url(1884) == "mqtt://127.0.0.1:1884"
