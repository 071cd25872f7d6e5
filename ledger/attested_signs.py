"""Signs that people attested, as they stand or stood, with who said so."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from enforcement.rules.attesting import Attested
from ledger.attestations import read_seen
from ledger.database import Tx, table
from ledger.vault import log_access
from models import Bay, SignAttestation, Station

_ROWS, _STATIONS, _BAYS = table(SignAttestation), table(Station), table(Bay)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedSign:
    """An attestation with who said so and when. ``attested_by`` and ``ended_by`` as in the record of acts."""

    public_id: str
    attested: Attested
    station_name: str
    bay_name: str | None
    zone: str
    note: str
    attested_by: str
    attested_at: datetime
    ended_by: str | None
    ended_at: datetime | None
    has_photo: bool
    photo_sha256: str | None


def of_station(conn: Connection, station: str) -> list[AttestedSign]:
    """All that was attested at one station, oldest first."""
    return [_read(row) for row in conn.execute(_query().where(_ROWS.c.station == station).order_by(_ROWS.c.since))]


def latest(conn: Connection, station: str | None, limit: int) -> list[AttestedSign]:
    """The last attestations, of one station or of all, newest first."""
    query = _query() if station is None else _query().where(_ROWS.c.station == station)
    return [_read(row) for row in conn.execute(query.order_by(_ROWS.c.id.desc()).limit(limit))]


def find(conn: Connection, public_id: str) -> AttestedSign | None:
    """One attestation."""
    row = conn.execute(_query().where(_ROWS.c.public_id == public_id)).one_or_none()
    return None if row is None else _read(row)


def photo(tx: Tx, public_id: str, reader: str) -> bytes | None:
    """The photo of a sign, a JPEG; who looks at it is logged, since it may show people."""
    row = tx.conn.execute(select(_ROWS.c.photo).where(_ROWS.c.public_id == public_id)).one_or_none()
    if row is None or not row.photo:
        return None
    log_access(tx.conn, tx.now, reader, "photo", f"sign:{public_id}", "sign attested")
    return tx.vault.decrypt_bytes(row.photo)


def _query() -> Select[Any]:
    return (
        select(_ROWS, _STATIONS.c.name.label("station_name"), _STATIONS.c.zone, _BAYS.c.name.label("bay_name"))
        .join(_STATIONS, _STATIONS.c.key == _ROWS.c.station)
        .outerjoin(_BAYS, _BAYS.c.id == _ROWS.c.bay)
    )


def _read(row: Any) -> AttestedSign:
    hours: Sequence[str] = json.loads(row.hours)
    said = {"kind": row.kind, "land": row.land, "states_penalty": row.states_penalty, "limit_min": row.limit_min}
    return AttestedSign(
        public_id=row.public_id,
        attested=Attested(read_seen(row.station, row.bay, said, row.forbids.split(), hours), row.since, row.until),
        station_name=row.station_name,
        bay_name=row.bay_name,
        zone=row.zone,
        note=row.note,
        attested_by=row.attested_by,
        attested_at=row.attested_at,
        ended_by=row.ended_by,
        ended_at=row.ended_at,
        has_photo=row.photo is not None,
        photo_sha256=row.photo_sha256,
    )
