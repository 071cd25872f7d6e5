"""Locations in: stations and EVSEs become known, and each state of an EVSE is a fact."""

from datetime import datetime

from enforcement.facts import AnyFact
from ledger.database import Tx
from ledger.objects import Outcome, Stored, get, guard
from ledger.registry import EvseFields, StationFields, put_evse, put_station
from ledger.stated import put_guarded, replace
from ocpi.errors import UNKNOWN_LOCATION
from ocpi.facts import status_fact
from ocpi.keys import evse_key, station_key
from ocpi.modules.parking import take_places, tells_places
from ocpi.modules.taking import Origin, Taken, check_identity, completed, dated, fields_of, to_change, unknown
from ocpi.privacy import change, withdraw
from ocpi.reading import moment, needed
from ocpi.vocabulary import EvseNews, LocationNews
from ocpi.wire import Document, decode

MODULE = "locations"


def take(tx: Tx, origin: Origin, location_id: str, document: Document) -> Taken:
    """Take in a whole location. It replaces what is stored, unless that is newer."""
    check_identity(origin, document, location_id)
    news = origin.version.location(document)
    stored = get(tx.conn, MODULE, origin.network, location_id, lock=True)
    whole = withdraw(tx, origin.network, completed(origin, document, location_id))
    return _store(tx, origin, location_id, whole, news, stored)


def take_part(tx: Tx, origin: Origin, location_id: str, document: Document) -> Taken:
    """Take in some fields of a location (OCPI 2.2.1, 8.2.2.3); a list among them replaces the list there."""
    check_identity(origin, document, location_id)
    document = dated(origin, document, tx.now)
    needed(moment(document, "last_updated"), "last_updated")
    stored = to_change(tx, origin, MODULE, location_id)
    if stored is None:
        raise unknown("location", UNKNOWN_LOCATION)
    whole = change(tx, origin.network, decode(stored.document.encode()), document)
    return _store(tx, origin, location_id, whole, origin.version.location(whole), stored)


def status_facts(
    tx: Tx, origin: Origin, location_id: str, before: EvseNews | None, after: EvseNews, of_location: datetime
) -> list[AnyFact]:
    """What an EVSE's state says.

    Nothing, if neither it nor its last_updated moved. If only the state moved, which peers are known to do, it was
    true when it reached us. Nothing either, where it was fetched and is dated before what is known: nobody can tell a
    copy that is out of date from a state that moved since, undated.
    """
    if after.status is None:
        return []
    at = after.last_updated or of_location
    known_at = None if before is None else before.last_updated or of_location
    if before is not None and known_at == at:
        if before.status == after.status:
            return []
        at = tx.now
    elif origin.is_fetched and known_at is not None and at < known_at <= tx.now:
        return []
    return [status_fact(origin.network, location_id, after.uid, after.status, at, tx.now)]


def is_undated(tx: Tx, states: list[AnyFact], said: datetime) -> bool:
    """Whether a state moved without its ``last_updated``, so that it counts from now."""
    return any(state.at == tx.now != said for state in states)


def known_evse(tx: Tx, origin: Origin, location_id: str, evse: EvseNews, at: datetime) -> None:
    """Make an EVSE known, or change what is known of it."""
    fields = EvseFields(
        key=evse_key(origin.network, location_id, evse.uid),
        station=station_key(origin.network, location_id),
        uid=evse.uid,
        evse_id=evse.evse_id,
        physical_reference=evse.physical_reference,
        status=evse.status or "UNKNOWN",
        status_at=guard(at, tx.now),
        power_class=evse.power_class,
        restrictions=evse.restrictions,
    )
    put_evse(tx, fields)


def _store(
    tx: Tx, origin: Origin, location_id: str, whole: Document, news: LocationNews, stored: Stored | None
) -> Taken:
    before = {} if stored is None else decode(stored.document.encode())
    said = (origin.version.evse(item) for item in before.get("evses", []))
    old = {evse.uid.casefold(): (evse, item) for evse, item in zip(said, before.get("evses", []), strict=True)}
    whole["evses"] = list(news.documents)
    outcome = _put(tx, origin, location_id, whole, news, stored)
    facts: list[AnyFact] = []
    odd = False
    if outcome in (Outcome.CREATED, Outcome.UPDATED):
        put_station(tx, _station(origin, location_id, news))
    for evse, item in zip(news.evses, news.documents, strict=True):
        was = old.get(evse.uid.casefold())
        states = status_facts(tx, origin, location_id, was[0] if was else None, evse, news.last_updated)
        facts += states
        if outcome in (Outcome.CREATED, Outcome.UPDATED) and (was is None or was[1] != item):
            known_evse(
                tx, origin, location_id, evse, states[0].at if states else evse.last_updated or news.last_updated
            )
        odd |= is_undated(tx, states, evse.last_updated or news.last_updated)
    if outcome in (Outcome.CREATED, Outcome.UPDATED):
        take_places(tx, origin.network, location_id, whole, told_before=tells_places(before))
    return Taken(outcome, news.last_updated, facts, news.remarks, ("moved_undated",) if odd else ())


def _put(
    tx: Tx, origin: Origin, location_id: str, whole: Document, news: LocationNews, stored: Stored | None
) -> Outcome:
    fields = fields_of(origin, MODULE, location_id, whole, news.last_updated)
    if stored is None:
        return put_guarded(tx, fields)
    if stored.last_updated > guard(news.last_updated, tx.now):
        return Outcome.STALE
    replace(tx, stored, fields)
    return Outcome.UPDATED


def _station(origin: Origin, location_id: str, news: LocationNews) -> StationFields:
    return StationFields(
        key=station_key(origin.network, location_id),
        network=origin.network,
        location_id=location_id,
        name=news.name,
        zone=news.zone,
        address=news.address,
        city=news.city,
        country=news.country,
        state=news.state,
        latitude=news.latitude,
        longitude=news.longitude,
        synthetic=origin.synthetic,
    )
