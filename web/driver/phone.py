"""Proving a phone: a number, a code by SMS, and the code typed here. What it opens is decided when it is confirmed."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from enforcement import bay_codes, reaching
from ledger import claims, drivers, phone_codes
from ledger.queries.bay_page import BayPage
from ledger.tying import tie
from web import phones
from web.context import current
from web.driver.bay import known_bay
from web.driver.blueprint import (
    TERMS_SHOWN,
    address,
    chosen_language,
    count,
    driver_pages,
    go,
    language,
    page,
    say,
    sorry,
    to,
)
from web.driver.codes import may_send, send_code, wish_for
from web.driver.confirmed import confirmed_driver, forget_phone, remember_phone


@driver_pages.get("/b/<code>/phone")
def warn_me(code: str) -> ResponseReturnValue:
    """At a bay with a vehicle in it: who is to be told?"""
    return page("warn_me", b=_bay_to_claim(code), is_known=confirmed_driver() is not None)


@driver_pages.post("/b/<code>/phone")
def take_phone(code: str) -> ResponseReturnValue:
    """A number at a bay: a code goes to it. A phone that this browser has proved needs none."""
    found, driver = _bay_to_claim(code), confirmed_driver()
    remember = request.form.get("remember") == "yes"
    if driver is not None:
        return _claim_at_once(driver, found.bay, remember=remember)
    number = phones.read(request.form.get("phone", ""), current().options.phone_countries)
    if number is None:
        typed = request.form.get("phone", "")[:40]
        return page("warn_me", 400, b=found, is_known=False, fault=say("no_such_phone"), typed=typed, remember=remember)
    return send_code(number, wish_for(bay=found.bay, remember=remember), found.code)


@driver_pages.route("/code/<ticket>", methods=["GET", "POST"])
def code(ticket: str) -> ResponseReturnValue:
    """The code that came by SMS."""
    if request.method == "GET":
        return page("code", ticket=ticket, again=_again())
    here = current()
    with here.ledger.write(here.clock()) as tx:
        if not count(tx, "confirm", address(), reaching.GUESSES_BY_ADDRESS):
            confirmed, is_over = None, True
        else:
            confirmed, is_over = phone_codes.confirm(tx, ticket, request.form.get("code", "")[:20], TERMS_SHOWN), False
        bay = phone_codes.bay_of(tx, ticket)
    if is_over:
        return sorry(429)
    if confirmed is None:
        return page("code", 400, ticket=ticket, fault=say("wrong_code"), again=_again())
    remember_phone(confirmed.driver, here.clock())
    if confirmed.claim is not None:
        return go("stay", link=confirmed.claim.link)
    if bay is not None:
        return page("sorry", 409, title=say("no_vehicle_title"), words=say("no_vehicle"))
    return go("mine")


@driver_pages.route("/s", methods=["GET", "POST"])
def find_stay() -> ResponseReturnValue:
    """Type the code of an SMS: the phone that it was sent to is proved once more, unless this browser has proved it."""
    if request.method == "GET":
        return page("find_stay")
    here, read = current(), bay_codes.read(request.form.get("code", ""))
    if read is None:
        typed = request.form.get("code", "")[:30]
        return page("find_stay", 400, typed=typed, fault=say("no_such_code"))
    driver = confirmed_driver()
    with here.ledger.write(here.clock()) as tx:
        claim = claims.with_code(tx.conn, read)
        if claim is not None and claim.driver == driver:
            return go("stay", link=claim.link)
        if not may_send(tx, None):
            return sorry(429)
        ticket = phone_codes.request_for(tx, read, wish_for(), here.options.code_text)
    return go("code", ticket=ticket, stay="yes")


@driver_pages.route("/me/phone", methods=["GET", "POST"])
def my_phone() -> ResponseReturnValue:
    """Prove a phone to see what is kept of its driver."""
    if request.method == "GET":
        return page("my_phone")
    number = phones.read(request.form.get("phone", ""), current().options.phone_countries)
    if number is None:
        return page("my_phone", 400, fault=say("no_such_phone"), typed=request.form.get("phone", "")[:40])
    return send_code(number, wish_for())


@driver_pages.post("/me/out")
def out() -> ResponseReturnValue:
    """Forget in this browser which phone was proved."""
    forget_phone()
    return go("find")


def _again() -> str:
    """Where another code is asked for: where this one was. That is in the address, so that the answer tells nothing
    of what the ticket opens."""
    bay = bay_codes.read(request.args.get("bay", ""))
    if bay is not None:
        return to("warn_me", code=bay)
    return to("find_stay" if "stay" in request.args else "my_phone")


def _bay_to_claim(code: str) -> BayPage:
    """The bay with this code, if its stay may be claimed; else the page that says why not."""
    found, here = known_bay(code), current()
    with here.ledger.read() as conn:
        is_open = claims.may_claim(conn, found.bay, here.clock())
    if not is_open:
        abort(page("sorry", 409, title=say("no_vehicle_title"), words=say("no_vehicle")))
    return found


def _claim_at_once(driver: int, bay: str, *, remember: bool) -> ResponseReturnValue:
    here = current()
    with here.ledger.write(here.clock()) as tx:
        if not count(tx, "claim", f"driver {driver}", reaching.CLAIMS_BY_PHONE):
            return sorry(429)
        chosen = chosen_language()
        if chosen is not None:
            drivers.speaks(tx, driver, chosen)
        claim = tie(tx, driver, bay, tx.now, language(), TERMS_SHOWN, remember=remember, how="page")
    if claim is None:
        return page("sorry", 409, title=say("no_vehicle_title"), words=say("no_vehicle"))
    return go("stay", link=claim.link)
