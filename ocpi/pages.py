"""Crawling over the pages of a list (OCPI 2.2.1, 4.1.3), also over those of peers that do it their own way."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ocpi.answers import Page, PeerError
from ocpi.client import PeerClient

LIMIT = 100
_MAX_PAGES = 2_000


def crawl(client: PeerClient, url: str, query: dict[str, str]) -> Iterator[list[Any]]:
    """The objects of each page. Raises :class:`ocpi.answers.PeerError` for pages that never end, or are none.

    If there are fewer objects in all than a page before, one left the window meanwhile, and another one may have
    slipped between two pages: the page is asked for again, that much earlier.
    """
    target: str | None = _with(url, {**query, "offset": "0", "limit": str(LIMIT)})
    seen: set[str] = set()
    total: int | None = None
    for _ in range(_MAX_PAGES):
        if target is None:
            return
        if target in seen:
            break
        seen.add(target)
        page = client.get(target)
        if not isinstance(page.data, list):
            raise PeerError("its page is not a list")
        yield page.data
        lost = 0 if total is None or page.total is None else max(0, total - page.total)
        total = page.total
        if lost:
            seen.clear()
            target = _earlier(target, lost)
        else:
            target = _following(target, page, query)
    raise PeerError("its pages never end")


def _following(target: str, page: Page, query: dict[str, str]) -> str | None:
    """The next page. Some peers lose the filters in its link, some send no link and count only."""
    if page.next is not None:
        kept = dict(parse_qsl(urlsplit(page.next).query))
        return _with(page.next, {name: value for name, value in query.items() if name not in kept})
    following = _offset(target) + len(page.data)
    if page.total is None or not page.data or following >= page.total:
        return None
    return _with(target, {"offset": str(following)})


def _earlier(target: str, lost: int) -> str:
    return _with(target, {"offset": str(max(0, _offset(target) - lost))})


def _offset(url: str) -> int:
    offset = dict(parse_qsl(urlsplit(url).query)).get("offset", "")
    return int(offset) if re.fullmatch(r"\d{1,9}", offset, re.ASCII) else 0


def _with(url: str, values: dict[str, str]) -> str:
    """A URL with these values in its query."""
    if not values:
        return url
    parts = urlsplit(url)
    query = urlencode({**dict(parse_qsl(parts.query, keep_blank_values=True)), **values})
    return urlunsplit(parts._replace(query=query))
