"""Receivers: what each method on each module's URLs does. One transaction a request, answered after its commit."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from ledger import objects
from ledger.database import Tx
from ledger.objects import Outcome
from ledger.record import record
from ocpi.calls import Answer, Call, Handler
from ocpi.errors import INVALID, UNKNOWN_LOCATION, bad_content
from ocpi.modules import evses, locations, money, sessions
from ocpi.modules.evses import find
from ocpi.modules.taking import Origin, Taken, only_party, origin_of, unknown
from ocpi.privacy import reveal
from ocpi.pushing_commands import take_result
from ocpi.wire import Document, decode, raw

Take = Callable[[Tx, Origin, str, Document], Taken]
_STALE = "not stored: what is known already was last updated later"


def taking(take: Take, *, is_live: bool = True) -> Handler:
    """PUT or PATCH of an object that the URL names. ``is_live``: it shows that the network's feed is alive."""
    return lambda call: _take(call, lambda tx, origin, doc: take(tx, origin, call.ids()[0], doc), is_live=is_live)


def showing(module: str, what: str, code: int = INVALID) -> Handler:
    """GET of an object that the URL names, as its sender sent it."""

    def show(call: Call) -> Answer:
        origin, ids = call.origin(), call.ids()
        with call.door.ledger.read() as conn:
            stored = objects.get(conn, module, origin.network, ids[0])
            if stored is None:
                raise unknown(what, code)
            return Answer(raw(reveal(conn, call.door.ledger.vault, stored.document)))

    return show


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


def take_evse(call: Call) -> Answer:
    """PUT or PATCH of an EVSE."""
    (location, uid), is_part = call.ids(), call.method == "PATCH"
    return _take(call, lambda tx, origin, doc: evses.take(tx, origin, location, uid, doc, is_part=is_part))


def take_connector(call: Call) -> Answer:
    """PUT or PATCH of a Connector."""
    (location, uid, connector), is_part = call.ids(), call.method == "PATCH"
    path = (location, uid, connector)
    return _take(call, lambda tx, origin, doc: evses.take_connector(tx, origin, path, doc, is_part=is_part))


def remove_tariff(call: Call) -> Answer:
    """DELETE of a tariff."""
    origin, ids = call.origin(), call.ids()
    with call.door.ledger.write(call.now) as tx:
        if not objects.remove(tx, money.TARIFFS, origin.network, ids[0]):
            raise unknown("tariff", INVALID)
    return Answer()


def post_cdr(call: Call) -> Answer:
    """POST of a CDR. Its URL is in ``Location``; posted again, it has the same one. Some peers add its id to ours."""
    document = call.document()
    read = call.version.cdr(document)
    party = read.party or only_party(call.partner)
    origin = None if party is None else origin_of(call.partner, call.version, *party)
    if party is None or origin is None:
        raise bad_content("this party is not among the roles of your credentials")
    with call.door.ledger.write(call.now) as tx:
        taken = money.take_cdr(tx, origin, document)
        record(tx, taken.facts)
    url = call.door.url(call.side, call.version.number, "cdrs", *_quoted(*party, read.id))
    return Answer(http=201 if taken.outcome is Outcome.CREATED else 200, headers={"Location": url})


def _take(call: Call, take: Callable[[Tx, Origin, Document], Taken], *, is_live: bool = True) -> Answer:
    origin, document = call.origin(), call.document()
    with call.door.ledger.write(call.now) as tx:
        taken = take(tx, origin, document)
        heard = call.door.heard.heard(origin.network, taken.last_updated, call.now) if is_live else []
        if taken.facts or heard:
            record(tx, [*taken.facts, *heard])
    remarks = [*taken.remarks, *([_STALE] if taken.outcome is Outcome.STALE else [])]
    return Answer(http=201 if taken.outcome is Outcome.CREATED else 200, message="; ".join(remarks) or None)


def _quoted(*segments: str) -> Iterator[str]:
    return (quote(segment, safe="") for segment in segments)


_OBJECT, _EVSE, _CONNECTOR = 3, 4, 5
_SHOW_LOCATION = showing(locations.MODULE, "location", UNKNOWN_LOCATION)

# Module -> number of segments after its name -> method -> handler. What a version offers of it, the version says.
ROUTES: Mapping[str, Mapping[int, Mapping[str, Handler]]] = {
    "locations": {
        _OBJECT: {"GET": _SHOW_LOCATION, "PUT": taking(locations.take), "PATCH": taking(locations.take_part)},
        _EVSE: {"GET": show_inside, "PUT": take_evse, "PATCH": take_evse},
        _CONNECTOR: {"GET": show_inside, "PUT": take_connector, "PATCH": take_connector},
    },
    "sessions": {
        _OBJECT: {
            "GET": showing(sessions.MODULE, "session"),
            "PUT": taking(sessions.take),
            "PATCH": taking(sessions.take_part),
        },
    },
    "tariffs": {
        _OBJECT: {
            "GET": showing(money.TARIFFS, "tariff"),
            "PUT": taking(money.take_tariff, is_live=False),
            "PATCH": taking(money.take_tariff_part, is_live=False),
            "DELETE": remove_tariff,
        },
    },
    "cdrs": {
        0: {"POST": post_cdr},
        1: {"POST": post_cdr},
        _OBJECT: {"GET": showing(money.CDRS, "CDR")},
    },
    "commands": {2: {"POST": take_result}},
}
