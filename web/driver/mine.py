"""What is kept of a driver: shown, taken along as JSON, or erased. Only for a phone that this browser has proved."""

from typing import Any

from flask import Response, abort, jsonify
from flask.typing import ResponseReturnValue

from ledger import claims
from ledger import mine as records
from ledger.database import Tx
from web.context import current
from web.driver.blueprint import driver_pages, go, page, say
from web.driver.confirmed import confirmed_driver, forget_phone


@driver_pages.get("/me")
def mine() -> ResponseReturnValue:
    """Everything that is kept of the driver."""
    driver, here = confirmed_driver(), current()
    if driver is None:
        return go("my_phone")
    with here.ledger.write(here.clock()) as tx:
        return _shown(tx, driver)


@driver_pages.get("/me/data.json")
def my_data() -> ResponseReturnValue:
    """The same as a file."""
    driver, here = confirmed_driver(), current()
    if driver is None:
        abort(404)
    with here.ledger.write(here.clock()) as tx:
        response: Response = jsonify(records.everything(tx, driver))
    response.headers["Content-Disposition"] = "attachment; filename=baywarden-my-data.json"
    return response


@driver_pages.post("/me/delete")
def delete_me() -> ResponseReturnValue:
    """Erase the driver, or say what holds their data for now."""
    driver, here = confirmed_driver(), current()
    if driver is None:
        return go("my_phone")
    with here.ledger.write(here.clock()) as tx:
        if records.erase(tx, driver):
            return _shown(tx, driver, 409, fault=say("held"))
    forget_phone()
    return page("sorry", title=say("erased_title"), words=say("erased"))


def _shown(tx: Tx, driver: int, status: int = 200, **values: Any) -> Response:
    kept, held = records.everything(tx, driver), records.holds(tx, driver)
    links = [claim.link for claim in claims.of_driver(tx.conn, driver)]
    return page("mine", status, kept=kept, held=held, stays=zip(kept["stays"], links, strict=True), **values)
