"""Bay sensors as MQTT publishers, each the way that its kind really talks: plain JSON, or a LoRaWAN network's envelope.

Bytes: Bosch TPS110 port 1, bit 0 is the status; port 2 the same as a heartbeat. Nwave NPS405 port 1, bit 0 is the
status and bits 1 to 7 how long the state before lasted, in minutes up to 89; port 2 is its heartbeat with voltage
2500 + 4 x b1 mV and temperature b2 / 2 + 10 degrees Celsius (decoders of TheThingsNetwork/lorawan-devices).
"""

import base64
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

Make = Literal["plain", "bosch", "nwave"]
CHIRPSTACK_APPLICATION = "5d7e0c9a-0000-4000-8000-00000000de30"
TTS_APPLICATION = "demo-town"
_LAST_WORDS_S = 3.0


@dataclass(slots=True)
class BaySensor:
    """One device. ``frames`` is its uplink counter, which never goes back: a repeated count is a repeated message."""

    device: str
    make: Make
    frames: int = 0
    occupied: bool = False
    since: datetime | None = None


class Publisher:
    """Sends what sensors see to a broker, QoS 1; what can't be sent now is sent when the broker is there again."""

    def __init__(self, url: str, clock: Callable[[], datetime]) -> None:
        """``url``: ``mqtt://[user:password@]host:port``."""
        parts = urlsplit(url)
        self._clock = clock
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"demo-town-{uuid.uuid4().hex[:8]}")
        if parts.username:
            self._client.username_pw_set(parts.username, parts.password)
        if parts.scheme == "mqtts":
            self._client.tls_set()
        self._client.on_publish = self._on_publish
        self._sent = self._acknowledged = 0
        self._client.reconnect_delay_set(1, 2)
        self._client.connect_async(parts.hostname or "127.0.0.1", parts.port or 1883, keepalive=20)
        self._client.loop_start()

    def wait_connected(self, stop: threading.Event, patience_s: float) -> bool:
        """Whether the broker answered in time."""
        for _ in range(int(patience_s / 0.05)):
            if self._client.is_connected() or stop.wait(0.05):
                break
        return self._client.is_connected()

    def change(self, sensor: BaySensor, occupied: bool) -> None:
        """The bay was taken or left: the device reports the change at once."""
        now = self._clock()
        before = 0 if sensor.since is None else int((now - sensor.since).total_seconds() // 60)
        sensor.occupied, sensor.since = occupied, now
        frame = bytes([occupied | min(before, 89) << 1]) if sensor.make == "nwave" else bytes([occupied])
        self._publish(sensor, now, port=1, frame=frame)

    def heartbeat(self, sensor: BaySensor) -> None:
        """The device says again what it sees."""
        frame = bytes([sensor.occupied, 250, 22]) if sensor.make == "nwave" else bytes([sensor.occupied])
        self._publish(sensor, self._clock(), port=2, frame=frame)

    def close(self) -> None:
        """Leave, when the broker has acknowledged all that was sent, or does not within a few seconds."""
        deadline = time.monotonic() + _LAST_WORDS_S
        while self._acknowledged < self._sent and time.monotonic() < deadline:
            time.sleep(0.05)
        self._client.disconnect()
        self._client.loop_stop()

    def _publish(self, sensor: BaySensor, at: datetime, *, port: int, frame: bytes) -> None:
        sensor.frames += 1
        make = {"plain": _plain, "bosch": _chirpstack, "nwave": _things_stack}[sensor.make]
        topic, message = make(sensor, at.isoformat().replace("+00:00", "Z"), port, frame)
        self._sent += 1
        self._client.publish(topic, json.dumps(message), qos=1)

    def _on_publish(self, *_: object) -> None:
        """Called in paho's thread, once for each message that the broker has acknowledged."""
        self._acknowledged += 1


def _plain(sensor: BaySensor, at: str, port: int, _frame: bytes) -> tuple[str, dict[str, Any]]:
    event = "change" if port == 1 else "heartbeat"
    return f"demo/bays/{sensor.device}", {"occupied": sensor.occupied, "at": at, "event": event, "seq": sensor.frames}


def _chirpstack(sensor: BaySensor, at: str, port: int, frame: bytes) -> tuple[str, dict[str, Any]]:
    """ChirpStack v4, JSON marshaler: event ``up``."""
    info = {"applicationId": CHIRPSTACK_APPLICATION, "deviceProfileName": "Bosch TPS110", "devEui": sensor.device}
    message = {
        "deduplicationId": str(uuid.uuid4()),
        "time": at,
        "deviceInfo": {**info, "deviceName": f"demo-{sensor.device}", "tags": {"synthetic": "demo", "model": "TPS110"}},
        "fCnt": sensor.frames,
        "fPort": port,
        "data": base64.b64encode(frame).decode(),
    }
    return f"application/{CHIRPSTACK_APPLICATION}/device/{sensor.device}/event/up", message


def _things_stack(sensor: BaySensor, at: str, port: int, frame: bytes) -> tuple[str, dict[str, Any]]:
    """The Things Stack v3: ``up``."""
    message = {
        "end_device_ids": {"device_id": sensor.device, "application_ids": {"application_id": TTS_APPLICATION}},
        "received_at": at,
        "uplink_message": {
            "f_port": port,
            "f_cnt": sensor.frames,
            "frm_payload": base64.b64encode(frame).decode(),
            "received_at": at,
            "version_ids": {"brand_id": "nwave", "model_id": "nps405"},
        },
    }
    return f"v3/{TTS_APPLICATION}@demo/devices/{sensor.device}/up", message
