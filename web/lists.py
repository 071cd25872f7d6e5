"""The outbox, the sensors, and what did not get in."""

import logging

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user  # type: ignore[import-untyped]

from enforcement.calibration import bounds
from ledger import alerts, retrying, subscribers
from ledger.queries import outbox as outbox_query
from ledger.queries import places, watch
from ledger.queries.sensor_health import healths
from ledger.retrying import RetryError
from models.outbox import Delivery
from web import limits
from web.blueprint import page, pages
from web.context import current
from web.parameters import Reader, member, plain, row_id
from web.roles import may_change, owners_only

_PAGE = 50
_SENSORS = 200
_LOG = logging.getLogger(__name__)


@pages.get("/outbox")
def outbox() -> ResponseReturnValue:
    """Messages with their text and where they stand, newest first."""
    reader = Reader(request.args)
    state, before = reader.one("state", member(Delivery)), reader.one("before", row_id)
    _refuse(reader)
    with current().ledger.read() as conn:
        rows = outbox_query.messages(conn, state, before, _PAGE + 1)
        return page(
            conn,
            "outbox",
            messages=rows[:_PAGE],
            more=rows[_PAGE - 1].id if len(rows) > _PAGE else None,
            counts=outbox_query.counts(conn),
            state=state,
            before=before,
            states=list(Delivery),
            zone=places.zone_of(conn, None),
            now=current().clock(),
            alerts=alerts.standing(conn, current().clock()),
            subscriptions=subscribers.subscriptions(conn),
            retriable=retrying.RETRIABLE,
            may_retry=may_change(),
        )


@pages.post("/outbox/<int:message_id>/retry")
@limits.limiter.limit("30 per minute")
def retry(message_id: int) -> ResponseReturnValue:
    """Send a message again that did not leave; one that may have left, only at the person's word."""
    owners_only()
    if message_id > limits.LARGEST_ID:
        abort(404)
    try:
        with current().ledger.write(current().clock()) as tx:
            retrying.retry(tx, message_id, may_come_twice=request.form.get("twice") == "yes")
    except RetryError as error:
        words = f"Nothing was sent: {error}."
        return render_template("error.html", code=409, title="Not sent again", words=words), 409
    _LOG.info("%s sends message %d again", current_user.person.name, message_id)
    return redirect(url_for("web.outbox"), 303)


@pages.get("/sensors")
def sensors() -> ResponseReturnValue:
    """Sensors: where each lies, what it last said, and whether it still speaks."""
    reader = Reader(request.args)
    after = reader.one("after", plain(100)) or ""
    _refuse(reader)
    now = current().clock()
    with current().ledger.read() as conn:
        rows = watch.sensors(conn, now, after, _SENSORS + 1)
        more = rows[_SENSORS - 1].id if len(rows) > _SENSORS else None
        return page(
            conn,
            "sensors",
            sensors=rows[:_SENSORS],
            healths=healths(conn, {row.id: row.bay for row in rows[:_SENSORS] if row.bay}, now),
            bounds=bounds,
            more=more,
            counts=watch.sensor_counts(conn, now),
            after=after,
            now=now,
        )


@pages.get("/rejects")
def rejects() -> ResponseReturnValue:
    """Input that could not be understood, with the reason, newest first."""
    reader = Reader(request.args)
    before = reader.one("before", row_id)
    _refuse(reader)
    with current().ledger.read() as conn:
        rows = watch.rejects(conn, before, _PAGE + 1)
        more = rows[_PAGE - 1].id if len(rows) > _PAGE else None
        zone = places.zone_of(conn, None)
        return page(conn, "rejects", rejects=rows[:_PAGE], more=more, before=before, zone=zone, now=current().clock())


def _refuse(reader: Reader) -> None:
    if reader.faults:
        abort(400)
