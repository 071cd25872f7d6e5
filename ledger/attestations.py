"""What people attest of signs: that the sign which the law asks for stands at a station, or at one bay of it.

Rules are judged by it whenever they are asked (:mod:`ledger.queries.laws`), so what is said later, or taken back, needs
no decision to be made again. Nothing that was said is changed or deleted: it ends.
"""

import hashlib
import json
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select, update

from enforcement.rules import Offence, PlaceKind
from enforcement.rules.attesting import PlaceLand, SignSeen, hours_text, read_hours
from ledger import acts
from ledger.database import Tx, table
from models import Bay, SignAttestation, Station

_ROWS, _STATIONS, _BAYS = table(SignAttestation), table(Station), table(Bay)
LONGEST_NOTE = 500


class AttestationError(ValueError):
    """Something that can't be attested, or ended; the message says why."""


def attest(
    tx: Tx, seen: SignSeen, seen_at: datetime, by: str, *, note: str = "", photo: bytes | None = None
) -> str:  # fmt: skip
    """Note that somebody saw the sign; returns the attestation's public id.

    What stood there before ends, as this tells what is there now; where it was seen earlier than something that is
    known already, it ends when that begins, or when what stood there is known to have gone. ``photo``: a JPEG without
    metadata. Raises :class:`AttestationError`.
    """
    _check(tx.conn, seen, seen_at, tx.now, note)
    same_place = (_ROWS.c.station == seen.station) & (
        _ROWS.c.bay.is_(None) if seen.bay is None else _ROWS.c.bay == seen.bay
    )
    ending = _ending(tx.conn, same_place, seen_at)
    before = same_place & (_ROWS.c.since <= seen_at) & (_ROWS.c.until.is_(None) | (_ROWS.c.until > seen_at))
    tx.conn.execute(update(_ROWS).where(before).values(until=seen_at, ended_by=by[:60], ended_at=tx.now))
    row = {
        "public_id": str(uuid.uuid4()),
        "station": seen.station,
        "bay": seen.bay,
        "kind": seen.kind.value,
        "land": seen.land.value,
        "states_penalty": seen.states_penalty,
        "forbids": " ".join(sorted(seen.forbids)),
        "limit_min": None if seen.limit is None else int(seen.limit.total_seconds()) // 60,
        "hours": json.dumps([hours_text(window) for window in seen.hours]),
        "note": note,
        "photo": None if photo is None else tx.vault.encrypt_bytes(photo),
        "photo_sha256": None if photo is None else hashlib.sha256(photo).hexdigest(),
        "since": seen_at,
        "attested_by": by[:60],
        "attested_at": tx.now,
        **ending,
    }
    tx.conn.execute(_ROWS.insert().values(**row))
    acts.note(tx, by, "attested", about(seen.station))
    return str(row["public_id"])


def end(tx: Tx, public_id: str, gone_at: datetime, by: str) -> None:
    """Say that a sign stands no more from ``gone_at`` on; what was before stays attested.

    Raises :class:`AttestationError` where there is none that stands, or for a time that can't be.
    """
    which = _ROWS.c.public_id == public_id
    _hold(tx.conn, tx.conn.scalar(select(_ROWS.c.station).where(which)))
    row = tx.conn.execute(select(_ROWS).where(which)).one_or_none()
    if row is None or row.until is not None:
        raise AttestationError("no sign that stands is attested under this id")
    if not row.since <= gone_at <= tx.now:
        raise AttestationError("it was gone at a time after it was seen, and not later than now")
    values = {"until": gone_at, "ended_by": by[:60], "ended_at": tx.now}
    tx.conn.execute(update(_ROWS).where(_ROWS.c.id == row.id).values(values))
    acts.note(tx, by, "sign_gone", about(row.station))


def read_seen(
    station: str, bay: str | None, said: Mapping[str, Any], forbids: Iterable[str], hours: Iterable[str]
) -> SignSeen:
    """What was seen, from the texts of a form, a command or a request.

    ``said``: ``kind``, ``land``, ``states_penalty`` and ``limit_min``, each only where it is said. Raises
    :class:`AttestationError`, naming what can't be read.
    """
    try:
        limit = said.get("limit_min")
        return SignSeen(
            station=station.casefold(),
            bay=bay or None,
            kind=PlaceKind(said.get("kind") or PlaceKind.LOT),
            land=PlaceLand(said.get("land") or PlaceLand.PUBLIC),
            states_penalty=bool(said.get("states_penalty")),
            forbids=frozenset(map(Offence, forbids)),
            limit=None if limit in (None, "") else timedelta(minutes=int(limit)),
            hours=tuple(read_hours(text) for text in hours if text.strip()),
        )
    except (ValueError, OverflowError) as error:
        raise AttestationError(str(error)) from error


def about(station: str) -> str:
    """What acts on a station's signs are about."""
    return f"sign:{station}"


def _hold(conn: Connection, station: str | None) -> bool:
    """Whether there is such a station; until this transaction ends nobody else says anything of its signs."""
    query = select(_STATIONS.c.key).where(_STATIONS.c.key == station)
    return conn.execute(query.with_for_update(key_share=True)).first() is not None


def _ending(conn: Connection, same_place: ColumnElement[bool], at: datetime) -> dict[str, Any]:
    """When what was seen at a place ends, and who said so, by what is known already; empty where nothing tells."""
    columns = _ROWS.c.until, _ROWS.c.ended_by, _ROWS.c.ended_at
    gone = select(*columns).where(same_place, _ROWS.c.since <= at, _ROWS.c.until > at).order_by(_ROWS.c.until).limit(1)
    row = conn.execute(gone).one_or_none()
    later = conn.scalar(select(func.min(_ROWS.c.since)).where(same_place, _ROWS.c.since > at))
    if row is not None and (later is None or row.until <= later):
        return dict(row._mapping)
    return {} if later is None else {"until": later}


def _check(conn: Connection, seen: SignSeen, seen_at: datetime, now: datetime, note: str) -> None:
    if not _hold(conn, seen.station):
        raise AttestationError(f"there is no station {seen.station!r}")
    here = (_BAYS.c.id == seen.bay) & (_BAYS.c.station == seen.station)
    if seen.bay is not None and conn.execute(select(_BAYS.c.id).where(here)).first() is None:
        raise AttestationError(f"there is no bay {seen.bay!r} at {seen.station}")
    if seen_at > now:
        raise AttestationError("nobody has seen it at a time to come")
    if seen.limit is not None and not timedelta(minutes=1) <= seen.limit <= timedelta(days=366):
        raise AttestationError("the longest stay on a sign is a minute or more")
    if len(note) > LONGEST_NOTE or not note.replace("\n", " ").replace("\r", " ").isprintable() or len(seen.hours) > 14:
        raise AttestationError(f"a note has at most {LONGEST_NOTE} printable characters, a sign at most 14 times")
