"""The page of a stay: a fee clock, why, what was waived, every reading, what each minute cost; and receipts."""

import uuid
from datetime import datetime
from itertools import islice
from typing import Any

from flask import abort, request
from flask.typing import ResponseReturnValue

from enforcement.accounts import driver_text
from enforcement.disputes import may_contest
from enforcement.fee_lines import Treatment
from enforcement.money import exponent
from enforcement.ticking import minute_costs
from enforcement.violations import State
from ledger import claims, disputes
from ledger.queries import stay_page
from ledger.queries.stay_page import StayCase, StayPage
from web.context import current
from web.driver.blueprint import driver_pages, language, page
from web.driver.confirmed import confirmed_driver
from web.driver.facts_said import said_to_driver
from web.driver.starting import can_start

_MOST_MINUTES = 1_440
_LONGEST_LINK = 40
# Every other treatment is time that is not billed, now or later.
_NOT_SPARED = (Treatment.BILLED, Treatment.UNCONFIRMED)


@driver_pages.get("/s/<link>")
def stay(link: str) -> ResponseReturnValue:
    """The stay that this link opens. Whoever has the link sees it; to contest or erase, the phone is proved too."""
    found = load(link)
    name = "_stay" if request.headers.get("HX-Request") else "stay"
    may_start = found.goes_on and found.bay_code is not None and can_start(found.claim.bay, found.condition)
    shown = [_shown(case) for case in found.cases]
    response = page(name, s=found, cases=shown, has_synthetic=found.synthetic, told=said_to_driver, may_start=may_start)
    response.vary.add("HX-Request")
    return response


@driver_pages.get("/s/<link>/receipt/<public_id>")
def receipt(link: str, public_id: str) -> ResponseReturnValue:
    """What is printed or kept: one violation, its sum and its taxes."""
    found = load(link)
    case = case_of(found, public_id)
    return page("receipt", s=found, c=_shown(case), has_synthetic=found.synthetic)


def case_of(found: StayPage, public_id: str) -> StayCase:
    """A violation of a stay by its public id; 404 for any other."""
    try:
        wanted = str(uuid.UUID(public_id))
    except ValueError:
        abort(404)
    case = next((each for each in found.cases if each.case.violation.public_id == wanted), None)
    if case is None:
        abort(404)
    return case


def load(link: str) -> StayPage:
    """The stay of a link; 404 for a link that opens none."""
    here = current()
    with here.ledger.read() as conn:
        claim = claims.with_link(conn, link) if len(link) <= _LONGEST_LINK else None
        if claim is None:
            abort(404)
        return stay_page.load(conn, claim, here.clock())


def _shown(item: StayCase) -> dict[str, Any]:
    """What the templates show of one violation."""
    violation, lines = item.case.violation, () if item.account is None else item.account.lines
    billed = [(line.start, line.end, line.amount) for line in lines if line.treatment is Treatment.BILLED]
    counted_to = max((end for _, end, _ in billed), default=None)
    return {
        "item": item,
        "v": violation,
        "why": () if item.account is None else driver_text(item.account, language()),
        "minutes": list(islice(minute_costs(billed), _MOST_MINUTES)),
        "spared_s": sum(line.length.total_seconds() for line in lines if line.treatment not in _NOT_SPARED),
        "may_contest": may_contest(violation.state, violation.ended_at, item.is_contested, current().clock()),
        "due_minor": 0 if violation.state is State.WAIVED else violation.total_minor,
        "counted_to": counted_to,
        "clock": _clock(item, counted_to),
        "dispute": _dispute(item),
    }


def _clock(item: StayCase, counted_to: datetime | None) -> dict[str, Any] | None:
    """What the page's script needs to tick between two looks; None where nothing runs or it can't be foretold."""
    violation = item.case.violation
    if violation.state is not State.RUNNING or item.pace is None or counted_to is None:
        return None
    return {
        "total": violation.total_minor,
        "counted_to": int(counted_to.timestamp() * 1000),
        "per_second": f"{float(item.pace.per_second):.9f}",
        "cap": "" if item.pace.cap_minor is None else int(item.pace.cap_minor),
        "exponent": exponent(violation.currency),
        "currency": violation.currency,
    }


def _dispute(item: StayCase) -> disputes.DisputeRead | None:
    """The dispute in clear words, for the driver whose phone is proved only."""
    here = current()
    driver = confirmed_driver() if item.is_contested else None
    if driver is None:
        return None
    with here.ledger.write(here.clock()) as tx:
        if disputes.driver_of(tx.conn, item.case.key) != driver:
            return None
        return disputes.read(tx, item.case.key, f"driver:{driver}")
