"""What a hub says of one of its clients (OCPI 2.2.1, 15): the URL names the client, who is not the hub itself."""

from ledger.objects import Outcome
from ocpi import hubs
from ocpi.calls import Answer, Call
from ocpi.errors import INVALID
from ocpi.modules.taking import unknown
from ocpi.wire import raw


def put_client(call: Call) -> Answer:
    """PUT of it."""
    with call.door.ledger.write(call.now) as tx:
        outcome = hubs.take(tx, call.partner, call.version, (call.path[0], call.path[1]), call.document())
    return Answer(http=201 if outcome is Outcome.CREATED else 200)


def show_client(call: Call) -> Answer:
    """GET of it."""
    with call.door.ledger.read() as conn:
        found = hubs.show(conn, call.partner, (call.path[0], call.path[1]))
    if found is None:
        raise unknown("client", INVALID)
    return Answer(raw(found))
