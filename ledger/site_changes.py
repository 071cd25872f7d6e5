"""A bay of a site was used as something else: whoever assesses next looks which stays of others that touches.

Nobody holds a bay of their own then, so that bays of a site never wait for each other.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, or_, select

from ledger import due, policies, remembered_bays
from ledger.database import Ledger, Tx, table
from ledger.sites import remembered
from models import SiteChange, StayRow

_changes = table(SiteChange)


def take_up(ledger: Ledger, now: datetime, limit: int = 500) -> None:
    """Make due the bays whose stays a change of another bay touches."""
    with ledger.write(now) as tx:
        query = select(_changes).order_by(_changes.c.id).limit(limit)
        if tx.conn.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        rows = list(tx.conn.execute(query))
        contexts = remembered_bays.remembered(tx, {row.bay for row in rows})
        touching: list[tuple[Any, list[str]]] = []
        for row in rows:
            station = contexts[row.bay].setting.station if row.bay in contexts else ""
            site = remembered(tx, station, policies.remembered(tx)) if station else None
            touching.append((row, sorted(site.pricing - {row.bay}) if site else []))
        # Whoever assesses these bays now is waited for: their stays are looked at only after that.
        due.hold(tx.conn, {bay for _, others in touching for bay in others})
        for row, others in touching:
            _wake(tx, row, others)
        tx.conn.execute(delete(_changes).where(_changes.c.id.in_([row.id for row in rows])))


def _wake(tx: Tx, change: Any, others: Sequence[str]) -> None:
    stays = table(StayRow).c
    after = or_(stays.left_at.is_(None), stays.left_at > change.since)
    before = [stays.arrived_at < change.until] if change.until is not None else []
    query = select(stays.bay, stays.is_final).where(stays.bay.in_(others), after, *before)
    touched: dict[str, bool] = {}
    for bay, is_final in tx.conn.execute(query):
        touched[bay] = touched.get(bay, False) or bool(is_final)
    for is_stale in (True, False):
        due.look_again(tx, (bay for bay, is_final in touched.items() if is_final is is_stale), is_stale=is_stale)
