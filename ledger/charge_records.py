"""Charge records (CDRs) that networks send: what they billed for parking becomes a fact."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from enforcement.facts import AnyFact, NetworkBilled, evse_subject
from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.parking import billed_parking, parking
from enforcement.tariffs.vocabulary import Cdr, TariffError
from ledger.database import Tx, table
from models import Evse, Station


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeRecord:
    """One record as its network sent it: OCPI JSON of a ``version``, numbers as Decimal.

    ``record``: its key, ``network*id`` casefolded; ``evse`` and ``session`` are keys, None where it does not tell;
    ``at``: its last_updated; ``takes_back``: the key of the record that it credits.
    """

    network: str
    record: str
    version: str
    document: Mapping[str, Any]
    evse: str | None
    session: str | None
    at: datetime
    takes_back: str | None = None


def take(tx: Tx, record: ChargeRecord) -> list[AnyFact]:
    """Look into a record that is new, and return the facts in it, to be recorded in the same transaction.

    A record that can't be read bills nothing that we know of. The same record again gives the same fact.
    """
    try:
        cdr = read_cdr(record.document, record.version)
    except TariffError:
        return []
    fact = _billed(tx, record, cdr, _zone(tx.conn, record.evse))
    return [] if fact is None else [fact]


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
