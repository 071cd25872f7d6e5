"""What is kept of one driver: given to them whole, or erased where nothing holds it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select, update

from enforcement.privacy import holds_erasure
from enforcement.violations import State
from ledger import claims, disputes
from ledger.database import Tx, table
from ledger.drivers import remove_driver
from ledger.explanations import instant
from ledger.queries.stay_page import load, violations_of
from ledger.vault import log_access
from models import AccessLog, Consent, Dispute, Driver, DriverToken, Message, PhoneCode, StayClaim, ViolationRow


@dataclass(frozen=True, slots=True)
class Hold:
    """A violation that keeps a driver's data for now."""

    public_id: str
    kind: str
    state: State
    since: datetime


def everything(tx: Tx, driver: int, *, by: str | None = None) -> dict[str, Any]:
    """All that is kept of a driver, in plain values for JSON. The read is logged, and shows in the next one.

    ``by``: who reads it, if not the driver.
    """
    row = tx.conn.execute(select(table(Driver)).where(table(Driver).c.id == driver)).one()
    log_access(tx.conn, tx.now, by or f"driver:{driver}", "everything", f"driver:{driver}", "asked for their own data")
    return {
        "phone": tx.vault.decrypt(row.phone),
        "language": row.language,
        "known_since": instant(row.created_at),
        "opted_out_at": _instant(row.opted_out_at),
        "tokens": _tokens(tx, driver),
        "consents": [
            {"what": each.what, "text": each.text, "source": each.source, "given_at": instant(each.given_at)}
            for each in _of(tx, Consent, driver)
        ],
        "stays": [_stay(tx, claim) for claim in claims.of_driver(tx.conn, driver)],
        "messages": [
            {"text": None if each.sealed else each.text, "step": each.step, "state": each.state.value,
             "written_at": instant(each.created_at)}
            for each in _of(tx, Message, driver)
        ],
        "disputes": [_dispute(tx, each, driver) for each in _of(tx, Dispute, driver)],
        "read_by": _reads(tx, driver),
    }  # fmt: skip


def holds(tx: Tx, driver: int) -> list[Hold]:
    """The violations that keep this driver's data for now: those of their tokens and of the stays that they claimed."""
    tokens, rows = table(DriverToken).c, table(ViolationRow).c
    own = select(tokens.token).where(tokens.driver == driver)
    ids = [each for claim in claims.of_driver(tx.conn, driver) for each in violations_of(tx.conn, claim)]
    query = select(rows.public_id, rows.kind, rows.state, rows.clock_started_at).where(
        or_(rows.token.in_(own), rows.public_id.in_(ids))
    )
    found = [Hold(row.public_id, row.kind.value, row.state, row.clock_started_at) for row in tx.conn.execute(query)]
    return [each for each in found if holds_erasure(each.state)]


def erase(tx: Tx, driver: int, *, by: str | None = None, why: str = "asked to be erased") -> list[Hold]:
    """Erase what is personal of a driver, and return nothing; or what holds it, and change nothing.

    ``by``: who erases it, if not the driver; ``why``: for the log.

    What stays: facts, violations and postings, which never knew them; consents and messages, whose driver is now
    an empty row.
    """
    held = holds(tx, driver)
    if held:
        return held
    tx.conn.execute(delete(table(PhoneCode)).where(table(PhoneCode).c.driver == driver))
    tx.conn.execute(delete(table(StayClaim)).where(table(StayClaim).c.driver == driver))
    tx.conn.execute(update(table(Consent)).where(table(Consent).c.driver == driver).values(token=None))
    blank = {"text": "", "photo": None, "answer": None}
    tx.conn.execute(update(table(Dispute)).where(table(Dispute).c.driver == driver).values(blank))
    messages = table(Message).c
    tx.conn.execute(
        update(table(Message)).where(messages.driver == driver, messages.sealed).values(text="", sealed=False)
    )
    remove_driver(tx, driver)
    log_access(tx.conn, tx.now, by or f"driver:{driver}", "erased", f"driver:{driver}", why)
    return []


def _of(tx: Tx, model: Any, driver: int) -> list[Any]:
    rows = table(model)
    return list(tx.conn.execute(select(rows).where(rows.c.driver == driver).order_by(rows.c.id)))


def _tokens(tx: Tx, driver: int) -> list[str]:
    rows = table(DriverToken).c
    return list(tx.conn.execute(select(rows.token).where(rows.driver == driver).order_by(rows.token)).scalars())


def _stay(tx: Tx, claim: claims.Claim) -> dict[str, Any]:
    found = load(tx.conn, claim, tx.now)
    return {
        "station": found.station_name,
        "bay": found.bay_name,
        "time_zone": found.zone,
        "claimed_at": instant(claim.at),
        "arrived_at": _instant(found.arrived_at),
        "left_at": _instant(found.left_at),
        "violations": [
            {
                "kind": each.case.violation.kind.value,
                "state": each.case.violation.state.value,
                "from": instant(each.case.violation.clock_started_at),
                "total_minor": each.case.violation.total_minor,
                "currency": each.case.violation.currency,
            }
            for each in found.cases
        ],
    }


def _dispute(tx: Tx, row: Any, driver: int) -> dict[str, Any]:
    found = disputes.read(tx, row.violation, f"driver:{driver}")
    return {
        "text": None if found is None else found.text,
        "photo_sha256": row.photo_sha256,
        "made_at": instant(row.made_at),
        "outcome": row.outcome,
        "answer": None if found is None else found.answer,
    }


def _reads(tx: Tx, driver: int) -> list[dict[str, Any]]:
    rows = table(AccessLog)
    query = select(rows).where(rows.c.subject == f"driver:{driver}").order_by(rows.c.id.desc()).limit(500)
    return [
        {"at": instant(each.at), "reader": each.reader, "what": each.what, "purpose": each.purpose}
        for each in tx.conn.execute(query)
    ]


def _instant(at: datetime | None) -> str | None:
    return None if at is None else instant(at)
