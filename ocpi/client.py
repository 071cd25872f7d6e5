"""Our requests to peers: bounded in time and size, and their token goes to the host it was given for, nowhere else."""

import base64
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from ledger.partners import KnownPartner
from ocpi.errors import PEER_UNUSABLE, Refused
from ocpi.wire import decode, encode

_MAX_BYTES = 8 * 1024 * 1024
_TOTAL_S = 30.0
_MAX_REDIRECTS = 3
_TIMEOUT = httpx.Timeout(10.0, connect=5.0)
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,]*\brel\s*=\s*"?next\b"?', re.IGNORECASE)


class PeerError(Exception):
    """A peer's answer that is none. ``code`` is the OCPI status for whoever waits.

    ``http``: the peer's own status; None where it did not answer, or with nothing that OCPI knows.
    """

    def __init__(self, message: str, code: int = PEER_UNUSABLE, http: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.http = http


class NotSentError(PeerError):
    """A request that did not leave: the peer could not be connected to."""


class RefusedError(PeerError):
    """An answer that says no: HTTP 4xx, or an OCPI ``status`` from 2000 to 2999."""

    def __init__(self, message: str, http: int, status: int | None) -> None:
        super().__init__(message, http=http)
        self.status = status


@dataclass(frozen=True, slots=True)
class Page:
    """The ``data`` of an answer, the URL of the page after it, and how many objects there are on all pages."""

    data: Any
    next: str | None = None
    total: int | None = None


def default_http() -> httpx.Client:
    """An HTTP client with time-outs; it reads no environment and follows no redirect by itself."""
    return httpx.Client(timeout=_TIMEOUT, follow_redirects=False, trust_env=False)


def peers(http: Callable[[], httpx.Client] = default_http) -> Callable[[str, bool], "PeerClient"]:
    """A maker of clients for a token (literal or not) that share one HTTP client, made when it is first needed."""
    made: list[httpx.Client] = []

    def peer(token: str, literal: bool) -> PeerClient:
        if not made:
            made.append(http())
        return PeerClient(made[0], token, literal)

    return peer


@dataclass(frozen=True, slots=True)
class PeerClient:
    """Requests to one peer with one token. ``literal``: send the token as it is, as OCPI 2.1.1 and some of 2.2 do."""

    http: httpx.Client
    token: str = field(repr=False)
    literal: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    stopwatch: Callable[[], float] = time.monotonic

    def get(self, url: str) -> Page:
        """The answer of one URL. Raises :class:`PeerError` for anything but OCPI's success with data."""
        deadline = self.stopwatch() + _TOTAL_S
        for _ in range(_MAX_REDIRECTS + 1):
            response, body = self._fetch(url, deadline)
            if not response.is_redirect:
                return _page(url, response, body)
            target = urljoin(url, response.headers["location"])
            if not _is_same_place(url, target):
                raise PeerError("it redirects to another host")
            url = target
        raise PeerError("it redirects too often")

    def send(self, method: str, url: str, document: Any) -> Any:
        """POST, PUT or PATCH an object, or DELETE one (None); gives the ``data`` of the answer, if it has any.

        Raises :class:`NotSentError` if it did not leave, :class:`RefusedError` if the peer said no, and any other
        :class:`PeerError` where nobody knows what the peer made of it.
        """
        response, body = self._fetch(
            url, self.stopwatch() + _TOTAL_S, method, None if document is None else encode(document)
        )
        answer = _envelope(body) if body else {}
        status = answer.get("status_code")
        if 400 <= response.status_code < 500 or (isinstance(status, int) and 2000 <= status < 3000):
            words = f"it answers HTTP {response.status_code}, OCPI status {status}"
            raise RefusedError(words, response.status_code, status if isinstance(status, int) else None)
        if response.is_redirect or response.status_code >= 500 or not isinstance(status, int) or status >= 3000:
            raise PeerError(f"it answers HTTP {response.status_code}, OCPI status {status}", http=response.status_code)
        return answer.get("data")

    def _fetch(
        self, url: str, deadline: float, method: str = "GET", content: bytes | None = None
    ) -> tuple[httpx.Response, bytes]:
        body = bytearray()
        headers = self._headers() | ({} if content is None else {"Content-Type": "application/json"})
        try:
            with self.http.stream(method, url, headers=headers, content=content) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_BYTES:
                        raise PeerError("its answer is too large")
                    if self.stopwatch() > deadline:
                        raise PeerError("its answer takes too long")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NotSentError(f"it can't be reached ({type(error).__name__})") from error
        except (httpx.HTTPError, ValueError) as error:
            raise PeerError(f"it can't be reached ({type(error).__name__})") from error
        return response, bytes(body)

    def _headers(self) -> dict[str, str]:
        token = self.token if self.literal else base64.b64encode(self.token.encode()).decode()
        ids = {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": str(uuid.uuid4())}
        asked = {"Accept": "application/json", "Accept-Encoding": "identity"}
        return {"Authorization": f"Token {token}", **ids, **asked, **dict(self.headers)}


def to_parties(client: PeerClient, ours: tuple[str, str], partner: KnownPartner) -> PeerClient:
    """The client with the headers that route messages (OCPI 2.2.1, 4.2): to the hub, or the one party there is.

    2.1.1 has none; a platform of many parties that is no hub is asked for all of them, without a receiver.
    """
    if partner.connection.get("version") == "2.1.1":
        return client
    hub = partner.connection.get("hub")
    receiver = (hub[:2], hub[2:]) if hub else None
    if receiver is None and len(partner.parties) == 1:
        country_code, party_id = min(partner.parties).upper().split("*")
        receiver = country_code, party_id
    headers = {"OCPI-from-country-code": ours[0], "OCPI-from-party-id": ours[1]}
    if receiver is not None:
        headers |= {"OCPI-to-country-code": receiver[0], "OCPI-to-party-id": receiver[1]}
    return replace(client, headers=(*client.headers, *headers.items()))


def _page(url: str, response: httpx.Response, body: bytes) -> Page:
    if response.status_code != httpx.codes.OK:
        raise PeerError(f"it answers HTTP {response.status_code}", http=response.status_code)
    answer = _envelope(body)
    if not isinstance(answer.get("status_code"), int):
        raise PeerError("its answer is not an OCPI envelope")
    if not 1000 <= answer["status_code"] < 2000:
        raise PeerError(f"it answers OCPI status {answer['status_code']}", http=response.status_code)
    if answer.get("data") is None:
        raise PeerError("its answer has no data", http=response.status_code)
    found = _NEXT.search(response.headers.get("link", ""))
    target = None if found is None else urljoin(url, found[1].strip())
    if target is not None and not _is_same_place(url, target):
        raise PeerError("its next page is on another host")
    total = response.headers.get("x-total-count", "")
    return Page(answer["data"], target, int(total) if re.fullmatch(r"\d{1,9}", total, re.ASCII) else None)


def _envelope(body: bytes) -> dict[str, Any]:
    try:
        answer = decode(body)
    except Refused as error:
        raise PeerError("its answer is not JSON") from error
    if not isinstance(answer, dict):
        raise PeerError("its answer is not an OCPI envelope")
    return answer


def _is_same_place(one: str, other: str) -> bool:
    """The same scheme, host and port, or the same host made safer."""
    try:
        before, after = urlsplit(one), urlsplit(other)
        same = (before.scheme, before.hostname, before.port) == (after.scheme, after.hostname, after.port)
    except ValueError:
        return False
    is_safer = before.scheme == "http" and after.scheme == "https" and before.port is None and after.port is None
    return same or (is_safer and before.hostname == after.hostname)
