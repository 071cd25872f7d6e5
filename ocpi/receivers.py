"""Receivers: what each method on each module's URLs does. One transaction a request, answered after its commit."""

from collections.abc import Callable, Iterator, Mapping
from urllib.parse import quote

from ledger import objects, pulls
from ledger.database import Tx
from ledger.objects import Outcome
from ledger.quirks import Noticed
from ledger.record import record, record_due
from ocpi import hubs, noticing
from ocpi.calls import Answer, Call, Handler
from ocpi.errors import INVALID, UNKNOWN_LOCATION, UNKNOWN_TOKEN, Refused, bad_content, not_found
from ocpi.modules import evses, locations, money, sessions, tokens
from ocpi.modules.evses import find
from ocpi.modules.taking import Origin, Taken, only_party, origin_of, unknown
from ocpi.privacy import reveal
from ocpi.pushing_commands import take_result
from ocpi.reading import identifier, moment
from ocpi.senders.paging import asked
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
        money.remove_tariff(tx, origin, ids[0])
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
        odd = [Noticed("cdr_at_id", f"cdrs/{read.id}")] if call.path else []
        call.door.quirks.note(tx, origin.partner, [*odd, *_notice(call, origin, document, taken)])
    url = call.door.url(call.side, call.version.number, "cdrs", *_quoted(*party, read.id))
    return Answer(http=201 if taken.outcome is Outcome.CREATED else 200, headers={"Location": url})


def show_token(call: Call) -> Answer:
    """GET of a driver's token, by the eMSP that sent it."""
    origin, uid = call.origin(), call.ids()[0]
    with call.door.ledger.read() as conn:
        key = tokens.key_of(call.door.ledger.vault, origin, uid)
        stored = objects.get(conn, tokens.MODULE, origin.network, key)
        if stored is None:
            raise unknown("token", UNKNOWN_TOKEN)
        return Answer(raw(reveal(conn, call.door.ledger.vault, stored.document)))


def list_own_tokens(call: Call) -> Answer:
    """GET of the tokens that we issued: none, drivers have theirs from networks and eMSPs."""
    return Answer([], headers=asked(call.query).headers(call.url, 0))


def authorize_token(call: Call) -> Answer:
    """POST of the question whether a token of ours may charge (OCPI 2.2.1, 12.2.2.2): none is ours."""
    if call.path[1] != "authorize":
        raise not_found("there is no such endpoint")
    identifier(call.path[0], "token_uid")
    if call.body:
        call.document()
    raise unknown("token", UNKNOWN_TOKEN)


def put_client(call: Call) -> Answer:
    """PUT of what a hub says of one of its clients."""
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


def push_session(call: Call) -> Answer:
    """PUT or PATCH of a session: what networks send most, so it has a way of its own into the database."""
    origin, document = call.origin(), call.document()
    is_part = call.method == "PATCH"
    try:
        taken = sessions.push(call.door.ledger, call.now, origin, call.ids()[0], document, is_part=is_part)
    except Refused as refused:
        _note_refusal(call, origin, document, refused)
        raise
    heard = call.door.heard.heard(origin.network, taken.last_updated, call.now)
    is_due = call.door.quirks.is_due(origin.partner, _notice(call, origin, document, taken), call.now)
    if heard or is_due:
        with call.door.ledger.write(call.now) as tx:
            record_due(tx, heard)
            call.door.quirks.write(tx)
    return _told(taken)


def _take(call: Call, take: Callable[[Tx, Origin, Document], Taken], *, is_live: bool = True) -> Answer:
    origin, document = call.origin(), call.document()
    try:
        return _taken(call, origin, document, take, is_live=is_live)
    except Refused as refused:
        _note_refusal(call, origin, document, refused)
        raise


def _note_refusal(call: Call, origin: Origin, document: Document, refused: Refused) -> None:
    with call.door.ledger.write(call.now) as tx:
        call.door.quirks.note(tx, origin.partner, _notice(call, origin, document, refused))
        if refused.http == 404 and call.method == "PATCH" and call.module != tokens.MODULE:
            _want(tx, call, origin, document)


def _notice(call: Call, origin: Origin, document: Document, taken: Taken | Refused) -> Iterator[Noticed]:
    """What was odd in what came, whether it was taken or not."""
    object_id = "" if call.module == tokens.MODULE else "/".join(call.path[2:]) or document.get("id", "")
    place = f"{call.module}/{object_id}"
    if isinstance(taken, Refused):
        if taken.http == 404 and call.method == "PATCH":
            yield Noticed("patch_before_put", place)
        elif call.method == "PATCH" and origin.version.dates_parts and document.get("last_updated") is None:
            yield Noticed("patch_undated", place)
        else:
            yield Noticed("refused", place, value=taken.message)
        return
    yield from (Noticed(code, place) for code in taken.quirks)
    yield from (Noticed("evse_unreadable", place, value=remark) for remark in taken.remarks if "left out" in remark)
    if taken.outcome is Outcome.STALE:
        yield Noticed("older_word", place, "last_updated", document.get("last_updated"))
    if len(call.path) in (0, 1, 3):
        is_whole = call.method != "PATCH"
        yield from noticing.of_object(call.module, document, origin.version, call.now, is_whole=is_whole)


def _want(tx: Tx, call: Call, origin: Origin, part: Document) -> None:
    """A part of something unknown: its network is asked for the whole, soon."""
    try:
        since = moment(part, "last_updated") or call.now
    except Refused:
        since = call.now
    pulls.want(tx, origin.partner, call.module, origin.network, call.ids()[0], min(since, call.now))


def _taken(
    call: Call, origin: Origin, document: Document, take: Callable[[Tx, Origin, Document], Taken], *, is_live: bool
) -> Answer:
    with call.door.ledger.write(call.now) as tx:
        taken = take(tx, origin, document)
        heard = call.door.heard.heard(origin.network, taken.last_updated, call.now) if is_live else []
        if taken.facts or heard:
            record_due(tx, [*taken.facts, *heard])
        call.door.quirks.note(tx, origin.partner, _notice(call, origin, document, taken))
    return _told(taken)


def _told(taken: Taken) -> Answer:
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
            "PUT": push_session,
            "PATCH": push_session,
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
    "tokens": {0: {"GET": list_own_tokens}, 2: {"POST": authorize_token}},
    "hubclientinfo": {2: {"GET": show_client, "PUT": put_client}},
    "cdrs": {
        0: {"POST": post_cdr},
        1: {"POST": post_cdr},
        _OBJECT: {"GET": showing(money.CDRS, "CDR")},
    },
    "commands": {2: {"POST": take_result}},
}

# As a CPO we are told of drivers' tokens, by whoever issued them.
CPO_ROUTES: Mapping[str, Mapping[int, Mapping[str, Handler]]] = {
    "tokens": {
        _OBJECT: {
            "GET": show_token,
            "PUT": taking(tokens.take, is_live=False),
            "PATCH": taking(tokens.take_part, is_live=False),
        },
    },
}
