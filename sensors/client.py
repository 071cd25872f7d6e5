"""paho's MQTT client, made to tell when its network thread ends, and to take in many small messages at once.

paho asks the socket three times for each packet, and selects and sends for each one; each of these lets go of Python's
lock, which the thread that computes then holds. Here it reads ahead, takes in what it has read, and sends the
acknowledgements of a batch together. That needs four things of paho that are not public: ``_create_socket``,
``_handle_publish``, ``_in_packet`` and ``_packet_queue``. tests/sensors/test_client.py notices if they change.
"""

import ssl
import struct
import threading
from collections.abc import Callable, Iterable
from socket import socket
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import MessageType, MQTTErrorCode, MQTTProtocolVersion

_CHUNK = 65_536
# So many packets are taken in before acknowledgements and pings have their turn again.
_AT_ONCE = 200
_QOS, _QOS_1, _RETAIN = 0x06, 0x02, 0x01
_NUMBER = struct.Struct("!H").unpack_from
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
        done = super().loop_read(max_packets)
        left = _AT_ONCE
        while left and done is MQTTErrorCode.MQTT_ERR_SUCCESS and self._ahead is not None and self._ahead.pending():
            done = super().loop_read(max_packets)
            left -= 1
        return done

    def ack_all(self, mids: Iterable[int]) -> None:
        """Acknowledge messages of QoS 1, in one write."""
        packets = b"".join([_PUBACK(MessageType.PUBACK, 2, mid) for mid in mids])
        self._packet_queue(MessageType.PUBACK, packets, 0, 1)

    def _create_socket(self) -> Any:
        self._ahead = ReadingAhead(super()._create_socket())  # type: ignore[arg-type]
        return self._ahead

    def _handle_publish(self) -> MQTTErrorCode:
        """What paho takes 15 us for, mostly to make an object for properties that are not there."""
        command, packet = self._in_packet["command"], self._in_packet["packet"]
        if self.on_plain is None or command & _QOS != _QOS_1:
            return super()._handle_publish()
        try:
            end = 2 + _NUMBER(packet)[0]
            topic = packet[2:end].decode()
            mid, start = _NUMBER(packet, end)[0], end + 2
            if self.protocol == MQTTProtocolVersion.MQTTv5:
                has_properties, start = packet[start] != 0, start + 1
            else:
                has_properties = not topic  # which 3.1.1 does not allow: paho shall say so
        except (IndexError, UnicodeDecodeError, struct.error):
            return super()._handle_publish()
        if has_properties:
            return super()._handle_publish()
        self.on_plain(topic, bytes(packet[start:]), mid, bool(command & _RETAIN))
        return MQTTErrorCode.MQTT_ERR_SUCCESS
