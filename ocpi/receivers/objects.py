"""PUT, PATCH and DELETE of objects that their URL names: taken in, their facts recorded, what was odd in them counted.

One transaction a request, answered after its commit. A refusal is counted in a transaction of its own.
"""

from collections.abc import Callable
from typing import TypeAlias

from ledger import wanted_objects
from ledger.database import Tx
from ledger.objects import Outcome
from ledger.record import record_due
from ocpi.calls import Answer, Call, Handler
from ocpi.errors import INVALID, Refused
from ocpi.modules import evses, money, sessions, tokens
from ocpi.modules.taking import Origin, Taken, unknown
from ocpi.reading import moment
from ocpi.receivers.oddities import is_part_of_unknown, oddities
from ocpi.wire import Document

Take: TypeAlias = Callable[[Tx, Origin, str, Document], Taken]
_TakeIt: TypeAlias = Callable[[Tx, Origin, Document], Taken]
_STALE = "not stored: what is known already was last updated later"


def taking(take: Take, *, is_live: bool = True) -> Handler:
    """PUT or PATCH of an object. ``is_live``: it shows that the network's feed is alive."""
    return lambda call: _take(call, lambda tx, origin, doc: take(tx, origin, call.ids()[0], doc), is_live=is_live)


def take_evse(call: Call) -> Answer:
    """PUT or PATCH of an EVSE."""
    (location, uid), is_part = call.ids(), call.method == "PATCH"
    return _take(call, lambda tx, origin, doc: evses.take(tx, origin, location, uid, doc, is_part=is_part))


def take_connector(call: Call) -> Answer:
    """PUT or PATCH of a Connector."""
    (location, uid, connector), is_part = call.ids(), call.method == "PATCH"
    path = (location, uid, connector)
    return _take(call, lambda tx, origin, doc: evses.take_connector(tx, origin, path, doc, is_part=is_part))


def push_session(call: Call) -> Answer:
    """PUT or PATCH of a session: what networks send most, so it has a way of its own into the database."""
    origin, document = call.origin(), call.document()
    is_part = call.method == "PATCH"
    try:
        taken = sessions.push(call.door.ledger, call.now, origin, call.ids()[0], document, is_part=is_part)
    except Refused as refused:
        _note_refusal(call, origin, document, refused)
        raise
    heard = call.door.heard.due(origin.network, taken.last_updated, call.now)
    is_due = call.door.quirks.is_due(origin.partner, oddities(call, document, taken), call.now)
    if heard or is_due:
        with call.door.ledger.write(call.now) as tx:
            record_due(tx, heard)
            call.door.quirks.write(tx)
        call.door.heard.told(heard)
    return _told(taken)


def remove_tariff(call: Call) -> Answer:
    """DELETE of a tariff. That it is gone is remembered, also where it was not known."""
    origin, ids = call.origin(), call.ids()
    with call.door.ledger.write(call.now) as tx:
        was_there = money.remove_tariff(tx, origin, ids[0])
    if not was_there:
        raise unknown("tariff", INVALID)
    return Answer()


def _take(call: Call, take: _TakeIt, *, is_live: bool = True) -> Answer:
    origin, document = call.origin(), call.document()
    try:
        with call.door.ledger.write(call.now) as tx:
            taken = take(tx, origin, document)
            heard = call.door.heard.due(origin.network, taken.last_updated, call.now) if is_live else []
            if taken.facts or heard:
                record_due(tx, [*taken.facts, *heard])
            call.door.quirks.note(tx, origin.partner, oddities(call, document, taken))
        call.door.heard.told(heard)
    except Refused as refused:
        _note_refusal(call, origin, document, refused)
        raise
    return _told(taken)


def _note_refusal(call: Call, origin: Origin, document: Document, refused: Refused) -> None:
    with call.door.ledger.write(call.now) as tx:
        call.door.quirks.note(tx, origin.partner, oddities(call, document, refused))
        if is_part_of_unknown(call, refused) and call.module != tokens.MODULE:
            _want(tx, call, origin, document)


def _want(tx: Tx, call: Call, origin: Origin, part: Document) -> None:
    """A part of something unknown: its network is asked for the whole, soon."""
    try:
        since = moment(part, "last_updated") or call.now
    except Refused:
        since = call.now
    wanted_objects.want(tx, origin.partner, call.module, origin.network, call.ids()[0], min(since, call.now))


def _told(taken: Taken) -> Answer:
    remarks = [*taken.remarks, *([_STALE] if taken.outcome is Outcome.STALE else [])]
    return Answer(http=201 if taken.outcome is Outcome.CREATED else 200, message="; ".join(remarks) or None)
