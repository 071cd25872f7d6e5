"""Real MQTT brokers for tests, started as the embedded broker is, and clients that publish to them."""

import json
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from sensors.broker import embedded_url, iotcore_command, mosquitto_command
from tests.conftest import require_tool

PATIENCE_S = 30.0


class RunningBroker:
    """A broker in a process of its own; it can be stopped, killed and started again at the same place."""

    def __init__(self, kind: str, folder: Path) -> None:
        self.kind = kind
        self.port = free_port()
        self.url = embedded_url(self.port)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "RunningBroker":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        if self.kind == "mosquitto":
            command = mosquitto_command(require_tool("mosquitto"), self.port, self._folder)
        else:
            command = iotcore_command(self.port, self._folder)
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self._answers, "the broker answers")

    def stop(self) -> int:
        """SIGTERM; gives how it ended."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(10)

    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def _answers(self) -> bool:
        assert self._process is not None and self._process.poll() is None, "the broker ended"
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True


class TestPublisher:
    """Publishes with QoS 1, if not told otherwise, and waits until the broker has it."""

    __test__ = False

    def __init__(self, broker: RunningBroker) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.max_inflight_messages_set(100)
        self._client.connect("127.0.0.1", broker.port)
        self._client.loop_start()

    def __enter__(self) -> "TestPublisher":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def send(self, topic: str, payload: Any, *, wait: bool = True, **options: Any) -> None:
        """``payload``: bytes as they are, anything else as JSON."""
        body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
        info = self._client.publish(topic, body, **{"qos": 1, **options})
        if wait:
            info.wait_for_publish(PATIENCE_S)


def wait_for(condition: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
    """Poll a condition until it holds."""
    deadline = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain until {what}"
        time.sleep(0.02)


def free_port() -> int:
    """A TCP port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
