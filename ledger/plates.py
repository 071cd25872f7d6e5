"""Number plates: a keyed hash in the fact, the plate itself encrypted in a table of its own, erased apart from it."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, select

from enforcement.facts import PlateSeen
from enforcement.violations import NOT_YET, State
from ledger.database import Tx, insert, table
from ledger.vault import Vault, log_access
from models import Plate, ViolationRow

_NOT_IN_A_PLATE = re.compile(r"[\W_]+")
_MOST = 16
# Of the reason for which a plate is read: it stands in the log of reads, beside the violation.
LEAST_REASON, MOST_REASON = 5, 68


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateRead:
    """A plate as a camera read it, before it becomes a fact. ``confidence`` in percent."""

    at: datetime
    seen_at: datetime
    source: str
    source_id: str
    subject: str
    text: str = field(repr=False)
    jurisdiction: str
    confidence: int


def normalised(plate: str) -> str:
    """A plate without what cameras and people write differently: capitals and digits only, in one form."""
    text = unicodedata.normalize("NFKC", plate).upper()
    return _NOT_IN_A_PLATE.sub("", text)[:_MOST]


def plate_key(vault: Vault, plate: str, jurisdiction: str) -> str:
    """The pseudonym of a plate: what evidence knows a vehicle by."""
    return vault.pseudonym("plate", normalised(plate), jurisdiction)


def see_plates(tx: Tx, reads: Sequence[PlateRead]) -> list[PlateSeen]:
    """The facts of these readings; their plates are kept apart, encrypted, once each."""
    facts: list[PlateSeen] = []
    rows: dict[str, dict[str, object]] = {}
    for read in reads:
        key = plate_key(tx.vault, read.text, read.jurisdiction)
        rows[key] = {"key": key, "plate": read.text, "jurisdiction": read.jurisdiction, "seen_at": read.seen_at}
        facts.append(
            PlateSeen(
                at=read.at,
                seen_at=read.seen_at,
                source=read.source,
                source_id=read.source_id,
                subject=read.subject,
                plate=key,
                jurisdiction=read.jurisdiction,
                confidence=read.confidence,
            )
        )
    _keep(tx, rows)
    return facts


def read_plate(conn: Connection, vault: Vault, key: str, at: datetime, reader: str, purpose: str) -> str | None:
    """The plate itself, with who read it and what for noted; None where it was erased."""
    plates = table(Plate)
    row = conn.execute(select(plates).where(plates.c.key == key)).one_or_none()
    if row is None:
        return None
    log_access(conn, at, reader, "plate", key, purpose)
    return vault.decrypt(row.plate)


class PlateError(ValueError):
    """A plate that can't be read; the message says why."""


@dataclass(frozen=True, slots=True)
class PlateOf:
    """The plate of a violation in clear words, and who issued it, where the camera told."""

    text: str = field(repr=False)
    jurisdiction: str


def read_for_case(tx: Tx, public_id: str, reader: str, reason: str) -> PlateOf | None:
    """The plate of a violation, with who read it, when and why noted; None where no camera read one, or it is erased.

    Raises :class:`PlateError` without a reason, or where nobody broke anything (yet).
    """
    why, rows = " ".join(reason.split()), table(ViolationRow).c
    if not MOST_REASON >= len(why) >= LEAST_REASON or not why.isprintable():
        raise PlateError(f"a reason has {LEAST_REASON} to {MOST_REASON} characters")
    row = tx.conn.execute(select(rows.plate, rows.state).where(rows.public_id == public_id)).one_or_none()
    if row is None or row.plate is None:
        return None
    if row.state in NOT_YET:
        raise PlateError("it is no violation")
    text = read_plate(tx.conn, tx.vault, row.plate, tx.now, reader, f"{public_id[:8]}: {why}")
    plates = table(Plate).c
    issuer = tx.conn.execute(select(plates.jurisdiction).where(plates.key == row.plate)).scalar()
    return None if text is None else PlateOf(text, issuer or "")


def is_kept(conn: Connection, key: str) -> bool:
    """Whether the plate of this pseudonym is still kept."""
    return conn.execute(select(table(Plate).c.key).where(table(Plate).c.key == key)).first() is not None


def erase_plates(tx: Tx, keys: Sequence[str]) -> None:
    """Forget these plates; what was seen of them stays, under a name that nobody can read any more."""
    plates = table(Plate)
    tx.conn.execute(delete(plates).where(plates.c.key.in_(list(keys))))


def forget_plates(tx: Tx, keys: Collection[str]) -> None:
    """Plates are kept for violations only: of these, whose stays are final, those without one go."""
    if not keys:
        return
    rows = table(ViolationRow)
    broke = rows.c.plate.in_(sorted(keys)) & (rows.c.state != State.CLEARED)
    kept = set(tx.conn.execute(select(rows.c.plate).where(broke)).scalars())
    gone = sorted(set(keys) - kept)
    if gone:
        erase_plates(tx, _in_nobodys_hands(tx, gone))


def _in_nobodys_hands(tx: Tx, keys: Sequence[str]) -> list[str]:
    """Those that no camera reads again at this moment: who writes that waits for our bays, and decides of them next."""
    plates = table(Plate).c
    query = select(plates.key).where(plates.key.in_(keys)).order_by(plates.key).with_for_update(skip_locked=True)
    return list(tx.conn.execute(query).scalars())


def _keep(tx: Tx, rows: dict[str, dict[str, object]]) -> None:
    if not rows:
        return
    encrypted = [{**rows[key], "plate": tx.vault.encrypt(normalised(str(rows[key]["plate"])))} for key in sorted(rows)]
    statement = insert(tx.conn, Plate)
    latest = {"seen_at": statement.excluded.seen_at}
    tx.conn.execute(statement.on_conflict_do_update(index_elements=["key"], set_=latest), encrypted)
