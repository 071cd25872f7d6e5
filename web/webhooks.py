"""Webhooks: which systems are told of violations, and the form for another one. For owners only."""

from flask import Response, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ledger import acts, subscribers, subscriptions
from ledger.addresses import NotAllowedError, check_url
from ledger.queries import places
from ledger.subscriptions import Wish
from ledger.webhook_events import EVENTS
from web import limits
from web.blueprint import page, pages
from web.context import current
from web.parameters import plain
from web.roles import actor, owners_only
from web.webhook import ACTS, secret_page

_RATE = "30 per minute"
_LONGEST_NAME = 60
# An alert of a partner's own tokens goes with that partner's key to the API, and is asked for there.
CHOICE = EVENTS[:-1]


@pages.get("/webhooks")
def webhook_list() -> ResponseReturnValue:
    """All subscriptions, and a form for another one."""
    owners_only()
    with current().ledger.read() as conn:
        return _list(conn)


@pages.post("/webhooks")
@limits.limiter.limit(_RATE)
def add_webhook() -> ResponseReturnValue:
    """Add a subscription and show its secret, once."""
    owners_only()
    given = request.form
    wanted = [event for event in CHOICE if event in given.getlist("events")]
    network, station = _place(given.get("place", ""))
    fault = _fault(given.get("name", ""), given.get("url", ""), wanted)
    with current().ledger.write(current().clock()) as tx:
        wish = Wish(
            name=given.get("name", "").strip(),
            url=given.get("url", ""),
            events=wanted,
            network=network,
            station=station,
        )
        if fault is None and subscribers.named(tx.conn, wish.name) is not None:
            fault = "There is one of that name already."
        if fault is not None:
            return _list(tx.conn, 400, fault=fault, given=given, wanted=wanted)
        secret = subscriptions.subscribe(tx, wish, actor())
        return secret_page(tx, wish.name, secret)


def _list(conn: Connection, status: int = 200, **shown: object) -> Response:
    return page(
        conn,
        "webhooks",
        status,
        webhooks=subscribers.subscriptions(conn),
        choice=CHOICE,
        stations=places.stations(conn),
        networks=places.networks(conn),
        acts=acts.latest(conn, subscriptions.about(""), ACTS),
        zone=places.zone_of(conn, None),
        now=current().clock(),
        **{"given": {}, "wanted": CHOICE, "fault": None, **shown},
    )


def _fault(name: str, url: str, events: list[str]) -> str | None:
    """What is wrong with what was typed; None where nothing is. Names with a slash are those of clients."""
    try:
        if not plain(_LONGEST_NAME)(name).strip() or "/" in name:
            return "A name has 1 to 60 printable characters and no slash."
        check_url(url, private=current().options.webhooks_private)
    except NotAllowedError as error:
        return f"The address can't be used: {error}."
    except ValueError:
        return "A name has 1 to 60 printable characters and no slash."
    return None if events else "Choose at least one event."


def _place(text: str) -> tuple[str | None, str | None]:
    """Network and station of a choice like ``network:ca*flo`` or ``station:ca*flo*l1``; everywhere without one."""
    kind, _, key = text.partition(":")
    narrow = key[:60].casefold() or None
    return (narrow if kind == "network" else None), (narrow if kind == "station" else None)
