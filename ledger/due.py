"""Bays that are due: made so, found, and taken by one transaction at a time.

Whoever wants several bays takes them in one order, so that two never wait for each other.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, exists, func, or_, select, update

from ledger.database import Tx, table
from ledger.statements import Statement, among
from ledger.waiting import longest_waiting
from models import BayState, SiteChange, WaitingFact

_STATES = table(BayState)


# SQLite has one writer, and leaves the locks out.
def _in_order(*columns: Any, skip_locked: bool = False) -> Statement:
    return Statement(
        lambda dialect: (
            select(*columns)
            .where(among(dialect, _STATES.c.bay, "bays"))
            .order_by(_STATES.c.bay)
            .with_for_update(skip_locked=skip_locked)
        )
    )


_HOLD, _HOLD_ROWS, _HOLD_FREE = _in_order(_STATES.c.bay), _in_order(_STATES), _in_order(_STATES.c.bay, skip_locked=True)
_HOLD_DUE = Statement(
    lambda _: (
        select(_STATES.c.bay)
        .where(_STATES.c.due_at <= bindparam("now"))
        .order_by(_STATES.c.due_at, _STATES.c.bay)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
)
_LOOK = Statement(
    lambda _: select(
        exists(select(table(SiteChange).c.id)).label("is_site_changed"),
        or_(
            # The first of an index; where none is due, to look for one that is would mean to look at all.
            select(func.min(_STATES.c.due_at)).scalar_subquery() <= bindparam("now"),
            exists(select(table(WaitingFact).c.id)),
        ).label("is_due"),
    )
)
_DUE = Statement(
    lambda dialect: update(_STATES).where(among(dialect, _STATES.c.bay, "bays")).values(due_at=bindparam("moment"))
)
_STALE = Statement(
    lambda dialect: (
        update(_STATES).where(among(dialect, _STATES.c.bay, "bays")).values(due_at=bindparam("moment"), stale=True)
    )
)


def look(conn: Connection, now: datetime) -> Any:
    """Whether any bay ``is_due``, and whether what a bay was used as changed (``is_site_changed``)."""
    return _LOOK.first(conn, {"now": now})


def claim(tx: Tx, most: int) -> set[str]:
    """Take up to so many bays that facts wait for, or whose time to look has come; those that others hold are theirs.

    What waits for these is taken in by the next look.
    """
    waited_for = longest_waiting(tx, most)
    bays = {row.bay for row in _HOLD_FREE.all(tx.conn, {"bays": waited_for})} if waited_for else set()
    if len(bays) < most:
        bays |= {row.bay for row in _HOLD_DUE.all(tx.conn, {"now": tx.now, "most": most - len(bays)})}
    return bays


def hold(conn: Connection, bays: Iterable[str]) -> list[str]:
    """Take these bays, waiting for whoever has them; those that there are. Nobody else decides of them until this ends.

    What others decided of them is read after that, and not before.
    """
    return [row.bay for row in _HOLD.all(conn, {"bays": sorted(set(bays))})]


def hold_states(conn: Connection, bays: Iterable[str]) -> dict[str, Any]:
    """The same with what stands of them: their rows, by bay."""
    return {row.bay: row for row in _HOLD_ROWS.all(conn, {"bays": sorted(bays)})}


def look_again(tx: Tx, bays: Iterable[str], *, is_stale: bool = True) -> None:
    """Make these bays due now. ``is_stale``: what is known of them must be folded anew."""
    held = hold(tx.conn, bays)
    if held:
        (_STALE if is_stale else _DUE).run(tx.conn, {"bays": held, "moment": tx.now})
