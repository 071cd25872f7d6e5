"""Webhooks: which systems are told of violations, and whether it arrives. For owners only."""

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ledger import acts, subscribers, subscriptions, webhooks
from ledger.addresses import NotAllowedError, check_url
from ledger.database import Tx
from ledger.queries import places, webhook_page
from ledger.subscribers import Subscriber
from ledger.subscriptions import Wish
from ledger.webhook_events import EVENTS
from models.outbox import Delivery
from web import limits
from web.blueprint import page, pages
from web.context import current
from web.parameters import Reader, plain, row_id
from web.sessions import actor, owners_only

_RATE = "30 per minute"
_PAGE = 25
_ACTS = 20
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
        return _secret(tx, wish.name, secret)


@pages.get("/webhooks/<int:number>")
def webhook(number: int) -> ResponseReturnValue:
    """One subscription: what was sent to it last, and what became of that."""
    owners_only()
    reader = Reader(request.args)
    before = reader.one("before", row_id)
    if reader.faults:
        abort(400)
    with current().ledger.read() as conn:
        found = _found(conn, number)
        sent = webhook_page.deliveries(conn, number, before, _PAGE + 1)
        return page(
            conn,
            "webhook",
            w=found,
            sent=sent[:_PAGE],
            more=sent[_PAGE - 1].id if len(sent) > _PAGE else None,
            before=before,
            acts=acts.latest(conn, subscriptions.about(found.name), _ACTS),
            zone=places.zone_of(conn, None),
            now=current().clock(),
            sending=Delivery.SENDING,
        )


@pages.post("/webhooks/<int:number>/<any(rotate, test, pause, enable, remove):what>")
@limits.limiter.limit(_RATE)
def change_webhook(number: int, what: str) -> ResponseReturnValue:
    """Do one thing to a subscription. Another secret is shown, once."""
    owners_only()
    with current().ledger.write(current().clock()) as tx:
        found = _found(tx.conn, number)
        if what == "rotate":
            return _secret(tx, found.name, subscriptions.rotate(tx, found.name, actor()))
        _change(tx, found, what)
    return redirect(url_for("web.webhook_list") if what == "remove" else url_for("web.webhook", number=number), 303)


@pages.post("/webhooks/<int:number>/sent/<int:push>")
@limits.limiter.limit(_RATE)
def send_again(number: int, push: int) -> ResponseReturnValue:
    """Send one more time what did not arrive, or did."""
    owners_only()
    with current().ledger.write(current().clock()) as tx:
        found = _found(tx.conn, number)
        if (
            found.disabled_at is not None
            or push > limits.LARGEST_ID
            or not webhooks.send_again(tx, found, push, actor())
        ):
            abort(409)
    return redirect(url_for("web.webhook", number=number), 303)


def _change(tx: Tx, found: Subscriber, what: str) -> None:
    if what == "test":
        if found.disabled_at is not None:
            abort(409)
        webhooks.send_test(tx, found, actor())
    else:
        does = {"pause": subscriptions.pause, "enable": subscriptions.enable, "remove": subscriptions.unsubscribe}[what]
        does(tx, found.name, actor())


def _list(conn: Connection, status: int = 200, **shown: object) -> Response:
    return page(
        conn,
        "webhooks",
        status,
        webhooks=subscribers.subscriptions(conn),
        choice=CHOICE,
        stations=places.stations(conn),
        networks=places.networks(conn),
        acts=acts.latest(conn, subscriptions.about(""), _ACTS),
        zone=places.zone_of(conn, None),
        now=current().clock(),
        **{"given": {}, "wanted": CHOICE, "fault": None, **shown},
    )


def _secret(tx: Tx, name: str, secret: str | None) -> Response:
    found = subscribers.named(tx.conn, name)
    if found is None or secret is None:
        abort(404)
    return page(tx.conn, "webhook_secret", w=found, secret=secret)


def _found(conn: Connection, number: int) -> Subscriber:
    found = subscribers.find(conn, number) if number <= limits.LARGEST_ID else None
    if found is None:
        abort(404)
    return found


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
