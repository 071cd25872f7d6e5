"""The live board."""

import hashlib
from datetime import datetime

from flask import Response, abort, make_response, render_template, request
from flask.typing import ResponseReturnValue

from ledger.queries import board as query
from ledger.queries import places
from web.blueprint import pages
from web.context import current
from web.parameters import Reader, plain, whole


@pages.get("/")
def board() -> ResponseReturnValue:
    """Stations and their bays, as they are now."""
    wanted, now = _filter(), current().clock()
    with current().ledger.read() as conn:
        found = query.load(conn, wanted, now)
        synthetic = places.has_synthetic(conn)
    return render_template("board.html", board=found, wanted=wanted, now=now, has_synthetic=synthetic)


@pages.get("/live")
def live() -> ResponseReturnValue:
    """The board's moving part, for a page that asks every two seconds.

    Its ETag is made of what was read, so that an unchanged board is neither rendered nor sent again. Times on it are
    relative, in minutes, so a minute is part of it too.
    """
    wanted, now = _filter(), current().clock()
    with current().ledger.read() as conn:
        found = query.load(conn, wanted, now)
    tag = _tag(found, wanted, now)
    if request.if_none_match.contains_weak(tag):
        return _fresh(make_response("", 304), tag)
    return _fresh(make_response(render_template("_board.html", board=found, wanted=wanted, now=now)), tag)


def _filter() -> query.BoardFilter:
    reader = Reader(request.args)
    text = reader.one("q", plain(80)) or ""
    is_blocked = reader.one("show", plain(10)) == "blocked"
    station = reader.one("station", plain(60)) or ""
    number = reader.one("page", whole(1, 10_000)) or 1
    if reader.faults:
        abort(400)
    return query.BoardFilter(text.strip(), is_blocked, station, number)


def _tag(found: query.Board, wanted: query.BoardFilter, now: datetime) -> str:
    seen = repr((found, wanted, int(now.timestamp()) // 60))
    return hashlib.blake2b(seen.encode(), digest_size=12).hexdigest()


def _fresh(response: Response, tag: str) -> Response:
    response.set_etag(tag, weak=True)
    response.cache_control.private = True
    response.cache_control.no_cache = True
    return response
