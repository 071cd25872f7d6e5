"""Charge records of ours, issued and credited in the transaction that settles, or corrects, what they bill.

The same question is asked whenever a violation's row changes for good: do its records say what it costs? So it does
not matter how often it is asked; each record is written once (its number is unique), and pushed once.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from enforcement.clauses import Kind
from enforcement.setting import Settlement
from enforcement.settlement import Bill, Case, Steps, settle
from enforcement.violations import violation_key
from ledger import due, settlement_findings
from ledger.addressees import is_fixed
from ledger.bills import bill_of, read_bill
from ledger.database import Tx, table
from ledger.habits import read_habits
from ledger.issuing import credit, issue
from models import Cdr, Network, ViolationRow

_CDRS, _VIOLATIONS = table(Cdr), table(ViolationRow)


@dataclass(frozen=True, slots=True)
class Settled:
    """The last record of a violation that is not credited: its row and its bill."""

    row: Any
    bill: Bill


def settle_violations(tx: Tx, billed: Iterable[str], corrected: Iterable[str] = ()) -> None:
    """Make the records of these violations say what they cost now.

    ``billed``: those that may need their first record; ``corrected``: those that matter only if they have one.
    """
    first, others = set(billed), set(corrected)
    if not first | others:
        return
    records = _records(tx.conn, sorted(first | others))
    wanted = sorted(first | records.keys())
    if not wanted:
        return
    rows = tx.conn.execute(select(_VIOLATIONS).where(_VIOLATIONS.c.key.in_(wanted)).order_by(_VIOLATIONS.c.key)).all()
    modes = _modes(tx.conn, {row.network for row in rows})
    for row in rows:
        mine = records.get(row.key, [])
        standing = _standing(mine)
        mode = modes.get(row.network, Settlement.REPORT)
        bill = bill_of(row) if mode is Settlement.US or standing is not None else None
        case = Case(row.state, mode, bill)
        steps = settle(case, None if standing is None else standing.bill)
        if steps != Steps():
            _take(tx, row, steps, standing, len(mine))


def settle_session(tx: Tx, session: str) -> None:
    """The session came as its network sends it: what could not be billed of it for want of that is billed now."""
    keys = [violation_key("", tx.now, kind, session) for kind in Kind if kind is not Kind.UNPLUGGED]
    # Whoever settles its stay now looked for it in vain: what they make of it is billed here.
    due.hold(tx.conn, tx.conn.execute(select(_VIOLATIONS.c.bay).where(_VIOLATIONS.c.key.in_(keys))).scalars())
    settle_violations(tx, keys)


def _take(tx: Tx, row: Any, steps: Steps, standing: Settled | None, number: int) -> None:
    """Take the steps for one violation that has so many records, and note what they can't do."""
    if steps.credit and standing is not None:
        number += 1
        credit(tx, standing.row, number, is_synthetic=bool(row.synthetic))
    is_issued = steps.issue is not None and issue(tx, row, steps.issue, number + 1)
    records = _records(tx.conn, [row.key]).get(row.key, [])
    settlement_findings.note(
        tx,
        row,
        steps.issue,
        records,
        lacks_session=steps.issue is not None and not is_issued,
        is_fixed=bool(records) and is_fixed(tx.conn, records[0].party, is_synthetic=bool(row.synthetic)),
    )


def _records(conn: Connection, keys: Sequence[str]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    query = select(_CDRS).where(_CDRS.c.violation.in_(keys)).order_by(_CDRS.c.violation, _CDRS.c.number)
    for row in conn.execute(query):
        out.setdefault(row.violation, []).append(row)
    return out


def _standing(records: Sequence[Any]) -> Settled | None:
    if not records or records[-1].credits is not None:
        return None
    return Settled(records[-1], read_bill(records[-1].bill))


def _modes(conn: Connection, networks: set[str]) -> dict[str, Settlement]:
    rows = table(Network)
    query = select(rows.c.key, rows.c.habits).where(rows.c.key.in_(sorted(networks)))
    return {row.key: read_habits(row.habits).settlement for row in conn.execute(query)}
