"""Tariffs and charge detail records in. They are kept to settle by and to explain; what a CDR billed is a fact."""

from ledger import tariffs
from ledger.database import Tx
from ledger.objects import ObjectFields, Outcome, get, guard
from ledger.stated import is_removed, put_guarded, remove, replace
from ocpi.charge_records import compare_with_pushed, facts_of_cdr
from ocpi.errors import INVALID, bad_content
from ocpi.modules.taking import Origin, Taken, check_identity, completed, dated, fields_of, to_change, unknown
from ocpi.privacy import SEALED, withdraw
from ocpi.reading import moment
from ocpi.wire import Document, decode

TARIFFS = "tariffs"
CDRS = "cdrs"
# The identity is the same already, in any case of its letters.
_MAY_DIFFER = (SEALED, "last_updated", "country_code", "party_id", "id")


def take_tariff(tx: Tx, origin: Origin, tariff_id: str, document: Document) -> Taken:
    """Take in a tariff. One without ``last_updated`` was last updated when it reached us."""
    check_identity(origin, document, tariff_id)
    last_updated = origin.version.tariff(document).last_updated or tx.now
    fields = fields_of(origin, TARIFFS, tariff_id, completed(origin, document, tariff_id), last_updated)
    outcome = put_guarded(tx, fields)
    if outcome in (Outcome.CREATED, Outcome.UPDATED):
        _hold(tx, fields)
    return Taken(outcome, last_updated)


def take_tariff_part(tx: Tx, origin: Origin, tariff_id: str, document: Document) -> Taken:
    """Take in some fields of a tariff: OCPI 2.1.1 only (mod_tariffs 2.2.3)."""
    check_identity(origin, document, tariff_id)
    document = dated(origin, document, tx.now)
    stored = to_change(tx, origin, TARIFFS, tariff_id)
    if stored is None:
        return _late_part(tx, origin, tariff_id, document)
    said = {name: value for name, value in document.items() if value is not None}
    whole = {**decode(stored.document.encode()), **said}
    last_updated = origin.version.tariff(whole).last_updated or tx.now
    if stored.last_updated > guard(last_updated, tx.now):
        return Taken(Outcome.STALE, last_updated)
    fields = fields_of(origin, TARIFFS, tariff_id, whole, last_updated)
    replace(tx, stored, fields)
    _hold(tx, fields)
    return Taken(Outcome.UPDATED, last_updated)


def _late_part(tx: Tx, origin: Origin, tariff_id: str, document: Document) -> Taken:
    """A part of a tariff that is not here: where that was removed an older word, else its peer must PUT the whole."""
    said = moment(document, "last_updated") or tx.now
    if not is_removed(tx, fields_of(origin, TARIFFS, tariff_id, document, said)):
        raise unknown("tariff", INVALID)
    return Taken(Outcome.STALE, said)


def remove_tariff(tx: Tx, origin: Origin, tariff_id: str) -> bool:
    """Remove a tariff; False if it is not known. What was charged while it held is still held against it."""
    tariffs.end(tx, origin.network, tariff_id)
    return remove(tx, TARIFFS, origin.network, tariff_id)


def _hold(tx: Tx, fields: ObjectFields) -> None:
    """A tariff holds from when it was last updated: charge records that embed none are priced by it."""
    since = guard(fields.last_updated, tx.now)
    tariffs.keep(tx, fields.network, fields.object_id, fields.version, fields.document, since)
    compare_with_pushed(tx, fields.network, since)


def take_cdr(tx: Tx, origin: Origin, document: Document) -> Taken:
    """Take in a CDR, once: the same one again changes nothing, another one of that id is refused.

    A CDR "SHALL NOT" be changed once it was sent (OCPI 2.2.1, 10); a peer that must correct one sends a credit CDR.
    """
    news = origin.version.cdr(document)
    stored = withdraw(tx, origin.network, completed(origin, document, news.id))
    before = get(tx.conn, CDRS, origin.network, news.id)
    if before is None:
        fields = fields_of(origin, CDRS, news.id, stored, news.last_updated)
        if put_guarded(tx, fields, lambda _: False) is Outcome.CREATED:
            return Taken(Outcome.CREATED, news.last_updated, facts_of_cdr(tx, origin, stored, news))
        before = get(tx.conn, CDRS, origin.network, news.id)
    if before is None or _essence(decode(before.document.encode())) != _essence(stored):
        raise bad_content("another CDR of this id was received before, and a CDR can't be changed; send a credit CDR")
    return Taken(Outcome.SAME, news.last_updated, quirks=("cdr_again",))


def take_cdr_of(tx: Tx, origin: Origin, _cdr_id: str, document: Document) -> Taken:
    """The same for one that was fetched."""
    return take_cdr(tx, origin, document)


def _essence(document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in _MAY_DIFFER}
