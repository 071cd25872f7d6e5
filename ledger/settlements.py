"""Charge records of ours, issued and credited in the transaction that settles, or corrects, what they bill.

The same question is asked whenever a violation's row changes for good: do its records say what it costs? So it does
not matter how often it is asked; each record is written once (its number is unique), and pushed once.
"""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from enforcement.policy import Kind
from enforcement.setting import Settlement
from enforcement.settlement import Bill, Case, Steps, settle
from enforcement.violations import violation_key
from ledger import partners, pushes, settlement_findings, tokens
from ledger.bills import bill_of, read_bill, write_bill
from ledger.database import Tx, table
from ledger.habits import read_habits
from ledger.partners import KnownPartner
from ledger.places_of_sessions import place_of
from models import Cdr, Network, ViolationRow

_CDRS, _VIOLATIONS = table(Cdr), table(ViolationRow)
# A record is pushed for so long; after that its party fetches it.
_PUSHED_FOR = timedelta(hours=24)
_CAN_CREDIT = "2.1.1"


@dataclass(frozen=True, slots=True)
class Settled:
    """The last record of a violation that is not credited: its row and its bill."""

    row: Any
    bill: Bill
    is_synthetic: bool


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
        standing = _standing(mine, is_synthetic=bool(row.synthetic))
        mode = modes.get(row.network, Settlement.REPORT)
        bill = bill_of(row) if mode is Settlement.US or standing is not None else None
        case = Case(row.state, mode, bill)
        steps = settle(case, None if standing is None else standing.bill)
        if steps != Steps():
            _take(tx, row, steps, standing, len(mine))


def settle_session(tx: Tx, session: str) -> None:
    """The session came as its network sends it: what could not be billed of it for want of that is billed now."""
    settle_violations(tx, [violation_key("", tx.now, kind, session) for kind in Kind if kind is not Kind.UNPLUGGED])


def _take(tx: Tx, row: Any, steps: Steps, standing: Settled | None, number: int) -> None:
    """Take the steps for one violation that has so many records, and note what they can't do."""
    if steps.credit and standing is not None:
        number += 1
        _credit(tx, standing, number)
    is_issued = steps.issue is not None and _issue(tx, row, steps.issue, number + 1)
    records = _records(tx.conn, [row.key]).get(row.key, [])
    settlement_findings.note(
        tx,
        row,
        steps.issue,
        records,
        lacks_session=steps.issue is not None and not is_issued,
        is_fixed=bool(records) and _is_fixed(tx.conn, records[0].party, is_synthetic=bool(row.synthetic)),
    )


def _is_fixed(conn: Connection, party: str, *, is_synthetic: bool) -> bool:
    """Whether what a party was sent can't be corrected."""
    partner = _partner_of(conn, party, is_synthetic=is_synthetic)
    return partner is not None and not may_have(str(partner.connection.get("version")), 2)


def _records(conn: Connection, keys: Sequence[str]) -> dict[str, list[Any]]:
    out: dict[str, list[Any]] = {}
    query = select(_CDRS).where(_CDRS.c.violation.in_(keys)).order_by(_CDRS.c.violation, _CDRS.c.number)
    for row in conn.execute(query):
        out.setdefault(row.violation, []).append(row)
    return out


def _standing(records: Sequence[Any], *, is_synthetic: bool) -> Settled | None:
    if not records or records[-1].credits is not None:
        return None
    return Settled(records[-1], read_bill(records[-1].bill), is_synthetic)


def _modes(conn: Connection, networks: set[str]) -> dict[str, Settlement]:
    rows = table(Network)
    query = select(rows.c.key, rows.c.habits).where(rows.c.key.in_(sorted(networks)))
    return {row.key: read_habits(row.habits).settlement for row in conn.execute(query)}


def _issue(tx: Tx, row: Any, bill: Bill, number: int) -> bool:
    """Issue a record; False where the session came by no OCPI object that stands: nothing could name it."""
    place = place_of(tx.conn, bill.session)
    if place is None:
        return False
    party, partner = _addressee(tx, bill, row)
    values = {
        "cdr_id": str(uuid.uuid4()),
        "violation": row.key,
        "number": number,
        "credits": None,
        "party": party,
        "network": row.network,
        "bill": write_bill(bill),
        "place": msgspec.json.encode(place).decode(),
        "amount_minor": bill.total_minor,
        "currency": bill.currency,
        "created_at": tx.now,
    }
    _write(tx, values, partner)
    return True


def _credit(tx: Tx, standing: Settled, number: int) -> None:
    row = standing.row
    kept = ("violation", "party", "network", "bill", "place", "currency")
    values = {name: getattr(row, name) for name in kept} | {
        "cdr_id": f"{row.cdr_id}-C",
        "number": number,
        "credits": row.cdr_id,
        "amount_minor": -row.amount_minor,
        "created_at": tx.now,
    }
    _write(tx, values, _partner_of(tx.conn, row.party, is_synthetic=bool(standing.is_synthetic)))


def _write(tx: Tx, values: Mapping[str, Any], partner: KnownPartner | None) -> None:
    tx.conn.execute(_CDRS.insert().values(values))
    if partner is None or not may_have(str(partner.connection.get("version")), values["number"]):
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


def may_have(version: str, number: int) -> bool:
    """2.1.1 has no credits, and a CDR can't be changed there: only a violation's first record is ever sent."""
    return number == 1 or version != _CAN_CREDIT


def versions_of_parties(conn: Connection) -> dict[str, str]:
    """Which version of OCPI each connected party speaks."""
    known = (partner for partner in partners.known(conn) if partner.is_registered)
    return {party: str(partner.connection.get("version")) for partner in known for party in partner.parties}


def _addressee(tx: Tx, bill: Bill, row: Any) -> tuple[str, KnownPartner | None]:
    """The token's party, where it is connected; else the network, which settles with it; else nobody yet.

    What is synthetic is for synthetic partners only.
    """
    document = tokens.open_token(tx.conn, tx.vault, bill.token)
    token = {} if document is None else msgspec.json.decode(document)
    party = "*".join(str(token.get(name) or "").strip() for name in ("country_code", "party_id")).casefold()
    for candidate in (party, row.network):
        partner = _partner_of(tx.conn, candidate, is_synthetic=bool(row.synthetic))
        if partner is not None:
            return candidate, partner
    return (row.network if row.synthetic or len(party) < 2 else party), None


def _partner_of(conn: Connection, party: str, *, is_synthetic: bool) -> KnownPartner | None:
    """Partners are few."""
    known = (p for p in partners.known(conn) if p.is_registered and p.synthetic == is_synthetic)
    return next((p for p in known if party in p.parties), None)
