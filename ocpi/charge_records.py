"""Where a CDR says what it is of: its EVSE, its session and the CDR that it credits, in each version's own places."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from enforcement.facts import AnyFact
from ledger import charge_records
from ledger.charge_records import ChargeRecord
from ledger.database import Tx
from ledger.objects import Stored, get
from ocpi.keys import evse_key, session_key
from ocpi.modules.taking import Origin
from ocpi.vocabulary import CdrNews
from ocpi.wire import Document, decode

# A tariff that is pushed late is held against so many records at most.
_MOST = 500


def facts_of_cdr(tx: Tx, origin: Origin, document: Document, news: CdrNews) -> list[AnyFact]:
    """The facts in a CDR that was taken in for the first time, to be recorded in the same transaction."""
    said = Stored(0, news.last_updated, "", origin.version.number)
    return charge_records.take(tx, _record(tx, origin.network, news.id, said, document))


def compare_with_pushed(tx: Tx, network: str, since: datetime) -> None:
    """A tariff was pushed that holds from ``since`` on: records that came before it are held against it, too."""
    for record in charge_records.unpriced(tx.conn, network, since, _MOST):
        cdr_id = record.removeprefix(f"{network}*")
        stored = get(tx.conn, "cdrs", network, cdr_id)
        if stored is not None:
            document = decode(stored.document.encode())
            charge_records.compare_again(tx, _record(tx, network, cdr_id, stored, document))


def _record(tx: Tx, network: str, cdr_id: str, said: Stored, document: Document) -> ChargeRecord:
    session = _text(document.get("session_id"))  # 2.1.1 has none
    credited = _text(document.get("credit_reference_id"))
    evse = _evse(network, document) or _evse_of_session(tx, network, session)
    return ChargeRecord(
        network=network,
        record=_record_key(network, cdr_id),
        version=said.version,
        document=document,
        evse=evse,
        session=None if session is None else session_key(network, session),
        at=said.last_updated,
        takes_back=None if credited is None else _record_key(network, credited),
        tariff_ids=tuple(_tariff_ids(tx, network, document)),
    )


def _tariff_ids(tx: Tx, network: str, document: Document) -> Iterator[str]:
    """The tariffs of the CDR's connector: 2.1.1 sends the connector, later versions name it in a Location."""
    place = document.get("cdr_location")
    if not isinstance(place, dict):
        place = document.get("location")
        evses = place.get("evses") if isinstance(place, dict) else None
        connectors = [plug for evse in _objects(evses) for plug in _objects(evse.get("connectors"))]
    else:
        stored = get(tx.conn, "locations", network, str(place.get("id") or ""))
        evses = [] if stored is None else decode(stored.document.encode()).get("evses")
        own = (evse for evse in _objects(evses) if _is_named(evse.get("uid"), place.get("evse_uid")))
        plugs = (plug for evse in own for plug in _objects(evse.get("connectors")))
        connectors = [plug for plug in plugs if _is_named(plug.get("id"), place.get("connector_id"))]
    for plug in connectors:
        ids = plug.get("tariff_ids")
        yield from (each for each in [plug.get("tariff_id"), *(ids if isinstance(ids, list) else [])] if _text(each))


def _objects(found: Any) -> list[Document]:
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _is_named(name: Any, wanted: Any) -> bool:
    return str(name).strip().casefold() == str(wanted).strip().casefold()


def _record_key(network: str, cdr_id: str) -> str:
    return f"{network}*{cdr_id}".casefold()


def _evse(network: str, document: Document) -> str | None:
    """2.2.1 and later name one EVSE; 2.1.1 sends a Location that holds only the EVSE of the session (mod_cdrs 3.1)."""
    place = document.get("cdr_location")
    if isinstance(place, dict):
        return _key(network, place.get("id"), place.get("evse_uid"))
    place = document.get("location")
    evses = place.get("evses") if isinstance(place, dict) else None
    if not isinstance(place, dict) or not isinstance(evses, list) or len(evses) != 1 or not isinstance(evses[0], dict):
        return None
    return _key(network, place.get("id"), evses[0].get("uid"))


def _evse_of_session(tx: Tx, network: str, session: str | None) -> str | None:
    stored = None if session is None else get(tx.conn, "sessions", network, session)
    document = {} if stored is None else decode(stored.document.encode())
    return _key(network, document.get("location_id"), document.get("evse_uid"))


def _key(network: str, location: Any, uid: Any) -> str | None:
    names = _text(location), _text(uid)
    return None if names[0] is None or names[1] is None else evse_key(network, names[0], names[1])


def _text(value: Any) -> str | None:
    return value.strip() if isinstance(value, str) and value.strip() and len(value) <= 48 else None
