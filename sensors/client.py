"""paho's MQTT client, made to tell when its network thread ends, and to take in many small messages at once.

paho asks the socket three times for each packet, and selects and sends for each one; each of these lets go of Python's
lock, which the thread that computes then holds. Here it reads ahead, takes in what it has read, and sends the
acknowledgements of a batch together. That needs a few things of paho that are not public: ``_create_socket``,
``_in_packet``, ``_last_bytes_received`` and ``_packet_queue``. tests/sensors/test_client.py notices if they change.
"""

import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from socket import socket
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MessageType, MQTTErrorCode, MQTTProtocolVersion

from sensors.packets import Usual, usual

_CHUNK = 65_536
# So many packets are taken in before acknowledgements and pings have their turn again.
_AT_ONCE = 200
_PUBACK = struct.Struct("!BBH").pack


class ReadingAhead:
    """A connected socket, plain or TLS, that reads more than it is asked for and gives that out next.

    It has what paho's loop uses of a socket, as paho's own wrapper for websockets has.
    """

    def __init__(self, under: socket) -> None:
        self._under = under
        self._read = b""
        self._given = 0
        self.fileno, self.send = under.fileno, under.send
        self.setblocking, self.close = under.setblocking, under.close

    def recv(self, most: int) -> bytes:
        """At most so many bytes; none at the end. Errors are the socket's, and come after all that was read."""
        if self._given == len(self._read):
            self._read, self._given = self._under.recv(_CHUNK), 0
        start = self._given
        out = self._read[start : start + most]
        self._given = start + len(out)
        return out

    def usual(self, most: int, *, is_5: bool) -> list[Usual]:
        """Take out the usual messages that come next, as far as they are there, at most so many."""
        if self._given == len(self._read):
            with suppress(OSError):  # whoever asks for bytes next is told of it
                self._read, self._given = self._under.recv(_CHUNK), 0
        found, self._given = usual(self._read, self._given, most, is_5=is_5)
        return found

    def pending(self) -> int:
        """How many bytes can be had without the network."""
        decrypted = self._under.pending() if isinstance(self._under, ssl.SSLSocket) else 0
        return len(self._read) - self._given + decrypted


class WatchedClient(Client):
    """A client whose end shows: ``ended`` is set when its network thread ends, ``failure`` is what it died of.

    ``on_plain``: where set, what is called with a usual message, of QoS 1 and without properties: topic, payload,
    number, and whether it was retained. All others go to ``on_message``.
    """

    ended: threading.Event
    failure: Exception | None = None
    on_plain: Callable[[str, bytes, int, bool], None] | None = None
    _ahead: ReadingAhead | None = None

    def loop_forever(self, timeout: float = 1.0, retry_first_connection: bool = False) -> MQTTErrorCode:
        """What paho's network thread runs."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # kept, and raised where somebody sees it
            self.failure = error
            return MQTTErrorCode.MQTT_ERR_UNKNOWN
        finally:
            self.ended.set()

    def loop_read(self, max_packets: int = 1) -> MQTTErrorCode:
        """Take in what was read ahead, too, though not without end."""
        left, done = _AT_ONCE, MQTTErrorCode.MQTT_ERR_SUCCESS
        while True:
            taken = self._take_usual(left)
            left -= taken
            if not taken or self._has_more():
                done = super().loop_read(max_packets)
                left -= 1
            if left <= 0 or done is not MQTTErrorCode.MQTT_ERR_SUCCESS or not self._has_more():
                return done

    def _has_more(self) -> bool:
        return self._ahead is not None and self._ahead.pending() > 0

    def ack_all(self, mids: Iterable[int]) -> None:
        """Acknowledge messages of QoS 1, in one write."""
        packets = b"".join([_PUBACK(MessageType.PUBACK, 2, mid) for mid in mids])
        self._packet_queue(MessageType.PUBACK, packets, 0, 1)

    def _create_socket(self) -> Any:
        self._ahead = ReadingAhead(super()._create_socket())  # type: ignore[arg-type]
        return self._ahead

    def _take_usual(self, most: int) -> int:
        """Hand on the usual messages that come next, and tell how many there were."""
        ahead, take = self._ahead, self.on_plain
        if ahead is None or take is None or self._in_packet["command"]:
            return 0  # paho has read a part of the next one
        found = ahead.usual(most, is_5=self.protocol == MQTTProtocolVersion.MQTTv5)
        for message in found:
            take(*message)
        if found:
            with self._msgtime_mutex:
                self._last_bytes_received = time.monotonic()
        return len(found)
