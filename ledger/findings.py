"""Findings as they stand: written when found, withdrawn when their ground is gone, acknowledged by a person."""

import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select, update

from enforcement.billing import BillFinding, FindingCode, compare_seen
from enforcement.decision import Decision
from enforcement.evidence import Evidence
from ledger.database import Tx, table, upsert
from models import Evse, FindingRow
from models.findings import FindingState

# Which findings follow from the timeline; the others from the record and its session alone.
SEEN = frozenset(
    {
        FindingCode.CHARGING_BILLED,
        FindingCode.VACATED_BILLED,
        FindingCode.FAULTED_BILLED,
        FindingCode.UNSEEN_BILLED,
        FindingCode.MORE_THAN_SEEN,
        FindingCode.LESS_THAN_SEEN,
        FindingCode.BILLED_TWICE,
    }
)
IN_ITSELF = frozenset({FindingCode.TOTALS_DIFFER, FindingCode.PUSHED_TARIFF_DIFFERS, FindingCode.CREDIT_OF_NOTHING})
OURS = frozenset({FindingCode.NOT_BILLED, FindingCode.CORRECTED_BY_HAND})
OF_SESSION = frozenset({FindingCode.ENERGY_DIFFERS, FindingCode.TIME_DIFFERS})
_ROWS = table(FindingRow)
# What a finding says; the rest is its own story.
# What an integer of PostgreSQL holds.
_MOST = 2**31 - 1
_SAID = ("code", "record", "session", "start", "end", "seconds", "amount_minor", "currency", "details")


class Place(NamedTuple):
    """Where a finding belongs, as far as that is known."""

    network: str
    station: str | None
    evse: str | None = None


def look(tx: Tx, bay_evidence: Evidence, decision: Decision) -> None:
    """Hold the bills in a bay's evidence against its stays. To be called only where there are any."""
    bills = bay_evidence.bills
    found = compare_seen(bay_evidence, decision.stays)
    judged = {bill.record for judged in decision.stays for bill in judged.stay.bills}
    cut = bay_evidence.cut
    # A bill of settled time is not judged any more; one that was taken back has no findings left.
    spoken = judged | {r for r, bill in bills.items() if cut is None or bill.started_at > cut}
    spoken |= {finding.record for finding in found} | {bill.takes_back for bill in bills.values() if bill.takes_back}
    evses = {record: bill.subject.removeprefix("evse:") for record, bill in bills.items()}
    put(tx, found, spoken, SEEN, evses)


def put(
    tx: Tx,
    found: Sequence[BillFinding],
    records: Iterable[str],
    codes: Iterable[FindingCode],
    evses: Mapping[str, str | None],
) -> None:
    """Make the findings of these records, as far as these codes go, be those that were found. ``evses`` by record."""
    stations = _stations(tx, {evses.get(finding.record) for finding in found})

    def place(record: str) -> Place:
        evse = evses.get(record)
        return Place("*".join(record.split("*")[:2]), stations.get(evse), evse)

    put_at(tx, found, records, codes, place)


def put_at(
    tx: Tx,
    found: Sequence[BillFinding],
    records: Iterable[str],
    codes: Iterable[FindingCode],
    place: Callable[[str], Place],
) -> None:
    """The same for records whose ``place`` is known."""
    wanted = [code.value for code in codes]
    query = select(_ROWS).where(_ROWS.c.record.in_(sorted(set(records))), _ROWS.c.code.in_(wanted))
    standing = {row.key: row for row in tx.conn.execute(query)}
    now = {finding.key: finding for finding in found}
    changed = [
        _row(tx, finding, standing.get(key), place(finding.record))
        for key, finding in sorted(now.items())
        if _is_news(standing.get(key), finding)
    ]
    upsert(tx.conn, FindingRow, ["key"], changed, "public_id", "found_at")
    gone = [key for key, row in standing.items() if key not in now and row.state is not FindingState.WITHDRAWN]
    if gone:
        values = {"state": FindingState.WITHDRAWN, "updated_at": tx.now}
        tx.conn.execute(update(_ROWS).where(_ROWS.c.key.in_(sorted(gone))).values(values))


def acknowledge(tx: Tx, public_id: str, person: str, note: str) -> bool:
    """A person has looked at an open finding; False if there is none with this id. It opens again if it changes."""
    is_it = (_ROWS.c.public_id == public_id) & (_ROWS.c.state == FindingState.OPEN)
    values = {
        "state": FindingState.ACKNOWLEDGED,
        "acknowledged_by": person,
        "acknowledged_at": tx.now,
        "note": note,
        "updated_at": tx.now,
    }
    return bool(tx.conn.execute(update(_ROWS).where(is_it).values(values)).rowcount)


def _is_news(row: Any, finding: BillFinding) -> bool:
    if row is None or row.state is FindingState.WITHDRAWN:
        return True
    said = _said(finding)
    return any(getattr(row, name) != said[name] for name in _SAID)


def _said(finding: BillFinding) -> dict[str, Any]:
    values: dict[str, Any] = {name: _held(getattr(finding, name)) for name in _SAID}
    details = json.dumps(dict(sorted(finding.details.items())), ensure_ascii=False)
    return {**values, "code": finding.code.value, "details": details}


def _held(value: Any) -> Any:
    """A value as a row can hold it: a record may state sums and times beyond all measure."""
    return max(-_MOST, min(value, _MOST)) if isinstance(value, int) else value


def _row(tx: Tx, finding: BillFinding, before: Any, place: Place) -> dict[str, Any]:
    return {
        **_said(finding),
        "public_id": str(uuid.uuid4()) if before is None else before.public_id,
        "key": finding.key,
        "network": place.network,
        "evse": place.evse,
        "station": place.station,
        "state": FindingState.OPEN,
        "found_at": tx.now,
        "updated_at": tx.now,
    }


def _stations(tx: Tx, evses: Iterable[str | None]) -> dict[str | None, str]:
    rows = table(Evse)
    known = sorted(evse for evse in evses if evse is not None)
    if not known:
        return {}
    query = select(rows.c.key, rows.c.station).where(rows.c.key.in_(known))
    return {row.key: row.station for row in tx.conn.execute(query)}
