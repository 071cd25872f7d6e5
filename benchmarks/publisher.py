"""An MQTT 3.1.1 publisher as fast as a socket: packets are made beforehand, acknowledgements are only counted.

A client library in Python publishes fewer messages a second than the service takes in, and would be what is measured.
"""

import socket
import struct
import threading
from urllib.parse import urlsplit

_CHUNK = 1 << 16


class Publisher:
    """Publishes with QoS 1. At most 65,535 messages at once: packet ids of acknowledged ones are used again."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 1883))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._id = 0
        client = b"bench-publisher"
        body = struct.pack("!H4sBBHH", 4, b"MQTT", 4, 2, 0, len(client)) + client
        self._socket.sendall(b"\x10" + variable_length(len(body)) + body)
        if self._exactly(4)[3] != 0:
            raise SystemExit("the broker refused the publisher")

    def publish(self, messages: list[tuple[str, bytes]]) -> None:
        """Send all of them, and return when the broker has acknowledged each."""
        packets = b"".join(self._packet(topic, payload) for topic, payload in messages)
        sending = threading.Thread(target=self._socket.sendall, args=(packets,))
        sending.start()
        left = 4 * len(messages)
        while left:
            left -= len(self._some(min(left, _CHUNK)))
        sending.join()

    def close(self) -> None:
        """DISCONNECT."""
        self._socket.sendall(b"\xe0\x00")
        self._socket.close()

    def _packet(self, topic: str, payload: bytes) -> bytes:
        self._id = self._id % 65_535 + 1
        body = struct.pack("!H", len(topic)) + topic.encode() + struct.pack("!H", self._id) + payload
        return b"\x32" + variable_length(len(body)) + body

    def _exactly(self, count: int) -> bytes:
        found = b""
        while len(found) < count:
            found += self._some(count - len(found))
        return found

    def _some(self, most: int) -> bytes:
        found = self._socket.recv(most)
        if not found:
            raise SystemExit("the broker closed the publisher's connection")
        return found


def variable_length(count: int) -> bytes:
    """MQTT's variable length: seven bits a byte."""
    out = bytearray()
    while True:
        count, low = divmod(count, 128)
        out.append(low | (128 if count else 0))
        if not count:
            return bytes(out)
