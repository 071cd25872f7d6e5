"""A session's PUT and PATCH (OCPI 2.2.1, 9.2.2) as bytes, and a connection that sends them: cheaper than a client.

A client library would take more of the two cores than what is measured.
"""

import json
import socket

_PREFIX = "/ocpi/2.2.1/sessions/CA/BEN"
_STATION_OF = 50
_TOKEN = {"country_code": "CA", "party_id": "BEN", "type": "RFID"}


def put(bay: int, session: str, began: str, at: str, age: int, *, is_over: bool) -> tuple[str, str, bytes]:
    """The whole session, ``age`` updates after it began."""
    token = f"T{session}"
    body = {
        "country_code": "CA", "party_id": "BEN", "id": session, "start_date_time": began,
        "cdr_token": {**_TOKEN, "uid": token, "contract_id": token},
        "auth_method": "WHITELIST", "location_id": f"L{bay // _STATION_OF}", "evse_uid": str(bay),
        "connector_id": "1", "currency": "CAD", "charging_periods": [],
    }  # fmt: skip
    return "PUT", f"{_PREFIX}/{session}", json.dumps({**body, **_news(at, age, is_over=is_over)}).encode()


def patch(session: str, at: str, age: int, *, is_over: bool) -> tuple[str, str, bytes]:
    """What changed."""
    return "PATCH", f"{_PREFIX}/{session}", json.dumps(_news(at, age, is_over=is_over)).encode()


def _news(at: str, age: int, *, is_over: bool) -> dict[str, object]:
    news = {"kwh": round(age * 0.2, 1), "status": "ACTIVE", "last_updated": at}
    return news | {"status": "COMPLETED", "end_date_time": at} if is_over else news


class Peer:
    """One connection of a network to the service, kept open as long as the service keeps it."""

    def __init__(self, port: int, secret: str) -> None:
        self._address = ("127.0.0.1", port)
        self._fixed = f" HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Token {secret}\r\n"
        self._socket: socket.socket | None = None
        self._request = self._received = b""

    def send(self, method: str, path: str, body: bytes) -> socket.socket:
        """Send a request; the socket tells when there is something to receive."""
        head = f"{method} {path}{self._fixed}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        self._request, self._received = head.encode() + body, b""
        if self._socket is None:
            self._socket = socket.create_connection(self._address, timeout=30)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(self._request)
        return self._socket

    def receive(self) -> str | None:
        """HTTP and OCPI status of the answer, such as ``200 1000``; None while there is more to come."""
        assert self._socket is not None
        some = self._socket.recv(65_536)
        self._received += some
        head, _, body = self._received.partition(b"\r\n\r\n")
        fields = _fields(head)
        if some and (not body or len(body) < int(fields.get(b"content-length", b"0"))):
            return None
        if not some or fields.get(b"connection") == b"close":
            self._socket.close()
            self._socket = None
        if not body:
            return "no answer"
        return f"{head.split()[1].decode()} {json.loads(body).get('status_code')}"


def _fields(head: bytes) -> dict[bytes, bytes]:
    lines = (line.partition(b":") for line in head.lower().split(b"\r\n")[1:])
    return {name: value.strip() for name, _, value in lines}
