"""Codes by SMS that prove a phone: asked for at a bay, for a stay's page, or for one's own data.

Whoever asks gets a ticket, whether the number is known or not, and whether a code left or not: nothing in the answer
tells. A code holds for ten minutes and five tries, which are counted before they are compared.
"""

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from enforcement import reaching
from ledger import attempts, claims, drivers
from ledger.consents import Terms
from ledger.database import Tx, table
from ledger.outbox import OutgoingMessage, enqueue
from ledger.tying import tie
from models import PhoneCode

STEP = "phone_code"

_code = table(PhoneCode).c
# The words of the SMS, from code and language.
Text = Callable[[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a confirmed phone is for: a stay in ``bay``, with ``remember`` its token too; or only to be known.

    ``language`` is that of the page; with ``language_is_chosen`` the driver chose it there.
    """

    language: str
    language_is_chosen: bool = False
    bay: str | None = None
    remember: bool = False


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A phone that was proved to be at hand: its driver, and the claim that it opens, if there is one."""

    driver: int
    claim: claims.Claim | None


def request(tx: Tx, phone: str, wish: Wish, text: Text) -> str:
    """Send a code to a number (E.164) and return the ticket to show it with.

    A number that has had its share gets none, silently. Raises ValueError on a number that is not E.164.
    """
    driver = drivers.known_by(tx, phone, wish.language)
    return _issue(tx, driver, f"phone {phone}", wish, text)


def request_for(tx: Tx, stay_code: str, wish: Wish, text: Text) -> str:
    """Send a code to the phone that claimed a stay; to nobody if no claim has this code, and the same ticket."""
    claim = claims.with_code(tx.conn, stay_code)
    return _issue(
        tx,
        None if claim is None else claim.driver,
        f"stay {stay_code}",
        wish,
        text,
        None if claim is None else claim.id,
    )


def confirm(tx: Tx, ticket: str, typed: str, terms: Terms) -> Confirmed | None:
    """Take a code. None for a wrong, used or old one, or too many tries; commit all the same: the try counts."""
    is_open = (_code.ticket == ticket) & _code.confirmed_at.is_(None) & (_code.expires_at > tx.now)
    counted = (
        update(table(PhoneCode))
        .where(is_open, _code.tries < reaching.CODE_TRIES)
        .values(tries=_code.tries + 1)
        .returning(table(PhoneCode))
    )
    row = tx.conn.execute(counted).one_or_none()
    plain = "".join(char for char in typed if char.isdigit())
    is_right = hmac.compare_digest(
        "" if row is None else row.code_hash, tx.vault.pseudonym("phone code", ticket, plain)
    )
    if row is None or not is_right or row.driver is None:
        return None
    tx.conn.execute(update(table(PhoneCode)).where(_code.id == row.id).values(confirmed_at=tx.now))
    return Confirmed(row.driver, _fulfil(tx, row, terms))


def bay_of(tx: Tx, ticket: str) -> str | None:
    """The bay that a ticket was asked for at."""
    return tx.conn.execute(select(_code.bay).where(_code.ticket == ticket)).scalar()


def _fulfil(tx: Tx, row: Any, terms: Terms) -> claims.Claim | None:
    drivers.speaks(tx, row.driver, row.language, is_chosen=row.language_is_chosen)
    if row.claim is not None:
        return next((each for each in claims.of_driver(tx.conn, row.driver) if each.id == row.claim), None)
    if row.bay is None:
        return None
    return tie(tx, row.driver, row.bay, row.asked_at, row.language, terms, remember=row.remember, how="page")


def _issue(tx: Tx, driver: int | None, who: str, wish: Wish, text: Text, claim: int | None = None) -> str:
    """A code is made and hashed in any case, so that the time this takes says nothing."""
    ticket, code = secrets.token_urlsafe(18), f"{secrets.randbelow(10**6):06}"
    may_leave = attempts.take(tx, "sms-phone", who, reaching.SMS_BY_PHONE)
    expires_at = tx.now + reaching.CODE_LIVES
    row = {
        "ticket": ticket,
        "code_hash": tx.vault.pseudonym("phone code", ticket, code),
        "driver": driver if may_leave else None,
        "language": wish.language,
        "language_is_chosen": wish.language_is_chosen,
        "bay": wish.bay,
        "claim": claim,
        "remember": wish.remember,
        "tries": 0,
        "asked_at": tx.now,
        "expires_at": expires_at,
    }
    number = tx.conn.execute(table(PhoneCode).insert().values(row).returning(_code.id)).scalar_one()
    words = tx.vault.encrypt(text(code, wish.language))
    if driver is not None and may_leave:
        message = OutgoingMessage(
            identity=f"{STEP}/{number}",
            violation=None,
            driver=driver,
            step=STEP,
            language=wish.language,
            text=words,
            is_sealed=True,
            not_after=expires_at,
            created_at=tx.now,
        )
        enqueue(tx, message)
    return ticket
