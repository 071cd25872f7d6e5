"""Our requests to peers: bounded in time and size, and their token goes to the host it was given for, nowhere else."""

import base64
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from ocpi.answers import NotSentError, Page, PeerError, read_page, read_result, target_of
from ocpi.connections import default_http, within
from ocpi.wire import encode

_MAX_BYTES = 8 * 1024 * 1024
_MAX_REDIRECTS = 3


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
    """Requests to one peer with one token. ``literal``: send the token as it is, as OCPI 2.1.1 and some of 2.2 do.

    ``patience_s``: how long the peer may take for one answer, redirects and all.
    """

    http: httpx.Client
    token: str = field(repr=False)
    literal: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    patience_s: float = 30.0

    def get(self, url: str) -> Page:
        """The answer of one URL. Raises :class:`PeerError` for anything but OCPI's success with data."""
        with within(self.patience_s):
            for _ in range(_MAX_REDIRECTS + 1):
                response, body = self._fetch("GET", url)
                if not response.has_redirect_location:
                    return read_page(url, response, body)
                url = target_of(url, response.headers["location"], "it redirects to a place")
        raise PeerError("it redirects too often")

    def send(self, method: str, url: str, document: Any) -> Any:
        """POST, PUT or PATCH an object, or DELETE one (None); gives the ``data`` of the answer, if it has any.

        Raises :class:`NotSentError` if it did not leave, :class:`RefusedError` if the peer said no, and any other
        :class:`PeerError` where nobody knows what the peer made of it.
        """
        with within(self.patience_s):
            return read_result(*self._fetch(method, url, None if document is None else encode(document)))

    def _fetch(self, method: str, url: str, content: bytes | None = None) -> tuple[httpx.Response, bytes]:
        body = bytearray()
        headers = self._headers() | ({} if content is None else {"Content-Type": "application/json"})
        try:
            with self.http.stream(method, url, headers=headers, content=content) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > _MAX_BYTES:
                        raise PeerError("its answer is too large")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            raise NotSentError(f"it can't be reached ({type(error).__name__})") from error
        except httpx.TimeoutException as error:
            raise PeerError(f"its answer takes too long ({type(error).__name__})") from error
        except (httpx.HTTPError, ValueError) as error:
            raise PeerError(f"it can't be reached ({type(error).__name__})") from error
        return response, bytes(body)

    def _headers(self) -> dict[str, str]:
        token = self.token if self.literal else base64.b64encode(self.token.encode()).decode()
        ids = {"X-Request-ID": str(uuid.uuid4()), "X-Correlation-ID": str(uuid.uuid4())}
        asked = {"Accept": "application/json", "Accept-Encoding": "identity"}
        return {"Authorization": f"Token {token}", **ids, **asked, **dict(self.headers)}
