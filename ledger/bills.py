"""Bills to JSON and back: exact amounts as fractions, times in ISO 8601."""

from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from typing import Any

import msgspec

from enforcement.money import TaxLine
from enforcement.settlement import Bill, Piece, pieces
from ledger.explanations import instant


def bill_of(row: Any) -> Bill | None:
    """What a violation's row bills; None where there is nothing, or nobody, to bill."""
    explanation = msgspec.json.decode(row.explanation)
    billed = pieces(explanation.get("lines", ()), row.billable_s)
    if row.session is None or row.token is None or not billed or row.fee_minor + row.tax_minor <= 0:
        return None
    return Bill(
        session=row.session,
        token=row.token,
        kind=str(row.kind),
        policy=row.policy,
        currency=row.currency,
        pieces=billed,
        net_minor=row.fee_minor,
        taxes=tuple(_tax(tax) for tax in explanation["taxes"]),
    )


def write_bill(bill: Bill) -> str:
    """The JSON that is stored."""
    document = {
        "session": bill.session,
        "token": bill.token,
        "kind": bill.kind,
        "policy": bill.policy,
        "currency": bill.currency,
        "pieces": [
            {"from": instant(p.start), "to": instant(p.end), "seconds": str(p.seconds), "amount": str(p.amount)}
            for p in bill.pieces
        ],
        "net_minor": bill.net_minor,
        "taxes": [{"name": t.name, "rate": str(t.rate), "amount_minor": t.amount_minor} for t in bill.taxes],
    }
    return msgspec.json.encode(document).decode()


def read_bill(text: str) -> Bill:
    """A stored bill."""
    document = msgspec.json.decode(text)
    found = [
        Piece(
            datetime.fromisoformat(p["from"]),
            datetime.fromisoformat(p["to"]),
            Fraction(p["seconds"]),
            Fraction(p["amount"]),
        )
        for p in document.pop("pieces")
    ]
    taxes = [_tax(tax) for tax in document.pop("taxes")]
    return Bill(pieces=tuple(found), taxes=tuple(taxes), **document)


def _tax(tax: Mapping[str, Any]) -> TaxLine:
    return TaxLine(tax["name"], Fraction(tax["rate"]), tax["amount_minor"])
