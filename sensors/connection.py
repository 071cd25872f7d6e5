"""One MQTT connection, from connecting to its end, never used twice: a message's number means nothing on the next.

paho-mqtt's trap: an exception in a callback ends its network thread without a word, while is_connected() stays true.
Here that thread's end, however it comes, is an event (``ended``), and what it died of is kept (``failure``).
"""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from paho.mqtt.client import Client, MQTTMessage
from paho.mqtt.enums import MQTTProtocolVersion
from paho.mqtt.reasoncodes import ReasonCode
from paho.mqtt.subscribeoptions import SubscribeOptions

from sensors.address import BrokerAddress, Version
from sensors.client import WatchedClient
from sensors.clients import KEEPALIVE_S, connect, make_client
from sensors.inbox import Arrived, Sink
from sensors.owed import CatchingUp, Owed
from sensors.reading import MOST_BYTES, Message

# Longer than this the network thread must not stand still: the broker would take us for dead.
_PATIENCE_S = KEEPALIVE_S / 3
_LOG = logging.getLogger(__name__)


class Connection:
    """Connects, subscribes, hands messages to the inbox, acknowledges."""

    def __init__(
        self,
        address: BrokerAddress,
        version: Version,
        client_id: str,
        filters: Sequence[str],
        inbox: Sink,
        clock: Callable[[], datetime],
        dropped: Sequence[str] = (),
        most_bytes: Callable[[str], int] = lambda _: MOST_BYTES,
    ) -> None:
        """``client_id`` names the durable session: the same one at each start, and only one consumer for each.

        ``dropped``: what the session may still be subscribed to, and is not any more. ``most_bytes``: how long a
        payload on a topic may be.
        """
        self.ended = threading.Event()
        self.answered = False  # the broker answered at all, even with a refusal
        self.is_up = False  # let in, and subscribed
        self.refusal: str | None = None
        self.speaks_other_version = False
        self.hung_up = False
        self._address, self._filters, self._inbox, self._clock = address, filters, inbox, clock
        self._dropped, self._most_bytes = list(dropped), most_bytes
        self._is_started = False
        self._owed = Owed()
        self._catching_up = CatchingUp(time.monotonic(), is_resumed=False)
        self._lock = threading.Lock()
        self._client = self._make_client(client_id, version)

    @property
    def failure(self) -> Exception | None:
        """What the network thread died of, if it did not end by itself."""
        return self._client.failure

    def open(self) -> None:
        """Connect. Raises OSError if nobody is there; whether the broker lets us in shows later."""
        connect(self._client, self._address)
        self._is_started = True
        self._client.loop_start()

    def ack(self, arrived: Sequence[Arrived]) -> None:
        """These are committed: tell the broker, once all that came before them is, too (MQTT 5.0, 4.6).

        What had QoS 0 it does not wait for; QoS 2 is not subscribed.
        """
        with self._lock:
            mids = self._owed.committed(item.mid for item in arrived if item.qos)
            self._catching_up.is_busy(time.monotonic())
            if mids and not self.ended.is_set():
                self._client.ack_all(mids)

    def send(self, topic: str, payload: bytes) -> None:
        """Publish, once (QoS 0); nothing happens if the connection is gone."""
        if not self.ended.is_set():
            self._client.publish(topic, payload)

    def close(self, patience_s: float = 3.0) -> None:
        """Send what waits, say good-bye, and wait for the network thread."""
        if self._is_started and not self.ended.is_set():
            self._client.disconnect()
            self.ended.wait(patience_s)

    def _make_client(self, client_id: str, version: Version) -> WatchedClient:
        client = make_client(self._address, version, client_id)
        client.ended = self.ended
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        client.on_plain = self._take
        return client

    def _on_connect(self, client: Client, _data: Any, flags: Any, reason: ReasonCode, _properties: Any) -> None:
        self.answered = True
        if reason.is_failure:
            self.refusal = str(reason)
            self.speaks_other_version = reason == "Unsupported protocol version"
            return
        self._catching_up = CatchingUp(time.monotonic(), is_resumed=flags.session_present)
        if self._dropped:
            client.unsubscribe(self._dropped)
        is_5 = client.protocol == MQTTProtocolVersion.MQTTv5
        # On each connect, even to a kept session: the mapping may have changed, and a broker may have forgotten.
        # Retained messages come with a new subscription only.
        once = SubscribeOptions(qos=1, retainHandling=SubscribeOptions.RETAIN_SEND_IF_NEW_SUB)
        client.subscribe([(name, once if is_5 else 1) for name in self._filters])  # type: ignore[arg-type]

    def _on_subscribe(self, _client: Client, _data: Any, _mid: int, reasons: Sequence[ReasonCode], _more: Any) -> None:
        for name, reason in zip(self._filters, reasons, strict=False):
            if reason.is_failure:
                _LOG.error("the broker refuses the subscription to %s: %s", name, reason)
        if reasons and all(reason.is_failure for reason in reasons):
            self.refusal = "no subscription was granted"
            self._client.disconnect()
        else:
            self.is_up = True

    def _on_disconnect(self, _client: Client, _data: Any, _flags: Any, reason: ReasonCode, _properties: Any) -> None:
        if self.is_up and reason.is_failure:
            why = "the broker or the network ended it" if reason == "Unspecified error" else reason
            _LOG.warning("the connection to %s is lost: %s", self._address, why)

    def _on_message(self, _client: Client, _data: Any, came: MQTTMessage) -> None:
        try:
            topic = came.topic
        except UnicodeDecodeError:
            topic = "(a topic that is not UTF-8)"
        self._take(topic, bytes(came.payload), came.mid, came.retain, came.qos)

    def _take(self, topic: str, payload: bytes, mid: int, retained: bool, qos: int = 1) -> None:
        """Enqueue and nothing else. One byte more than is allowed shows that a payload was too long."""
        if self.hung_up:
            return
        if len(payload) > MOST_BYTES:
            payload = payload[: self._most_bytes(topic) + 1]
        message = Message(topic, payload, self._clock(), retained, self._hears_live())
        if qos:
            self._owed.came(mid)
        taken = self._inbox.put(Arrived(message, mid, qos, self), _PATIENCE_S)
        if not taken and not self._inbox.is_closed:
            self.hung_up = True  # the broker keeps what we can't take, and sends it again
            self._client.disconnect()

    def _hears_live(self) -> bool:
        """Whether messages come as they are sent, not from what the broker kept while we were away."""
        now = time.monotonic()
        if not self._catching_up.is_over:
            with self._lock:  # what was just acknowledged is no pause
                self._catching_up.look(now, self._owed)
        self._catching_up.is_busy(now)
        return self._catching_up.is_over
