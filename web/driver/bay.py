"""A bay's page: what it is now, what is allowed, what it costs, when the clock starts. For whoever reads the sign."""

import hashlib

from flask import abort, make_response, request
from flask.typing import ResponseReturnValue

from enforcement import bay_codes, reaching
from enforcement.signs import sign_lines
from ledger import starting
from ledger.queries import bay_page
from ledger.queries.bay_page import BayPage
from web.context import current
from web.driver.blueprint import driver_pages, go, guess_allowed, language, page, say, sorry, wrong_guess

_KEPT_S = 5


@driver_pages.get("/b")
def find() -> ResponseReturnValue:
    """Type the code of a sign."""
    typed = request.args.get("code", "")
    if not typed:
        return page("find")
    code = bay_codes.read(typed)
    if code is None:
        return page("find", 400, typed=typed[:30], fault=say("no_such_code"))
    return go("bay", code=code)


@driver_pages.get("/b/<code>")
def bay(code: str) -> ResponseReturnValue:
    """The bay of a sign. Nothing on it is personal, so it may be kept for a moment by whoever stands between."""
    read = bay_codes.read(code)
    if read is not None and read != code:
        return go("bay", code=read)
    found = known_bay(code)
    lines = () if found.policy is None else sign_lines(found.policy, language())
    is_taken = found.condition in reaching.OCCUPIED
    may_start = _offers_start(found)
    response = page("bay", b=found, lines=lines, is_taken=is_taken, may_start=may_start, has_synthetic=found.synthetic)
    response.set_etag(hashlib.blake2b(response.data, digest_size=12).hexdigest(), weak=True)
    response.cache_control.public = True
    response.cache_control.max_age = _KEPT_S
    return make_response(response.make_conditional(request))


def known_bay(code: str) -> BayPage:
    """The bay with this code; else the page that says that there is none, and the guess is counted."""
    here, read = current(), bay_codes.read(code)
    if not guess_allowed():
        abort(sorry(429))
    with here.ledger.read() as conn:
        found = None if read is None else bay_page.load(conn, read, here.clock())
    if found is None:
        wrong_guess()
        abort(page("find", 404, typed=code[:30], fault=say("no_such_code")))
    return found


def _offers_start(found: BayPage) -> bool:
    """Whether sessions can be started there now; with which token, if any, the page that asks finds out."""
    if not reaching.may_start(found.condition):
        return False
    with current().ledger.read() as conn:
        return starting.evse_to_start(conn, found.bay) is not None
