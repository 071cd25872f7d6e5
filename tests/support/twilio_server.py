"""A local server that speaks Twilio's Messages API and remembers what it was told: create, list, fetch, call-backs.

It can be told to fail the next requests, each in one way, as Twilio and the network between do.
"""

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from tests.support.twilio_contract import Contract

ACCOUNT = "AC" + "0a" * 16
AUTH_TOKEN = "0123456789abcdef0123456789abcdef"
PUBLIC_URL = "https://bays.example.org"
_BASE = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"

Fault = Callable[["_Handler", dict[str, str]], bool]


class TwilioServer:
    """Start it with ``with``. ``messages``: what it accepted, in order; ``faults``: what happens to the next creates."""

    def __init__(self, contract: Contract | None = None, clock: Callable[[], datetime] | None = None) -> None:
        self.contract = contract
        self.clock = clock or (lambda: datetime.now(UTC))
        self.messages: list[dict[str, Any]] = []
        self.forms: list[dict[str, str]] = []
        self.clients: list[tuple[str, int]] = []
        self.errors: list[BaseException] = []
        self.faults: deque[Fault | None] = deque()
        self.lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"twilio": self}))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Where it listens: the SDK's base URL."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
        assert not self.errors, self.errors

    def create(self, form: dict[str, str]) -> dict[str, Any]:
        """Accept a message. With retention off, what is kept of it is redacted, as Twilio does once it is sent."""
        with self.lock:
            sid = f"SM{len(self.messages) + 1:032x}"
            kept = {"body": form["Body"], "to": form["To"]}
            if form.get("ContentRetention") == "discard":
                kept["body"] = ""
            if form.get("AddressRetention") == "obfuscate":
                kept["to"] = form["To"][:-4] + "XXXX"
            self.forms.append(form)
            self.messages.append(_message(sid, form, self.clock()) | kept)
        return self.messages[-1] | {"body": form["Body"], "to": form["To"]}

    def callback(self, number: int, status: str, **more: str) -> tuple[str, dict[str, str], dict[str, str]]:
        """The status call-back of the ``number``-th message: address, form, and headers with its signature."""
        url, message = self.forms[number]["StatusCallback"], self.messages[number]
        form = {"MessageSid": message["sid"], "SmsSid": message["sid"], "MessageStatus": status}
        form |= {"AccountSid": ACCOUNT, "To": self.forms[number]["To"], "ApiVersion": "2010-04-01"} | more
        return url, form, {"X-Twilio-Signature": signature(url, form)}


def signature(url: str, form: dict[str, str], token: str = AUTH_TOKEN) -> str:
    """Twilio's signature, from its description ("Webhooks security"), not from the SDK that checks it."""
    signed = url + "".join(name + form[name] for name in sorted(form))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()).decode()


def refuse(status: int, code: int, message: str = "no") -> Fault:
    """Answer with an error and accept nothing."""

    def fault(handler: "_Handler", _form: dict[str, str]) -> bool:
        handler.answer(status, {"code": code, "message": message, "status": status, "more_info": ""})
        return True

    return fault


def problem(status: int, code: int) -> Fault:
    """Answer with an error in the shape of RFC 9457."""

    def fault(handler: "_Handler", _form: dict[str, str]) -> bool:
        handler.answer(status, {"type": "about:blank", "title": "Problem", "status": status, "code": code})
        return True

    return fault


def lose(*, accepted: bool) -> Fault:
    """Break the connection instead of answering, after having accepted the message or without."""

    def fault(handler: "_Handler", form: dict[str, str]) -> bool:
        if accepted:
            handler.twilio.create(form)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    return fault


def stall(seconds: float, *, accepted: bool) -> Fault:
    """Keep whoever asks waiting for longer than they do, after having accepted the message or without."""

    def fault(handler: "_Handler", form: dict[str, str]) -> bool:
        if accepted:
            handler.twilio.create(form)
        threading.Event().wait(seconds)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    return fault


def hold(reached: threading.Event, release: threading.Event, *, accepted: bool) -> Fault:
    """Say that a message is here, before or after having accepted it, and answer nothing until told to."""

    def fault(handler: "_Handler", form: dict[str, str]) -> bool:
        if accepted:
            handler.twilio.create(form)
        reached.set()
        release.wait(60)
        handler.connection.shutdown(socket.SHUT_RDWR)
        return True

    return fault


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    twilio: TwilioServer

    def log_message(self, *_: object) -> None:
        """Nothing on the console."""

    def do_POST(self) -> None:
        """Create a message."""
        form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode(), strict_parsing=True))
        if not self._is_ours() or not self._conforms("check_create", form):
            return
        self.twilio.clients.append(self.client_address)
        with self.twilio.lock:
            fault = self.twilio.faults.popleft() if self.twilio.faults else None
        if fault is None or not fault(self, form):
            self._answer_message(201, self.twilio.create(form))

    def do_GET(self) -> None:
        """List or fetch."""
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        if not self._is_ours() or not self._conforms("check_query", query):
            return
        if parts.path != f"{_BASE}.json":
            sid = parts.path.removeprefix(f"{_BASE}/").removesuffix(".json")
            self._answer_message(200, next(m for m in self.twilio.messages if m["sid"] == sid))
            return
        since = datetime.fromisoformat(query["DateSent>"]) if "DateSent>" in query else datetime.min.replace(tzinfo=UTC)
        found = [m for m in self.twilio.messages if query.get("To", m["to"]) == m["to"] and m["_at"] >= since]
        shown = [_shown(message) for message in reversed(found)]
        uri = f"https://api.twilio.com{self.path}"
        page = {"messages": shown, "next_page_uri": None, "page": 0, "page_size": 50, "uri": uri}
        self.answer(200, page)

    def answer(self, status: int, body: dict[str, Any]) -> None:
        """Send JSON."""
        payload = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    def _answer_message(self, status: int, message: dict[str, Any]) -> None:
        if self._conforms("check_message", _shown(message)):
            self.answer(status, _shown(message))

    def _is_ours(self) -> bool:
        expected = "Basic " + base64.b64encode(f"{ACCOUNT}:{AUTH_TOKEN}".encode()).decode()
        if self.headers.get("Authorization") == expected:
            return True
        self.answer(401, {"code": 20003, "message": "Authenticate", "status": 401, "more_info": ""})
        return False

    def _conforms(self, check: str, value: dict[str, Any]) -> bool:
        try:
            if self.twilio.contract is not None:
                getattr(self.twilio.contract, check)(value)
        except Exception as error:
            self.twilio.errors.append(error)
            self.answer(400, {"code": 21600, "message": "against the contract", "status": 400, "more_info": ""})
            return False
        return True


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in message.items() if not name.startswith("_")}


def _message(sid: str, form: dict[str, str], at: datetime) -> dict[str, Any]:
    stamp = format_datetime(at.astimezone(UTC))
    return {
        "sid": sid,
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "direction": "outbound-api",
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "status": "queued",
        "error_code": None,
        "error_message": None,
        "num_media": "0",
        "num_segments": "1",
        "price": None,
        "price_unit": None,
        "date_created": stamp,
        "date_sent": stamp,
        "date_updated": stamp,
        "uri": f"{_BASE}/{sid}.json",
        "subresource_uris": {},
        "_at": at,
    }
