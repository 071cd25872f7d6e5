"""Writing a charge record of ours, or the credit of one, with its push to its party. Each is numbered, so made once."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec

from enforcement.settlement import Bill
from ledger import pushes
from ledger.addressees import addressee, may_have, partner_of, version_of
from ledger.bills import write_bill
from ledger.database import Tx, table
from ledger.partners import KnownPartner
from ledger.places_of_sessions import place_of
from models import Cdr

_CDRS = table(Cdr)
# A record is pushed for so long; after that its party fetches it.
_PUSHED_FOR = timedelta(hours=24)


def issue(tx: Tx, violation: Any, bill: Bill, number: int) -> bool:
    """Issue a violation's record; False where its session came by no OCPI object that stands: nothing could name it."""
    place = place_of(tx.conn, bill.session)
    if place is None:
        return False
    party, partner = addressee(tx, bill.token, violation.network, is_synthetic=bool(violation.synthetic))
    values = {
        "cdr_id": str(uuid.uuid4()),
        "violation": violation.key,
        "number": number,
        "credits": None,
        "party": party,
        "network": violation.network,
        "bill": write_bill(bill),
        "place": msgspec.json.encode(place).decode(),
        "amount_minor": bill.total_minor,
        "currency": bill.currency,
        "created_at": tx.now,
    }
    _write(tx, values, partner)
    return True


def credit(tx: Tx, record: Any, number: int, *, is_synthetic: bool) -> None:
    """Take a record back, whole, from whom it was for."""
    kept = ("violation", "party", "network", "bill", "place", "currency")
    values = {name: getattr(record, name) for name in kept} | {
        "cdr_id": f"{record.cdr_id}-C",
        "number": number,
        "credits": record.cdr_id,
        "amount_minor": -record.amount_minor,
        "created_at": tx.now,
    }
    _write(tx, values, partner_of(tx.conn, record.party, is_synthetic=is_synthetic))


def _write(tx: Tx, values: Mapping[str, Any], partner: KnownPartner | None) -> None:
    tx.conn.execute(_CDRS.insert().values(values))
    if partner is None or not may_have(version_of(partner), values["number"]):
        return
    push = pushes.OutgoingPush(
        identity=f"cdr:{values['cdr_id']}",
        kind=pushes.CDR,
        subject=values["cdr_id"],
        chain=values["violation"],
        partner=partner.id,
        not_after=tx.now + _PUSHED_FOR,
    )
    pushes.enqueue(tx, push)
