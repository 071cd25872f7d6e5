"""The networks: how their fees are settled, and how far our charge records came."""

from flask.typing import ResponseReturnValue

from ledger.queries.networks import networks as load
from web.blueprint import page, pages
from web.context import current


@pages.get("/networks")
def networks() -> ResponseReturnValue:
    """All networks with their settlement modes."""
    with current().ledger.read() as conn:
        return page(conn, "networks", networks=load(conn))
