"""The rows of stays. Stays are derived, not facts: one that late facts moved or joined to another is simply gone."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import delete

from enforcement.judging import JudgedStay
from ledger import notices, policies
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.judged import Judged, Windows, standing_rows
from models import StayRow
from models.violations import STAY_IS_OPEN


class _Stay(NamedTuple):
    """The row of a stay; equal to one that was read, where nothing changed."""

    key: str
    bay: str
    arrived_at: datetime
    left_at: datetime | None
    token: str | None
    policy: str | None
    notice: str | None
    is_final: bool


_STAYS = standing_rows(table(StayRow), STAY_IS_OPEN, _Stay._fields)
_WRITE = Rows(StayRow, ["key"])


def write_stays(tx: Tx, judged: Sequence[Judged], windows: Windows) -> None:
    """Make the rows say what the decisions say. Only what changed is written."""
    rows = table(StayRow)
    held = notices.remembered(tx, policies.remembered(tx)) if judged else {}
    told = (_told_stay(item.bay, stay, held) for item in judged for stay in item.decision.stays)
    own = {stay.key: stay for stay in told}
    found = _STAYS.all(tx.conn, {"keys": list(own), **windows})
    by_bay = {item.bay: item for item in judged}
    standing = {row.key: row for row in found if row.key in own or by_bay[row.bay].speaks_of(row.arrived_at)}
    gone = sorted(standing.keys() - own.keys())
    if gone:
        tx.conn.execute(delete(rows).where(rows.c.key.in_(gone)))
    _WRITE.write(tx.conn, [stay._asdict() for key, stay in own.items() if standing.get(key) != stay])


def _told_stay(bay: str, judged: JudgedStay, held: notices.Held) -> _Stay:
    stay, policy = judged.stay, judged.policy
    arrived_at = stay.arrived_at
    return _Stay(
        f"{bay}/{arrived_at.isoformat()}",
        bay,
        arrived_at,
        stay.left_at,
        stay.token,
        None if policy is None else policy.name,
        None if policy is None else notices.held_at(held, policy.name, arrived_at),
        judged.is_final,
    )
