"""The record of acts: who changed what, and when, written in the transaction of the change."""

from typing import Any

from sqlalchemy import Connection, select

from ledger.database import Tx, table
from models import Act

_acts = table(Act)
_act = _acts.c


def note(tx: Tx, who: str, what: str, about: str) -> None:
    """Somebody did something: ``owner`` ``paused`` ``webhook:desk``."""
    tx.conn.execute(_acts.insert().values(at=tx.now, who=who[:60], what=what, about=about))


def latest(conn: Connection, about: str, limit: int) -> list[Any]:
    """The last acts on what begins with ``about``, newest first."""
    is_it = _act.about.startswith(about, autoescape=True)
    return list(conn.execute(select(_acts).where(is_it).order_by(_act.id.desc()).limit(limit)))
