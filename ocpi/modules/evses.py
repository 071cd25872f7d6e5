"""EVSEs and Connectors in, each addressed inside its Location; both move the ``last_updated`` of what they are in."""

from dataclasses import dataclass
from datetime import datetime

from ledger.database import Tx
from ledger.objects import Outcome, Stored, guard
from ledger.stated import replace
from ocpi.documents.locations import MAX_EVSES
from ocpi.errors import UNKNOWN_LOCATION, bad_content
from ocpi.modules.locations import MODULE, is_undated, known_evse, status_facts
from ocpi.modules.parking import take_places, tells_places
from ocpi.modules.taking import Origin, Taken, dated, fields_of, to_change, unknown
from ocpi.reading import identifier, moment, needed
from ocpi.wire import Document, decode, stamp


@dataclass(frozen=True, slots=True)
class _Place:
    """A stored location, open to be changed in this transaction."""

    origin: Origin
    location_id: str
    stored: Stored
    document: Document


def take(tx: Tx, origin: Origin, location_id: str, uid: str, document: Document, *, is_part: bool) -> Taken:
    """Take in an EVSE, whole (PUT) or in part (PATCH)."""
    _check(document, "uid", uid)
    document = dated(origin, document, tx.now)
    place = _open(tx, origin, location_id)
    before, told_before = find(place.document, "evses", "uid", uid), tells_places(place.document)
    if before is None and is_part:
        raise unknown("EVSE", UNKNOWN_LOCATION)
    if before is None and len(place.document.get("evses") or ()) >= MAX_EVSES:
        raise bad_content(f"the location has more than {MAX_EVSES} EVSEs with this one")
    after = _after(before, document, "uid", uid, is_part=is_part)
    news = origin.version.evse(after)
    last_updated = needed(moment(document, "last_updated"), "last_updated")
    was = None if before is None else origin.version.evse(before)
    of_location = place.stored.last_updated
    facts = status_facts(tx, origin, location_id, was, news, of_location)
    if was is not None and _is_stale(was.last_updated, last_updated, tx.now):
        return Taken(Outcome.STALE, last_updated, facts if "status" in document else [])
    _set(place.document, "evses", "uid", after)
    _save(tx, place, last_updated)
    known_evse(tx, origin, location_id, news, facts[0].at if facts else last_updated)
    if before is None or before.get("parking") != after.get("parking"):
        take_places(tx, origin.network, location_id, place.document, told_before=told_before)
    odd = ("moved_undated",) if is_undated(tx, facts, last_updated) else ()
    return Taken(_outcome(before), last_updated, facts, quirks=odd)


def take_connector(tx: Tx, origin: Origin, path: tuple[str, str, str], document: Document, *, is_part: bool) -> Taken:
    """Take in a Connector, whole or in part. ``path``: the ids of its location, its EVSE and itself."""
    location_id, uid, connector_id = path
    _check(document, "id", connector_id)
    place = _open(tx, origin, location_id)
    evse = find(place.document, "evses", "uid", uid)
    before = None if evse is None else find(evse, "connectors", "id", connector_id)
    if evse is None or (before is None and is_part):
        raise unknown("EVSE or connector", UNKNOWN_LOCATION)
    document = dated(origin, document, tx.now)
    last_updated = moment(document, "last_updated")
    if is_part:
        last_updated = needed(last_updated, "last_updated")
    # The standard's own example of a PUT leaves it out; then it was true when it reached us.
    last_updated = last_updated or tx.now
    if before is not None and _is_stale(moment(before, "last_updated"), last_updated, tx.now):
        return Taken(Outcome.STALE, last_updated)
    after = _after(before, {"last_updated": stamp(last_updated), **document}, "id", connector_id, is_part=is_part)
    _set(evse, "connectors", "id", after)
    news = origin.version.evse(evse)
    _bump(evse, last_updated)
    _save(tx, place, last_updated)
    known_evse(tx, origin, location_id, news, last_updated)
    return Taken(_outcome(before), last_updated)


def find(document: Document, name: str, key: str, wanted: str) -> Document | None:
    """One object in a list of a stored document."""
    items = (item for item in document.get(name) or () if isinstance(item.get(key), (str, int)))
    return next((item for item in items if str(item[key]).strip().casefold() == wanted.casefold()), None)


def _open(tx: Tx, origin: Origin, location_id: str) -> _Place:
    stored = to_change(tx, origin, MODULE, location_id)
    if stored is None:
        raise unknown("location", UNKNOWN_LOCATION)
    return _Place(origin, location_id, stored, decode(stored.document.encode()))


def _check(document: Document, key: str, wanted: str) -> None:
    value = document.get(key)
    if value is not None and identifier(value, key).casefold() != wanted.casefold():
        raise bad_content(f"{key} is not the one in the URL")


def _after(before: Document | None, document: Document, key: str, wanted: str, *, is_part: bool) -> Document:
    said = {name: value for name, value in document.items() if value is not None}
    return {**before, **said} if is_part and before is not None else {key: wanted, **said}


def _set(document: Document, name: str, key: str, item: Document) -> None:
    """Put an item where the one with its identity was, or at the end."""
    items: list[Document] = document.get(name) or []
    document[name] = items  # it may have been null
    old = find(document, name, key, str(item[key]).strip())
    if old is None:
        items.append(item)
    else:
        items[items.index(old)] = item


def _is_stale(before: datetime | None, after: datetime, now: datetime) -> bool:
    """A moment that lies ahead of us protects nothing: that peer's clock was wrong."""
    return before is not None and after < before <= now


def _bump(document: Document, last_updated: datetime) -> None:
    """What holds a changed object changed at that moment, too (OCPI 2.2.1, 8.2.2.2)."""
    before = moment(document, "last_updated")
    if before is None or before < last_updated:
        document["last_updated"] = stamp(last_updated)


def _save(tx: Tx, place: _Place, last_updated: datetime) -> None:
    _bump(place.document, last_updated)
    moved = max(place.stored.last_updated, guard(last_updated, tx.now))
    replace(tx, place.stored, fields_of(place.origin, MODULE, place.location_id, place.document, moved))


def _outcome(before: Document | None) -> Outcome:
    return Outcome.CREATED if before is None else Outcome.UPDATED
