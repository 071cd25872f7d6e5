"""Contesting a violation: a text and, if it helps, a photo."""

from flask import abort, request
from flask.typing import ResponseReturnValue

from enforcement import reaching
from enforcement.disputes import LONGEST_TEXT, may_contest
from ledger import disputes
from ledger.queries.stay_page import StayCase, StayPage
from web.context import current
from web.driver.blueprint import count, driver_pages, go, page, say, sorry
from web.driver.confirmed import confirmed_driver
from web.driver.photos import PhotoError, made_anew
from web.driver.stay import case_of, load


@driver_pages.route("/s/<link>/contest/<public_id>", methods=["GET", "POST"])
def contest(link: str, public_id: str) -> ResponseReturnValue:
    """Say why it is wrong. The phone that the stay was claimed with must have been proved in this browser."""
    found = load(link)
    case, driver = case_of(found, public_id), confirmed_driver()
    violation = case.case.violation
    if driver != found.claim.driver or driver is None:
        return go("find_stay")
    if not may_contest(violation.state, violation.ended_at, case.is_contested, current().clock()):
        return page("sorry", 409, title=say("cant_contest_title"), words=say("cant_contest"))
    if request.method == "GET":
        return page("contest", s=found, v=violation, longest=LONGEST_TEXT, faults={})
    return _take(found, case, driver)


def _take(found: StayPage, case: StayCase, driver: int) -> ResponseReturnValue:
    text = request.form.get("text", "").strip()
    faults = {} if 1 <= len(text) <= LONGEST_TEXT else {"text": say("say_why")}
    photo = None
    upload = request.files.get("photo")
    if upload is not None and upload.filename:
        try:
            photo = made_anew(upload.read())
        except PhotoError:
            faults["photo"] = say("no_photo")
    here = current()
    if faults:
        shown = {"s": found, "v": case.case.violation, "longest": LONGEST_TEXT}
        return page("contest", 400, **shown, faults=faults, text=text[:LONGEST_TEXT])
    with here.ledger.write(here.clock()) as tx:
        if not count(tx, "dispute", f"driver {driver}", reaching.DISPUTES_BY_PHONE):
            return sorry(429)
        try:
            disputes.contest(tx, case.case.key, driver, text, photo)
        except disputes.DisputeError:
            abort(409)
    return go("stay", link=found.claim.link)
