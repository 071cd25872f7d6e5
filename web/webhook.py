"""One webhook: what was sent to it last, what became of that, and what is done to it. For owners only."""

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from ledger import acts, subscribers, subscriptions, webhooks
from ledger.database import Tx
from ledger.queries import places, webhook_page
from ledger.subscribers import Subscriber
from models.outbox import Delivery
from web import limits
from web.blueprint import page, pages
from web.context import current
from web.parameters import Reader, row_id
from web.roles import actor, owners_only

_RATE = "30 per minute"
_PAGE = 25
# How many of the last acts are shown.
ACTS = 20


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
            acts=acts.latest(conn, subscriptions.about(found.name), ACTS),
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
            return secret_page(tx, found.name, subscriptions.rotate(tx, found.name, actor()))
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


def secret_page(tx: Tx, name: str, secret: str | None) -> Response:
    """The page that shows a secret, once."""
    found = subscribers.named(tx.conn, name)
    if found is None or secret is None:
        abort(404)
    return page(tx.conn, "webhook_secret", w=found, secret=secret)


def _found(conn: Connection, number: int) -> Subscriber:
    found = subscribers.find(conn, number) if number <= limits.LARGEST_ID else None
    if found is None:
        abort(404)
    return found
