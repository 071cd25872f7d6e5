"""Charge records (CDRs) that networks send: what they bill for parking is a fact, what does not fit is a finding."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection, or_, select

from enforcement.billing import BillFinding, FindingCode, compare_record
from enforcement.facts import AnyFact, NetworkBilled, evse_subject
from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.parking import billed_parking, parking
from enforcement.tariffs.vocabulary import Cdr, Tariff, TariffError
from ledger import findings, tariffs
from ledger.database import Tx, table, upsert
from ledger.session_records import compare_sessions
from models import ChargeRecordRow, Evse, Station

# Beyond this an energy is a fault, as that of a session is.
_MAX_KWH = 1_000_000_000
# What ``priced_by`` says of a record with tariffs of its own.
_OWN = "embedded"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRecord:
    """One record as its network sent it: OCPI JSON of a ``version``, numbers as Decimal.

    ``record``: its key, ``network*id`` casefolded; ``evse`` and ``session`` are keys, None where it does not tell;
    ``at``: its last_updated; ``takes_back``: the key of the record that it credits; ``tariff_ids``: of the tariffs that
    hold at its connector, as far as the network tells.
    """

    network: str
    record: str
    version: str
    document: Mapping[str, Any]
    evse: str | None
    session: str | None
    at: datetime
    takes_back: str | None = None
    tariff_ids: tuple[str, ...] = ()


def take(tx: Tx, record: ChargeRecord) -> list[AnyFact]:
    """Look into a record that is new, and return the facts in it, to be recorded in the same transaction.

    A record that can't be read bills nothing that we know of. The same record again gives the same fact.
    """
    try:
        cdr = read_cdr(record.document, record.version)
    except TariffError:
        return []
    zone = _zone(tx.conn, record.evse)
    _compare(tx, record, cdr, zone)
    if record.session is not None:
        compare_sessions(tx, record.network, record.session)
    fact = _billed(tx, record, cdr, zone)
    return [] if fact is None else [fact]


def unpriced(conn: Connection, network: str, since: datetime, limit: int) -> list[str]:
    """The latest of a network's records from ``since`` on that embed no tariff."""
    rows = table(ChargeRecordRow).c
    lacks = or_(rows.priced_by.is_(None), rows.priced_by != _OWN)
    query = select(rows.record).where(rows.network == network, rows.started_at >= since, lacks)
    query = query.order_by(rows.started_at.desc()).limit(limit)
    return list(conn.execute(query).scalars())


def compare_again(tx: Tx, record: ChargeRecord) -> None:
    """Hold a record against its tariff again, since more is known of that."""
    _compare(tx, record, read_cdr(record.document, record.version), _zone(tx.conn, record.evse))


def _compare(tx: Tx, record: ChargeRecord, cdr: Cdr, zone: str) -> None:
    """Keep what a record says, and hold it against its own tariffs or, where it embeds none, those that were pushed."""
    pushed = () if cdr.tariffs else _pushed(tx.conn, record, cdr)
    _keep(tx, record, cdr, _OWN if cdr.tariffs else ", ".join(each.id for each in pushed) or None)
    found = compare_record(cdr, record.record, record.session, zone, pushed)
    if cdr.is_credit and record.takes_back is None:
        found.append(_of_nothing(record, cdr))
    findings.put(tx, found, [record.record], findings.IN_ITSELF, {record.record: record.evse})


def _pushed(conn: Connection, record: ChargeRecord, cdr: Cdr) -> Sequence[Tariff]:
    """The tariffs that its periods name; where they name none, the one of its connector, if that is one.

    Of several at a connector nobody says which one a driver had.
    """
    named = {period.tariff_id for period in cdr.periods if period.tariff_id is not None}
    held = tariffs.held_at(conn, record.network, named or record.tariff_ids, cdr.start)
    mine = [tariff for tariff in held if tariff.currency == cdr.currency]
    return mine if named or len(mine) == 1 else ()


def _keep(tx: Tx, record: ChargeRecord, cdr: Cdr, priced_by: str | None) -> None:
    energy = None if cdr.is_credit else cdr.quantities.get("total_energy")
    row = {
        "record": record.record,
        "network": record.network,
        "session": None if cdr.is_credit else record.session,
        "evse": record.evse,
        "started_at": cdr.start,
        "ended_at": cdr.end,
        "energy_kwh": None if energy is None else _energy(energy),
        "currency": cdr.currency[:3],
        "taken_at": tx.now,
        "priced_by": None if priced_by is None else priced_by[:200],
    }
    upsert(tx.conn, ChargeRecordRow, ["record"], [row], "taken_at")


def _energy(kwh: Fraction) -> str | None:
    """An energy as its row holds it, to the microwatt-hour: some networks send all digits of a float."""
    return str(round(kwh, 9)) if abs(kwh) < _MAX_KWH else None


def _of_nothing(record: ChargeRecord, cdr: Cdr) -> BillFinding:
    return BillFinding(
        code=FindingCode.CREDIT_OF_NOTHING,
        record=record.record,
        session=record.session,
        start=cdr.start,
        end=cdr.end,
        currency=cdr.currency,
    )


def _billed(tx: Tx, record: ChargeRecord, cdr: Cdr, zone: str) -> NetworkBilled | None:
    """What was billed; None where the record bills no parking, takes nothing back, or its EVSE is not known."""
    spans = () if cdr.is_credit else billed_parking(cdr, zone)
    takes_back = record.takes_back if cdr.is_credit else None
    if record.evse is None or not (spans or takes_back):
        return None
    parked = sum((part.end - part.start).total_seconds() for part in parking(cdr, zone))
    return NetworkBilled(
        at=record.at,
        seen_at=tx.now,
        source=f"ocpi:{record.network}",
        source_id=f"cdr:{record.record}",
        subject=evse_subject(record.evse),
        record=record.record,
        session=record.session,
        started_at=cdr.start,
        ended_at=cdr.end,
        currency=cdr.currency,
        spans=spans,
        parking_s=int(parked),
        takes_back=takes_back,
    )


def _zone(conn: Connection, evse: str | None) -> str:
    """The time zone that a record's tariffs speak of: its station's, or UTC where that is not known."""
    evses, stations = table(Evse), table(Station)
    query = select(stations.c.zone).join(evses, evses.c.station == stations.c.key).where(evses.c.key == evse)
    return conn.execute(query).scalar() or "UTC"
