"""What of our own billing a person must see to: fees that no charge record can name, corrections that none can carry.

OCPI 2.1.1 has no credits, and a record that was sent can't be changed; a record must name its session as its network
sent it. Both are findings, with their state, and are withdrawn when their ground is gone.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from enforcement.billing import BillFinding, FindingCode
from enforcement.money import format_minor
from enforcement.settlement import Bill
from ledger import findings
from ledger.bills import read_bill
from ledger.database import Tx


def note(tx: Tx, row: Any, bill: Bill | None, records: Sequence[Any], *, lacks_session: bool, is_fixed: bool) -> None:
    """Make the findings about one violation's own records be what its ``records`` say, oldest first.

    ``bill``: what it costs now; ``lacks_session``: it should be billed, and no record can name its session;
    ``is_fixed``: the party of its records was sent the first one and can't be sent another.
    """
    about = f"violation:{row.public_id}"
    found: list[BillFinding] = []
    if lacks_session and bill is not None:
        found.append(_finding(FindingCode.NOT_BILLED, about, row, bill, bill.net_minor))
    if is_fixed and len(records) > 1:
        first = read_bill(records[0].bill)
        stands = records[-1].credits is None
        owed, net = (bill.total_minor, bill.net_minor) if stands and bill is not None else (0, 0)
        if owed != first.total_minor:
            details = {
                "party": records[0].party,
                "stated": format_minor(first.total_minor, first.currency),
                "computed": format_minor(owed, first.currency),
            }
            off = net - first.net_minor
            found.append(_finding(FindingCode.CORRECTED_BY_HAND, about, row, first, off, details))
    findings.put_at(tx, found, [about], findings.OURS, lambda _: findings.Place(row.network, row.station))


def _finding(
    code: FindingCode, about: str, row: Any, bill: Bill, amount_minor: int, details: dict[str, str] | None = None
) -> BillFinding:
    start: datetime = bill.pieces[0].start
    return BillFinding(
        code=code,
        record=about,
        session=row.session,
        start=start,
        end=bill.pieces[-1].end,
        amount_minor=amount_minor,
        currency=bill.currency,
        details=details or {},
    )
