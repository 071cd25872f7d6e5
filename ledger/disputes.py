"""Disputes: a driver's words and photo against a violation, a person's answer, and what follows from it.

While a violation is disputed its postings stand and nobody collects them; a waiver takes them back. The core goes on
counting, but the state is a person's (:mod:`ledger.violation_rows`).
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select, update

from enforcement import disputes as rules
from enforcement.violations import State
from ledger import claims, dispute_news, due, webhooks
from ledger.assess import assess
from ledger.database import Tx, table
from ledger.dispute_news import AnswerText
from ledger.postings import Due, post
from ledger.settlements import settle_violations
from ledger.vault import log_access
from models import Dispute, ViolationRow, ViolationStep

Outcome = Literal["upheld", "waived"]

_dispute = table(Dispute).c
_violation = table(ViolationRow).c


class DisputeError(ValueError):
    """What can't be contested or answered; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeRead:
    """A dispute, opened. ``outcome`` is None while nobody has answered."""

    text: str
    has_photo: bool
    photo_sha256: str | None
    made_at: datetime
    outcome: str | None
    answer: str | None
    answered_by: str | None
    answered_at: datetime | None


def is_contested(conn: Connection, key: str) -> bool:
    """Whether a violation was contested before."""
    return conn.execute(select(_dispute.id).where(_dispute.violation == key)).first() is not None


def driver_of(conn: Connection, key: str) -> int | None:
    """Who contests a violation."""
    return conn.execute(select(_dispute.driver).where(_dispute.violation == key)).scalar()


def contest(tx: Tx, key: str, driver: int, text: str, photo: bytes | None) -> None:
    """Contest a violation: its state is a person's from here on. ``photo``: a JPEG without metadata.

    Raises :class:`DisputeError` where that may not be (enforcement.disputes).
    """
    row = _held(tx, key)
    words = text.strip()
    if row is None or not rules.may_contest(row.state, row.ended_at, is_contested(tx.conn, key), tx.now):
        raise DisputeError("it can't be contested, or was contested before")
    if not 1 <= len(words) <= rules.LONGEST_TEXT:
        raise DisputeError(f"say why, in at most {rules.LONGEST_TEXT} characters")
    values = {
        "violation": key,
        "driver": driver,
        "text": tx.vault.encrypt(words),
        "photo": None if photo is None else tx.vault.encrypt_bytes(photo),
        "photo_sha256": None if photo is None else hashlib.sha256(photo).hexdigest(),
        "made_at": tx.now,
    }
    tx.conn.execute(table(Dispute).insert().values(values))
    _step(tx, key, State.DISPUTED, "driver_contests")


def answer(tx: Tx, key: str, outcome: Outcome, words: str, who: str, text: AnswerText) -> None:
    """A person's answer: the fee stands, or it is waived and its postings are taken back. The driver is told.

    Raises :class:`DisputeError` where nothing waits for an answer.
    """
    row = _held(tx, key)
    if row is None or row.state is not State.DISPUTED:
        raise DisputeError("nobody contests it now")
    if not 1 <= len(words.strip()) <= rules.LONGEST_TEXT:
        raise DisputeError(f"answer the driver, in at most {rules.LONGEST_TEXT} characters")
    values = {
        "outcome": outcome,
        "answer": tx.vault.encrypt(words.strip()),
        "answered_by": who[:60],
        "answered_at": tx.now,
    }
    tx.conn.execute(update(table(Dispute)).where(_dispute.violation == key).values(values))
    dispute_news.tell(tx, row, driver_of(tx.conn, key), outcome, text)
    if outcome == "waived":
        _step(tx, key, State.WAIVED, "dispute_waived")
        post(tx, [Due(key, None, row.currency, "dispute_waived")])
        settle_violations(tx, (), [key])
        return
    stay = claims.stay_at(tx.conn, row.bay, row.clock_started_at)
    state = rules.after_upholding(row.ended_at, is_stay_final=stay is not None and bool(stay.is_final))
    _step(tx, key, state, "dispute_upheld")
    assess(tx, {row.bay: []})
    settle_violations(tx, [key])


def read(tx: Tx, key: str, reader: str) -> DisputeRead | None:
    """The dispute of a violation in clear words; who reads it is logged."""
    row = tx.conn.execute(select(table(Dispute)).where(_dispute.violation == key)).one_or_none()
    if row is None:
        return None
    log_access(tx.conn, tx.now, reader, "dispute", f"driver:{row.driver}", f"dispute:{row.id}")
    return DisputeRead(
        text=_open(tx, row.text) or "",
        has_photo=row.photo is not None,
        photo_sha256=row.photo_sha256,
        made_at=row.made_at,
        outcome=row.outcome,
        answer=_open(tx, row.answer),
        answered_by=row.answered_by,
        answered_at=row.answered_at,
    )


def photo(tx: Tx, key: str, reader: str) -> bytes | None:
    """The photo of a dispute, a JPEG; who reads it is logged."""
    row: Any = tx.conn.execute(select(table(Dispute)).where(_dispute.violation == key)).one_or_none()
    if row is None or not row.photo:
        return None
    log_access(tx.conn, tx.now, reader, "photo", f"driver:{row.driver}", f"dispute:{row.id}")
    return tx.vault.decrypt_bytes(row.photo)


def _held(tx: Tx, key: str) -> Any:
    """The row of a violation, which nobody changes meanwhile: whoever decides of a bay has it."""
    due.hold(tx.conn, tx.conn.execute(select(_violation.bay).where(_violation.key == key)).scalars())
    return tx.conn.execute(select(table(ViolationRow)).where(_violation.key == key)).one_or_none()


def _open(tx: Tx, sealed: str | None) -> str | None:
    return tx.vault.decrypt(sealed) if sealed else sealed


def _step(tx: Tx, key: str, state: State, reason: str) -> None:
    before = tx.conn.execute(select(table(ViolationRow)).where(_violation.key == key)).one()
    tx.conn.execute(update(table(ViolationRow)).where(_violation.key == key).values(state=state, updated_at=tx.now))
    step = {"violation": key, "state": state, "reason": reason, "at": tx.now, "decided_at": tx.now}
    tx.conn.execute(table(ViolationStep).insert().values(step))
    webhooks.tell(tx, [(before, {**before._mapping, "state": state, "updated_at": tx.now})])
