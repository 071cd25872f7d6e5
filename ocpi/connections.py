"""HTTP connections to peers, on which every request ends in time, however slowly the other side talks.

A time-out of httpx is that of a single read: whoever sends a byte now and then is never late, and would hold up all
that waits behind it. Here each read and write waits for no longer than what is left of its whole request.
"""

import math
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import httpcore
import httpx

_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_DEADLINE: ContextVar[float] = ContextVar("deadline", default=math.inf)


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What is asked of a peer meanwhile must be answered, to the last byte, in this time."""
    before = _DEADLINE.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _DEADLINE.reset(before)


def default_http() -> httpx.Client:
    """An HTTP client with time-outs; it reads no environment and follows no redirect by itself."""
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False, transport=_Transport())


class _Transport(httpx.HTTPTransport):
    """httpx's own, but for the connections below it, which it has no parameter for."""

    def __init__(self) -> None:
        super().__init__(trust_env=False)
        context = httpx.create_ssl_context(trust_env=False)
        # A request would wait for a connection that a slow peer has; each thread needs one, and there are few.
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, max_connections=None, keepalive_expiry=5.0, network_backend=_Backend()
        )


class _Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, _left(timeout), local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream
        self.close, self.get_extra_info = stream.close, stream.get_extra_info  # type: ignore[method-assign]

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, _left(timeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _left(timeout)))


def _left(timeout: float | None) -> float:
    left = min(_DEADLINE.get() - time.monotonic(), timeout or math.inf)
    if left <= 0:
        raise httpcore.TimeoutException("the request takes too long")
    return left
