"""One POST to an address that somebody else named: only to where it may go, no redirects, nothing kept open.

The name is looked up once and the connection made to the very addresses that were checked: a name that points elsewhere
a moment later (DNS rebinding) gains nothing. All of it ends in time, however slowly the other side talks: it may be
somebody who wants to hold us up.
"""

import http.client
import io
import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import SplitResult, urlsplit

from ledger.addresses import NotAllowedError, check_url
from notifications.public_addresses import is_public

# For all of it: a try that takes longer than its lease would be made again by another sender meanwhile.
PATIENCE_S = 15.0
_CONNECT_S = 5.0
_READ_AT_MOST = 4096


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds. Raises TimeoutError where there are none."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("the answer takes too long")
        return left


class _Reader(io.RawIOBase):
    """What comes from a socket, read by read for no longer than what is left of all."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        return self._sock.recv_into(into)


class _Timely:
    """As much of a socket as http.client uses."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock, self._deadline = sock, deadline

    def sendall(self, data: bytes) -> None:
        self._sock.settimeout(self._deadline.left())
        self._sock.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Reader(self._sock, self._deadline))

    def close(self) -> None:
        """It is closed by who opened it."""


def post(url: str, headers: Mapping[str, str], body: bytes, *, private: bool, patience_s: float = PATIENCE_S) -> int:
    """POST, and the status of the answer. Raises NotAllowedError, OSError or http.client.HTTPException.

    ``patience_s``: for how long all of it may take, but for looking up the name.
    """
    check_url(url, private=private)
    parts = urlsplit(url)
    host, port = parts.hostname or "", _port(parts)
    addresses = _addresses(host, port, private=private)
    deadline = _Deadline(patience_s)
    sock = _connected(addresses, port, deadline)
    try:
        if parts.scheme == "https":
            sock.settimeout(deadline.left())
            sock = _tls().wrap_socket(sock, server_hostname=host)
        return _exchange(parts, _Timely(sock, deadline), headers, body)
    finally:
        sock.close()


def _exchange(parts: SplitResult, sock: _Timely, headers: Mapping[str, str], body: bytes) -> int:
    """The status says all: of what follows it a little is read, so that a polite receiver can finish, and let go."""
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(parts.hostname or "", _port(parts), context=_tls())
    else:
        connection = http.client.HTTPConnection(parts.hostname or "", _port(parts))
    connection.sock = sock
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection.request("POST", target, body, dict(headers))
    answer = connection.getresponse()
    with suppress(OSError, http.client.HTTPException):
        answer.read(_READ_AT_MOST)
    return answer.status


def _port(parts: SplitResult) -> int:
    return parts.port or (443 if parts.scheme == "https" else 80)


@lru_cache(maxsize=1)
def _tls() -> ssl.SSLContext:
    """Made once: reading the certificates of all authorities takes longer than a webhook."""
    return ssl.create_default_context()


def _connected(addresses: list[str], port: int, deadline: _Deadline) -> socket.socket:
    """To the first address that answers: of two families one may lead nowhere from here."""
    failure: OSError | None = None
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout=min(_CONNECT_S, deadline.left()))
        except OSError as error:
            failure = failure or error
    raise failure or OSError("the name has no address")


def _addresses(host: str, port: int, *, private: bool) -> list[str]:
    """All addresses of a name, if all of them may be sent to."""
    found = dict.fromkeys(str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    if not private and not all(is_public(address) for address in found):
        raise NotAllowedError("the name leads to an address that is not public")
    return list(found)
