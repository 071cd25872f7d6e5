"""The sensors of a history, as one MQTT client: every reading is acknowledged by the broker before the next move."""

import json
import ssl
import uuid
from collections.abc import Mapping
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

_ACKNOWLEDGED_WITHIN_S = 30.0


class ReplayError(Exception):
    """A replay that can't go on; the message is a sentence for whoever started it."""


class ReplayedSensors:
    """An MQTT client that waits for each acknowledgement."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"replay-{uuid.uuid4().hex[:8]}")
        if parts.username:
            self._client.username_pw_set(parts.username, parts.password)
        if parts.scheme == "mqtts":
            self._client.tls_set_context(ssl.create_default_context())
        try:
            self._client.connect(parts.hostname or "127.0.0.1", parts.port or 1883, keepalive=60)
        except OSError as error:
            raise ReplayError(f"the MQTT broker can't be reached: {error}") from error
        self._client.loop_start()

    def publish(self, topic: str, message: Mapping[str, object]) -> None:
        """Publish one reading and wait until the broker has it."""
        info = self._client.publish(topic, json.dumps(message), qos=1)
        info.wait_for_publish(_ACKNOWLEDGED_WITHIN_S)
        if not info.is_published():
            raise ReplayError(f"the MQTT broker did not acknowledge a reading within {_ACKNOWLEDGED_WITHIN_S:.0f} s")

    def close(self) -> None:
        """Leave the broker."""
        self._client.disconnect()
        self._client.loop_stop()
