"""What Twilio tells us: what became of a message, and what a driver wrote back. Signed, or refused."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from flask import Blueprint, Response, abort, request
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]
from twilio.twiml.messaging_response import MessagingResponse  # type: ignore[import-untyped]

from ledger import alerts
from ledger.database import Ledger
from ledger.deliveries import driver_of, report
from ledger.drivers import driver_for_phone, speaks
from ledger.phones import is_e164
from ledger.reachability import mark_unusable, opt_in, opt_out, suppress, unsuppress
from notifications.channels import twilio_words
from notifications.channels.twilio import STATUS_PATH
from notifications.claiming import claim_by_text, code_in
from notifications.keywords import (
    ANSWERS,
    CHOSEN,
    Wish,
    is_answered_by_twilio,
    language_chosen,
    language_of_words,
    wish,
)

MESSAGE_PATH = "/hooks/twilio/message"

_LOG = logging.getLogger(__name__)
_SID = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_MAX_ID = 2**63 - 1
_DONE_BY_TWILIO = {each.value.upper(): each for each in Wish}


@dataclass(frozen=True, slots=True, kw_only=True)
class HookSettings:
    """``auth_token``: the account's, which signs. ``public_url``: ours as Twilio calls it, which is signed with.

    The signature is checked against this address, not the request's: no proxy's header can change what was signed.
    """

    auth_token: str = field(repr=False)
    public_url: str


def blueprint(ledger: Ledger, clock: Callable[[], datetime], settings: HookSettings) -> Blueprint:
    """The routes that Twilio calls. They carry a signature instead of a session: exempt them from CSRF protection."""
    hooks = Blueprint("twilio_hooks", __name__)
    validator = RequestValidator(settings.auth_token)

    @hooks.before_request
    def _check_signature() -> None:
        query = request.query_string.decode("latin-1")
        url = f"{settings.public_url.rstrip('/')}{request.path}{'?' if query else ''}{query}"
        signature = request.headers.get("X-Twilio-Signature")
        if signature is None or not validator.validate(url, request.form, signature):
            abort(403, "The signature is missing or wrong.")

    @hooks.post(STATUS_PATH)
    def _status() -> Response:
        return _take_status(ledger, clock())

    @hooks.post(MESSAGE_PATH)
    def _message() -> Response:
        return _take_message(ledger, clock())

    return hooks


def _take_status(ledger: Ledger, now: datetime) -> Response:
    """A status call-back (Twilio, "Outbound message status in status callbacks"): ``oid`` is our message's id."""
    oid, sid, code = request.args.get("oid", ""), request.form.get("MessageSid", ""), request.form.get("ErrorCode", "")
    if not re.fullmatch(r"[0-9]{1,19}", oid, re.ASCII) or not 0 < int(oid) <= _MAX_ID or not _SID.fullmatch(sid):
        abort(400, "A message is named by oid, a number, and by MessageSid.")
    number = int(code) if re.fullmatch(r"[0-9]{1,6}", code) else None
    outcome = twilio_words.outcome(request.form.get("MessageStatus", ""), sid, number)
    if outcome is None:
        return Response(status=204)
    with ledger.write(now) as tx:
        if not report(tx, int(oid), outcome):
            abort(404, "There is no such message.")
        if number == twilio_words.OPTED_OUT:
            opt_out(tx, driver_of(tx.conn, int(oid)))
        if number in twilio_words.UNUSABLE:
            mark_unusable(tx, driver_of(tx.conn, int(oid)))
        if number in twilio_words.TELL_OPERATOR:
            alerts.raise_alert(tx, f"twilio-{number}", outcome.reason or "")
    if number in twilio_words.TELL_OPERATOR:
        _LOG.error("message %s was not delivered: %s", oid, outcome.reason)
    return Response(status=204)


def _take_message(ledger: Ledger, now: datetime) -> Response:
    """A driver's words (Twilio, "Receive and reply to messages"). What Twilio answered itself gets no second answer."""
    text, phone = request.form.get("Body", ""), request.form.get("From", "")
    # What Twilio did by the owner's own words (Advanced Opt-Out), which only it knows.
    asked = _DONE_BY_TWILIO.get(request.form.get("OptOutType", "")) or wish(text)
    answer = MessagingResponse()
    if (chosen := language_chosen(text)) is not None:
        _choose(ledger, now, phone, chosen)
        answer.message(CHOSEN[chosen])
    elif asked is not None:
        language = _grant(ledger, now, asked, phone) or language_of_words(text)
        if "OptOutType" not in request.form and not is_answered_by_twilio(text):
            answer.message(ANSWERS[asked][language])
    elif (code := code_in(text)) is not None and is_e164(phone):
        said = claim_by_text(ledger, now, phone, code, text)
        if said is not None:
            answer.message(said)
    return Response(str(answer), mimetype="application/xml")


def _choose(ledger: Ledger, now: datetime, phone: str, language: str) -> None:
    with ledger.write(now) as tx:
        driver = driver_for_phone(tx.conn, tx.vault, phone)
        if driver is not None:
            speaks(tx, driver.id, language)


def _grant(ledger: Ledger, now: datetime, asked: Wish, phone: str) -> str | None:
    """Do what was asked. Returns the driver's language, None if nobody is known by that number."""
    with ledger.write(now) as tx:
        driver = driver_for_phone(tx.conn, tx.vault, phone)
        if asked is Wish.STOP:
            opt_out(tx, driver.id) if driver is not None else suppress(tx, phone)
        elif asked is Wish.START:
            opt_in(tx, driver.id) if driver is not None else unsuppress(tx, phone)
    return None if driver is None else driver.language
