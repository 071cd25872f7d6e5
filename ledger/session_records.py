"""A session that is over, held against the charge records of it, whichever of them came first."""

import json
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import bindparam, select

from enforcement.billing import Stated, compare_session
from enforcement.tariffs.values import instant, optional_number
from enforcement.tariffs.vocabulary import TariffError
from ledger import findings
from ledger.database import Tx, table
from ledger.objects import get
from ledger.statements import Statement
from models import ChargeRecordRow

# Asked whenever a network says that a session is over.
_OF_SESSION = Statement(
    lambda _: select(table(ChargeRecordRow)).where(table(ChargeRecordRow).c.session == bindparam("of"))
)


def compare_sessions(tx: Tx, network: str, session: str) -> None:
    """Hold a closed session against its records, credits apart. To be called whenever one of them is taken in."""
    records = _OF_SESSION.all(tx.conn, {"of": session})
    closed = _closed(tx, network, session) if records else None
    if closed is None:
        return
    found = [
        finding
        for row in records
        for finding in compare_session(
            Stated(started_at=row.started_at, ended_at=row.ended_at, energy=_exact(row.energy_kwh)),
            closed,
            record=row.record,
            session=session,
            currency=row.currency,
        )
    ]
    evses = {row.record: row.evse for row in records}
    findings.put(tx, found, evses, findings.OF_SESSION, evses)


def _closed(tx: Tx, network: str, session: str) -> Stated | None:
    """What a session says of itself, once it is closed and as far as it can be read."""
    stored = get(tx.conn, "sessions", network, session.removeprefix(f"{network}*"))
    document = {} if stored is None else json.loads(stored.document, parse_float=Decimal)
    # Stored as it came: the door takes a status in any letters, and so must whoever reads it again.
    if str(document.get("status")).strip().upper() != "COMPLETED":
        return None
    started = document.get("start_date_time") or document.get("start_datetime")
    ended = document.get("end_date_time") or document.get("end_datetime")
    try:
        return Stated(
            started_at=instant(started, "start_date_time"),
            ended_at=None if ended is None else instant(ended, "end_date_time"),
            energy=optional_number(document, "kwh", "session"),
        )
    except TariffError:
        return None


def _exact(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
