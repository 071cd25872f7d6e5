"""What a peer answered, read with suspicion: an envelope with a status, perhaps one page of many, or no answer."""

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from ocpi.errors import PEER_UNUSABLE, Refused
from ocpi.reading import moment
from ocpi.wire import Document, decode

# Each link ends where the next one begins: a header of many thousands is read once, not once for each of them.
_LINK = re.compile(r"<([^<>]*)>([^<]*)")
_IS_NEXT = re.compile(r'\s*;[^,]*\brel\s*=\s*"?next\b"?', re.IGNORECASE)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


class PeerError(Exception):
    """A peer's answer that is none. ``code`` is the OCPI status for whoever waits.

    ``http``: the peer's own status; None where it did not answer, or with nothing that OCPI knows.
    """

    def __init__(self, message: str, code: int = PEER_UNUSABLE, http: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.http = http


class NotSentError(PeerError):
    """A request that did not leave, since the peer could not be connected to, or that it did not look at (HTTP 429)."""


class RefusedError(PeerError):
    """An answer that says no: HTTP 4xx, or an OCPI ``status`` from 2000 to 2999."""

    def __init__(self, message: str, http: int, status: int | None) -> None:
        super().__init__(message, http=http)
        self.status = status


@dataclass(frozen=True, slots=True)
class Page:
    """The ``data`` of an answer, the URL of the page after it, and how many objects there are on all pages.

    ``at``: when it was made, by the peer's own clock.
    """

    data: Any
    next: str | None = None
    total: int | None = None
    at: datetime | None = None


def read_page(url: str, response: httpx.Response, body: bytes) -> Page:
    """The answer to a GET of ``url``. Raises :class:`PeerError` for anything but OCPI's success with data."""
    if response.status_code != httpx.codes.OK:
        raise PeerError(f"it answers HTTP {response.status_code}", http=response.status_code)
    answer = _envelope(body)
    if not isinstance(answer.get("status_code"), int):
        raise PeerError("its answer is not an OCPI envelope")
    if not 1000 <= answer["status_code"] < 2000:
        raise PeerError(f"it answers OCPI status {answer['status_code']}", http=response.status_code)
    if answer.get("data") is None:
        raise PeerError("its answer has no data", http=response.status_code)
    link = _next_of(response.headers.get("link", ""))
    target = None if link is None else _page_of(url, link)
    total = response.headers.get("x-total-count", "")
    return Page(answer["data"], target, int(total) if _WHOLE.fullmatch(total) else None, _made_at(answer))


def read_result(response: httpx.Response, body: bytes) -> Any:
    """The ``data`` of the answer to what was sent. Raises as :meth:`ocpi.client.PeerClient.send`."""
    http = response.status_code
    if http == httpx.codes.TOO_MANY_REQUESTS:
        raise NotSentError("it answers HTTP 429, too many requests", http=http)
    answer = _envelope(body) if body else {}
    status = answer.get("status_code")
    said = f"it answers HTTP {http}, OCPI status {status}"
    if 400 <= http < 500 or (isinstance(status, int) and 2000 <= status < 3000):
        raise RefusedError(said, http, status if isinstance(status, int) else None)
    if response.is_redirect or http >= 500 or not isinstance(status, int) or status >= 3000:
        raise PeerError(said, http=http)
    return answer.get("data")


def target_of(url: str, link: str, what: str) -> str:
    """Where a link in the answer of ``url`` leads. Raises :class:`PeerError` where that is no URL of the same host."""
    try:
        target = urljoin(url, link)
        if _is_same_place(url, target):
            return target
    except ValueError as error:
        raise PeerError(f"{what} at no URL") from error
    raise PeerError(f"{what} on another host")


def _made_at(answer: Document) -> datetime | None:
    try:
        return moment(answer, "timestamp")
    except Refused:
        return None


def _next_of(header: str) -> str | None:
    return next((link[1].strip() for link in _LINK.finditer(header) if _IS_NEXT.match(link[2])), None)


def _page_of(url: str, link: str) -> str:
    """Where the next page is. A peer behind a proxy may not know its own scheme and port: they stay as they are."""
    with suppress(ValueError):
        asked, target = urlsplit(url), urlsplit(urljoin(url, link))
        if asked.hostname == target.hostname and not _is_same_place(url, target.geturl()):
            link = target._replace(scheme=asked.scheme, netloc=asked.netloc).geturl()
    return target_of(url, link, "its next page is")


def _envelope(body: bytes) -> Document:
    try:
        answer = decode(body)
    except Refused as error:
        raise PeerError("its answer is not JSON") from error
    if not isinstance(answer, dict):
        raise PeerError("its answer is not an OCPI envelope")
    return answer


def _is_same_place(one: str, other: str) -> bool:
    """The same scheme, host and port, or the same host made safer. Raises ValueError for what is no URL."""
    before, after = urlsplit(one), urlsplit(other)
    same = (before.scheme, before.hostname, before.port) == (after.scheme, after.hostname, after.port)
    is_safer = before.scheme == "http" and after.scheme == "https" and before.port is None and after.port is None
    return same or (is_safer and before.hostname == after.hostname)
