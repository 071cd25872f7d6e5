"""Starting a session from a bay's page: confirmed, sent once, and then what network and charger said to it."""

import uuid

from flask import abort, request
from flask.typing import ResponseReturnValue

from enforcement import reaching
from ledger import command_answers, starting
from ledger.command_answers import CommandLine
from ledger.commands import CommandError
from ledger.database import Tx
from ledger.queries import bay_page
from web.context import current
from web.driver.bay import known_bay
from web.driver.blueprint import count, driver_pages, go, page, say, sorry
from web.driver.confirmed import confirmed_driver


@driver_pages.get("/b/<code>/start")
def start(code: str) -> ResponseReturnValue:
    """Ask whether a session is really meant. Whose phone is not proved yet claims the stay first."""
    found = known_bay(code)
    if confirmed_driver() is None:
        return go("warn_me", code=found.code)
    if not can_start(found.bay, found.condition):
        return _cant()
    return page("start", b=found, has_synthetic=found.synthetic)


@driver_pages.post("/b/<code>/start")
def start_session(code: str) -> ResponseReturnValue:
    """Start a session with the driver's own token. One that is still on its way is shown and not sent again."""
    found, driver, here = known_bay(code), confirmed_driver(), current()
    if driver is None:
        return _cant()
    with here.ledger.write(here.clock()) as tx:
        if not count(tx, "start", f"driver {driver}", reaching.STARTS_BY_PHONE):
            return sorry(429)
        uid = _want(tx, found.code, driver)
    return _cant() if uid is None else go("started", code=found.code, uid=uid)


@driver_pages.get("/b/<code>/start/<uuid:uid>")
def started(code: str, uid: uuid.UUID) -> ResponseReturnValue:
    """What became of it, for the driver who asked."""
    found, driver, here = known_bay(code), confirmed_driver(), current()
    with here.ledger.read() as conn:
        line = command_answers.find(conn, str(uid), here.clock())
    if line is None or driver is None or line.asked_by != starting.asked_by(driver):
        abort(404)
    name = "_started" if request.headers.get("HX-Request") else "started"
    response = page(name, b=found, line=line, goes_on=_goes_on(line), has_synthetic=found.synthetic)
    response.vary.add("HX-Request")
    return response


def can_start(bay: str, condition: str) -> bool:
    """Whether the driver whose phone this browser has proved could start a session in a bay now."""
    driver, here = confirmed_driver() if reaching.may_start(condition) else None, current()
    if driver is None:
        return False
    with here.ledger.read() as conn:
        return starting.startable(conn, here.ledger.vault, bay, driver) is not None


def _want(tx: Tx, code: str, driver: int) -> str | None:
    """The uid of the command, a new one or the one on its way; None where nothing can be started now."""
    found = bay_page.load(tx.conn, code, tx.now)
    if found is None or not reaching.may_start(found.condition):
        return None
    wanted = starting.startable(tx.conn, tx.vault, found.bay, driver)
    if wanted is None:
        return None
    last = starting.last(tx.conn, wanted.evse, driver, tx.now)
    if last is not None and _goes_on(last):
        return last.uid
    try:
        return starting.start(tx, wanted, driver)
    except CommandError:
        return None


def _goes_on(line: CommandLine) -> bool:
    return line.state in (command_answers.CommandState.WAITING, command_answers.CommandState.ACCEPTED)


def _cant() -> ResponseReturnValue:
    return page("sorry", 409, title=say("cant_start_title"), words=say("cant_start"))
