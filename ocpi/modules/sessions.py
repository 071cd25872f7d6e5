"""Sessions in: the whole object (PUT, pull) or a part of it (PATCH). Every update is a fact, also one that is late."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from enforcement.facts import SessionUpdated
from ledger import pushed
from ledger.database import Ledger, Tx
from ledger.objects import ObjectFields, Outcome, Stored, guard
from ledger.pushed import Change, Decide
from ledger.settlements import settle_session
from ledger.standing import Of, Standing
from ledger.vault import Vault
from ocpi.contracts import contract_of
from ocpi.errors import INVALID, bad_content
from ocpi.facts import session_fact
from ocpi.keys import session_key
from ocpi.modules.taking import Origin, Taken, check_identity, completed, dated, fields_of, unknown
from ocpi.privacy import changed, names_token, token_key_of, withdrawn
from ocpi.reading import children, moment
from ocpi.vocabulary import MAX_PERIODS, SessionNews
from ocpi.wire import Document, decode

MODULE = "sessions"
_Change: TypeAlias = Change[Taken]
_Decide: TypeAlias = Decide[Taken]
# No more modifications are made to a session in one of these (OCPI 2.2.1, 9.4.6).
_FINAL = frozenset({"COMPLETED", "INVALID"})


@dataclass(frozen=True, slots=True)
class Said:
    """What a network says of a session, read and checked: the whole, or a part of it."""

    origin: Origin
    session_id: str
    document: Document
    news: SessionNews


def push(ledger: Ledger, now: datetime, origin: Origin, session_id: str, document: Document, *, is_part: bool) -> Taken:
    """Take in a session, or a part of one, that its network pushed. It is durable then, its facts too."""
    said = _read(origin, session_id, document, now, is_part=is_part)
    of, decide = _part(said) if is_part else _whole(ledger.vault, said)
    return pushed.take(ledger, now, of, decide)


def take(tx: Tx, origin: Origin, session_id: str, document: Document) -> Taken:
    """Take in a whole session that was fetched; its facts are still to be recorded."""
    change = pushed.take_in(tx, *_whole(tx.vault, _read(origin, session_id, document, tx.now, is_part=False)))
    return replace(change.answer, facts=list(change.facts))


def _read(origin: Origin, session_id: str, document: Document, now: datetime, *, is_part: bool) -> Said:
    check_identity(origin, document, session_id)
    document = dated(origin, document, now) if is_part else completed(origin, document, session_id)
    return Said(origin, session_id, document, origin.version.session(document, is_part))


def _whole(vault: Vault, said: Said) -> tuple[Of, _Decide]:
    """It replaces what is stored, unless that is newer."""
    origin, news = said.origin, said.news
    document, tokens = withdrawn(vault, origin.network, said.document)
    fields = fields_of(origin, MODULE, said.session_id, document, news.last_updated)

    def decide(tx: Tx, standing: Standing) -> _Change:
        outcome, odd = _outcome(standing.stored, fields, news.status, guard(news.last_updated, tx.now))
        fact = _fact(tx, said, (news.location_id or "", news.evse_uid or ""), token_key_of(document), is_whole=True)
        store = fields if outcome in (Outcome.CREATED, Outcome.UPDATED) else None
        is_late = outcome is Outcome.CREATED and news.status in _FINAL
        answer = Taken(outcome, news.last_updated, quirks=tuple(odd))
        return Change(answer, store, tokens, [fact], then=settle if is_late else None)

    def settle(tx: Tx) -> None:
        settle_session(tx, session_key(origin.network, said.session_id))

    # What is over is held against what was said of it before, if anything was.
    return _of(said, tokens[0].key if tokens else "", may_stand_unseen=news.status not in _FINAL), decide


def _part(said: Said) -> tuple[Of, _Decide]:
    """It changes what is stored, unless that is newer; its charging periods are added to those that are there."""
    origin, news = said.origin, said.news

    def decide(tx: Tx, standing: Standing) -> _Change:
        stored = standing.stored
        if stored is None or stored.version != origin.version.number:
            raise unknown("session", INVALID)
        before = decode(stored.document.encode())
        after, tokens = changed(tx, origin.network, before, said.document)
        after["charging_periods"] = _joined(before, said.document)
        moved, reopens = guard(news.last_updated, tx.now), _reopens(before, news.status)
        is_stale = stored.last_updated > moved or (stored.last_updated == moved and reopens)
        store = None if is_stale else fields_of(origin, MODULE, said.session_id, after, news.last_updated)
        was = origin.version.session(before, True)
        evse = (news.location_id or was.location_id or "", news.evse_uid or was.evse_uid or "")
        token = token_key_of(after) if names_token(said.document) else None
        odd = ["reopened"] if reopens else []
        if len(after["charging_periods"]) < len(before.get("charging_periods", ())) + len(news.periods):
            odd.append("replayed_periods")
        answer = Taken(Outcome.STALE if is_stale else Outcome.UPDATED, news.last_updated, quirks=tuple(odd))
        return Change(answer, store, tokens, [_fact(tx, said, evse, token, is_whole=False)])

    return _of(said, ""), decide


def _of(said: Said, token: str, *, may_stand_unseen: bool = False) -> Of:
    """Charge records are asked for where a session is over: they may have come before it."""
    key = session_key(said.origin.network, said.session_id) if said.news.status == "COMPLETED" else ""
    return Of(MODULE, said.origin.network, said.session_id, token, key, may_stand_unseen)


def _outcome(
    stored: Stored | None, fields: ObjectFields, status: str | None, moved: datetime
) -> tuple[Outcome, list[str]]:
    """What becomes of a whole session, and what is odd: one that is over does not come back at the same moment."""
    if stored is None:
        return Outcome.CREATED, []
    if stored.last_updated != moved:
        return Outcome.UPDATED if stored.last_updated < moved else Outcome.STALE, []
    if stored.document == fields.document:
        return Outcome.SAME, []
    reopens = _reopens(decode(stored.document.encode()), status)
    return (Outcome.STALE, ["reopened"]) if reopens else (Outcome.UPDATED, [])


def _fact(tx: Tx, said: Said, evse: tuple[str, str], token: str | None, *, is_whole: bool) -> SessionUpdated:
    network = said.origin.network
    contract = contract_of(network, said.document.get("cdr_token"))
    return session_fact(network, said.session_id, said.news, evse, token, tx.now, is_whole=is_whole, contract=contract)


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
