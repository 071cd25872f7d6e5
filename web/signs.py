"""The signs of a station, to be printed."""

from flask import Response, abort
from flask.typing import ResponseReturnValue

from ledger.bay_codes import UnknownStationError
from ledger.signs import signs_of
from web.blueprint import pages
from web.context import current


@pages.get("/stations/<key>/signs.pdf")
def signs(key: str) -> ResponseReturnValue:
    """The PDF; bays that have no code yet get one."""
    from web.sign_sheet import Sheet, draw  # noqa: PLC0415 - drawing a PDF costs each worker 0.2 s to learn

    here = current()
    with here.ledger.write(here.clock()) as tx:
        try:
            station = signs_of(tx, key.casefold())
        except UnknownStationError:
            abort(404)
    options = here.options
    sheet = Sheet(
        station=station, public_url=options.public_url, phone=options.sign_phone, printed_at=here.clock()
    )  # fmt: skip
    response = Response(draw(sheet), mimetype="application/pdf")
    response.headers["Content-Disposition"] = "attachment; filename=signs.pdf"
    return response
