"""Where a CDR says what it is of: its EVSE, its session and the CDR that it credits, in each version's own places."""

from typing import Any

from enforcement.facts import AnyFact
from ledger import charge_records
from ledger.charge_records import ChargeRecord
from ledger.database import Tx
from ledger.objects import get
from ocpi.modules.taking import Origin
from ocpi.vocabulary import CdrNews, evse_key, session_key
from ocpi.wire import Document, decode


def facts_of_cdr(tx: Tx, origin: Origin, document: Document, news: CdrNews) -> list[AnyFact]:
    """The facts in a CDR that was taken in for the first time, to be recorded in the same transaction."""
    session = _text(document.get("session_id"))  # 2.1.1 has none
    credited = _text(document.get("credit_reference_id"))
    return charge_records.take(
        tx,
        ChargeRecord(
            network=origin.network,
            record=_record_key(origin.network, news.id),
            version=origin.version.number,
            document=document,
            evse=_evse(origin.network, document) or _evse_of_session(tx, origin.network, session),
            session=None if session is None else session_key(origin.network, session),
            at=news.last_updated,
            takes_back=None if credited is None else _record_key(origin.network, credited),
        ),
    )


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
