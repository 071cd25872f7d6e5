"""Crawling over the pages of a list (OCPI 2.2.1, 4.1.3), also over those of peers that do it their own way."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from ocpi.answers import Page, PeerError
from ocpi.client import PeerClient

LIMIT = 100
# Some give ten objects a page, however many are asked for; whoever links on for ever ends here.
_MAX_PAGES = 20_000


def crawl(client: PeerClient, url: str, query: dict[str, str]) -> Iterator[Page]:
    """Each page, with a list of objects. Raises :class:`ocpi.answers.PeerError` for pages that never end, or are none.

    If there are fewer objects in all than a page before, one left the window meanwhile, and another one may have
    slipped between two pages: the page is asked for again, that much earlier.
    """
    target: str | None = _with(url, {**query, "offset": "0", "limit": str(LIMIT)})
    seen: set[str] = set()
    total: int | None = None
    has_links = False
    for _ in range(_MAX_PAGES):
        if target is None:
            return
        if target in seen:
            break
        seen.add(target)
        page = client.get(target)
        if not isinstance(page.data, list):
            raise PeerError("its page is not a list")
        yield page
        lost = 0 if total is None or page.total is None else max(0, total - page.total)
        total = page.total
        has_links = has_links or page.next is not None
        if lost:
            seen.clear()
            target = _earlier(target, lost)
        elif page.next is not None:
            target = None if _is_behind(target, page) else _linked(page.next, query)
        else:
            target = None if has_links else _counted(target, page)
    raise PeerError("its pages never end")


def _is_behind(target: str, page: Page) -> bool:
    """Whether a page lies behind the last one: some peers link on for ever."""
    return not page.data and (page.total is None or _offset(target) >= page.total)


def _linked(link: str, query: dict[str, str]) -> str:
    """The next page, as it is linked. Some peers lose the filters in their link."""
    kept = dict(parse_qsl(urlsplit(link).query))
    return _with(link, {name: value for name, value in query.items() if name not in kept})


def _counted(target: str, page: Page) -> str | None:
    """The next page of a peer that sends no links and counts only. One that sends links ends with the last one:
    what it counts may be more than what was asked for.
    """
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
