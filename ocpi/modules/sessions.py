"""Sessions in: the whole object (PUT, pull) or a part of it (PATCH). Every update is a fact, also one that is late."""

from ledger.charge_records import compare_sessions
from ledger.database import Tx
from ledger.objects import Outcome, guard, put_guarded, replace
from ledger.settlements import settle_session
from ocpi.contracts import contract_of
from ocpi.errors import INVALID, bad_content
from ocpi.facts import session_fact
from ocpi.modules.taking import Origin, Taken, check_identity, completed, dated, fields_of, to_change, unknown
from ocpi.privacy import change, names_token, token_key_of, withdraw
from ocpi.reading import children, moment
from ocpi.vocabulary import MAX_PERIODS, session_key
from ocpi.wire import Document, decode

MODULE = "sessions"
# No more modifications are made to a session in one of these (OCPI 2.2.1, 9.4.6).
_FINAL = frozenset({"COMPLETED", "INVALID"})


def take(tx: Tx, origin: Origin, session_id: str, document: Document) -> Taken:
    """Take in a whole session. It replaces what is stored, unless that is newer."""
    check_identity(origin, document, session_id)
    news = origin.version.session(document, False)
    stored = withdraw(tx, origin.network, completed(origin, document, session_id))
    fields = fields_of(origin, MODULE, session_id, stored, news.last_updated)
    reopened: list[bool] = []

    def may_follow(before: str) -> bool:
        reopened.append(_reopens(decode(before.encode()), news.status))
        return not reopened[-1]

    outcome = put_guarded(tx, fields, may_follow)
    evse = (news.location_id or "", news.evse_uid or "")
    contract = contract_of(origin.network, document.get("cdr_token"))
    token = token_key_of(stored)
    fact = session_fact(origin.network, session_id, news, evse, token, tx.now, is_whole=True, contract=contract)
    _closed(tx, origin, session_id, news.status)
    if outcome is Outcome.CREATED and news.status in _FINAL:
        settle_session(tx, session_key(origin.network, session_id))
    return Taken(outcome, news.last_updated, [fact], quirks=("reopened",) if any(reopened) else ())


def take_part(tx: Tx, origin: Origin, session_id: str, document: Document) -> Taken:
    """Take in a part of a session; its charging periods are added to those that are there."""
    check_identity(origin, document, session_id)
    document = dated(origin, document, tx.now)
    news = origin.version.session(document, True)
    stored = to_change(tx, origin, MODULE, session_id)
    if stored is None:
        raise unknown("session", INVALID)
    before = decode(stored.document.encode())
    after = change(tx, origin.network, before, document)
    after["charging_periods"] = _joined(before, document)
    moved = guard(news.last_updated, tx.now)
    outcome = Outcome.UPDATED
    if stored.last_updated > moved or (stored.last_updated == moved and _reopens(before, news.status)):
        outcome = Outcome.STALE
    else:
        replace(tx, stored, fields_of(origin, MODULE, session_id, after, news.last_updated))
    was = origin.version.session(before, True)
    evse = (news.location_id or was.location_id or "", news.evse_uid or was.evse_uid or "")
    token = token_key_of(after) if names_token(document) else None
    contract = contract_of(origin.network, document.get("cdr_token"))
    fact = session_fact(origin.network, session_id, news, evse, token, tx.now, is_whole=False, contract=contract)
    _closed(tx, origin, session_id, news.status)
    odd = ["reopened"] if _reopens(before, news.status) else []
    if len(after["charging_periods"]) < len(before.get("charging_periods", ())) + len(news.periods):
        odd.append("replayed_periods")
    return Taken(outcome, news.last_updated, [fact], quirks=tuple(odd))


def _closed(tx: Tx, origin: Origin, session_id: str, status: str | None) -> None:
    """A closed session is held against the charge records that came before it."""
    if status == "COMPLETED":
        compare_sessions(tx, origin.network, session_key(origin.network, session_id))


def _reopens(before: Document, status: str | None) -> bool:
    return str(before.get("status")).upper() in _FINAL and status is not None and status not in _FINAL


def _joined(before: Document, part: Document) -> list[Document]:
    """Periods by their start: some peers send the whole list again, and the last word on a period counts."""
    periods = {
        moment(period, "start_date_time"): period
        for document in (before, part)
        for period in children(document, "charging_periods", MAX_PERIODS)
    }
    if len(periods) > MAX_PERIODS:
        raise bad_content(f"charging_periods has more than {MAX_PERIODS} items in all")
    return [periods[start] for start in sorted(start for start in periods if start is not None)]
