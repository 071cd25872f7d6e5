"""What peers answer that is no answer: each is an error of that peer, and never one of ours that holds up the others."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from ocpi.answers import Page, PeerError, read_page
from ocpi.client import PeerClient
from ocpi.connections import default_http
from ocpi.handshake import endpoints_of
from ocpi.pages import crawl
from tests.support.ocpi_peer import Platform
from tests.support.servers import listening

NO_URLS = ["http://[", "//[", "http://a:b/", "http://a:99999/"]


@pytest.fixture
def client() -> Iterator[PeerClient]:
    with default_http() as http:
        yield PeerClient(http, "token-B")


@pytest.mark.parametrize("http", [300, 302, 304])
def test_a_redirect_to_nowhere_is_no_answer(platform: Platform, client: PeerClient, http: int) -> None:
    platform.pages["/x"] = lambda _query: (http, b"", {})
    with pytest.raises(PeerError, match=f"HTTP {http}"):
        client.get(f"{platform.url}/x")


@pytest.mark.parametrize("target", NO_URLS)
def test_a_next_page_or_a_redirect_that_is_no_url(client: PeerClient, target: str) -> None:
    def answer(environ: Any, start_response: Any) -> list[bytes]:
        is_page = environ["PATH_INFO"] == "/page"
        links = [("Link", f'<{target}>; rel="next"')] if is_page else [("Location", target)]
        start_response("200 OK" if is_page else "302 Found", links)
        return [b'{"data": [], "status_code": 1000}']

    with listening(answer) as url:
        with pytest.raises(PeerError, match="its next page is"):
            list(crawl(client, f"{url}/page", {}))
        with pytest.raises(PeerError, match=r"it redirects to a place|RemoteProtocolError"):
            client.get(f"{url}/elsewhere")


@pytest.mark.parametrize(
    ("link", "leads_to"),
    [
        ('<{url}/2>; rel="next"', "/2"),
        ("<{url}/2>;rel=next", "/2"),
        ('<{url}/2?a=1,2>; title="x"; REL = "Next"', "/2?a=1,2"),
        ('<{url}/1>; rel="first", <{url}/2>; rel="next", <{url}/9>; rel="last"', "/2"),
        ('</2>; rel="next"', "/2"),
        ('<{url}/1>; rel="prev", rel="next"', None),
        ('<{url}/1>; rel="nextone"', None),
        ("{url}/2", None),
        ("", None),
    ],
)
def test_the_next_page_is_the_link_that_says_so(
    platform: Platform, client: PeerClient, link: str, leads_to: str | None
) -> None:
    header = {"Link": link.format(url=platform.url)}
    platform.pages["/1"] = lambda _query: (200, {"data": [], "status_code": 1000}, header)
    assert client.get(f"{platform.url}/1").next == (None if leads_to is None else f"{platform.url}{leads_to}")


@pytest.mark.parametrize(
    ("asked", "link", "leads_to"),
    [
        ("https://peer.example/s", "http://peer.example/s?offset=9", "https://peer.example/s?offset=9"),
        ("https://peer.example/s", "http://peer.example:8080/s?offset=9", "https://peer.example/s?offset=9"),
        ("https://peer.example:8443/s", "https://Peer.example/s?offset=9", "https://peer.example:8443/s?offset=9"),
        ("http://peer.example/s", "https://peer.example/s?offset=9", "https://peer.example/s?offset=9"),
    ],
)
def test_the_next_page_of_a_peer_behind_a_proxy_is_asked_for_where_the_first_one_was(
    asked: str, link: str, leads_to: str
) -> None:
    """Such a peer does not know how it is reached. The token never goes anywhere less safe."""
    response = httpx.Response(200, headers={"Link": f'<{link}>; rel="next"'})
    assert read_page(asked, response, b'{"data": [], "status_code": 1000}').next == leads_to


class Pages:
    """A peer that gives ten objects a page, and so many pages; or None: without end."""

    def __init__(self, count: int | None) -> None:
        self._left = count

    def get(self, url: str) -> Page:
        offset = int(dict(parse_qsl(urlsplit(url).query))["offset"]) + 10
        self._left = None if self._left is None else self._left - 1
        return Page([{}] * 10, None if self._left == 0 else f"{url.partition('?')[0]}?offset={offset}")


def test_a_list_of_many_small_pages_is_read_to_its_end() -> None:
    peer: Any = Pages(3_000)
    assert sum(len(page.data) for page in crawl(peer, "http://peer.example/s", {})) == 30_000


def test_a_list_without_an_end_is_left() -> None:
    peer: Any = Pages(None)
    with pytest.raises(PeerError, match="never end"):
        for _ in crawl(peer, "http://peer.example/s", {}):
            pass


@pytest.mark.parametrize("part", ["<a>;", "<a", "<a>; rel=", "<a>;rel ", "<>", '<a>; rel="'])
def test_a_long_link_takes_no_time(platform: Platform, client: PeerClient, part: str) -> None:
    """While it is read, nothing else in this process goes on."""
    header = {"Link": part * (60_000 // len(part))}
    platform.pages["/1"] = lambda _query: (200, {"data": [], "status_code": 1000}, header)
    begun = time.process_time()
    assert client.get(f"{platform.url}/1").next is None
    assert time.process_time() - begun < 1.0


@pytest.mark.parametrize("url", NO_URLS)
def test_an_endpoint_that_is_no_url_is_not_offered(url: str) -> None:
    good = {"identifier": "credentials", "role": "SENDER", "url": "http://peer.example/credentials"}
    assert endpoints_of({"endpoints": [good, {**good, "identifier": "sessions", "url": url}]}) == [good]


@pytest.mark.parametrize(
    "body", [b"1e99999999999999999999", b'{"data": -1E-99999999999999999999, "status_code": 1000}']
)
def test_a_number_that_nothing_can_hold_is_no_answer(platform: Platform, client: PeerClient, body: bytes) -> None:
    platform.pages["/x"] = lambda _query: (200, body, {})
    with pytest.raises(PeerError, match="not JSON"):
        client.get(f"{platform.url}/x")


@contextmanager
def _dripping(first: bytes) -> Iterator[str]:
    """A server whose answer never ends: a byte each 50 ms, so that no time-out of a single read runs out."""
    is_over = threading.Event()
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(b"HTTP/1.1 200 OK\r\n" + first)
                while not is_over.wait(0.05):
                    try:
                        connection.sendall(b"x")
                    except OSError:
                        return

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"
        is_over.set()
        thread.join()


@pytest.mark.parametrize("first", [b"X-Padding: ", b"Content-Length: 9999\r\n\r\n"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_drips_is_given_up(client: PeerClient, method: str, first: bytes) -> None:
    hasty = replace(client, patience_s=0.3)
    with _dripping(first) as url, pytest.raises(PeerError, match="too long"):
        hasty.get(url) if method == "GET" else hasty.send(method, url, {})
