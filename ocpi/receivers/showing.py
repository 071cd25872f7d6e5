"""GET of what was sent before, as its sender sent it: that is how a peer sees whether we are in sync with it."""

from ledger import objects
from ocpi.calls import Answer, Call, Handler
from ocpi.errors import INVALID, UNKNOWN_LOCATION, Refused
from ocpi.modules import locations
from ocpi.modules.evses import find
from ocpi.modules.taking import unknown
from ocpi.privacy import reveal
from ocpi.wire import decode, raw


def showing(module: str, what: str, code: int = INVALID) -> Handler:
    """GET of an object that the URL names."""

    def show(call: Call) -> Answer:
        return show_stored(call, module, call.ids()[0], unknown(what, code))

    return show


def show_stored(call: Call, module: str, object_id: str, otherwise: Refused) -> Answer:
    """An object of the party that the URL names, with the personal data that was kept apart from it."""
    origin = call.origin()
    with call.door.ledger.read() as conn:
        stored = objects.get(conn, module, origin.network, object_id)
        if stored is None:
            raise otherwise
        return Answer(raw(reveal(conn, call.door.ledger.vault, stored.document)))


def show_inside(call: Call) -> Answer:
    """GET of an EVSE or a Connector, inside its location."""
    origin, ids = call.origin(), call.ids()
    with call.door.ledger.read() as conn:
        stored = objects.get(conn, locations.MODULE, origin.network, ids[0])
    found = None if stored is None else find(decode(stored.document.encode()), "evses", "uid", ids[1])
    if found is not None and len(ids) == 3:
        found = find(found, "connectors", "id", ids[2])
    if found is None:
        raise unknown("location, EVSE or connector", UNKNOWN_LOCATION)
    return Answer(found)
