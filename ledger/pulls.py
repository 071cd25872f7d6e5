"""How far each module of each partner was pulled, and when it is asked again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from ledger.database import Tx, insert, table
from ledger.partners import REGISTERED, KnownPartner
from models import OcpiPull, Partner

# Whoever pulls holds a module for so long; should it die, another one may go on then.
_LEASE = timedelta(minutes=3)
_FIRST_PAUSE = timedelta(seconds=20)
_LONGEST_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class PullState:
    """How the pulls of one module stand. ``until``: all that was last updated before it is known here.

    ``whole_at``: when it was last begun to pull all of it, as at first.
    """

    module: str
    until: datetime | None
    next_at: datetime
    ok_at: datetime | None
    failures: int
    error: str
    taken: int
    refused: int
    whole_at: datetime | None = None


_PARTNERS = table(Partner)
_PULLS = table(OcpiPull)


def due(conn: Connection, partner: KnownPartner, modules: Sequence[str], now: datetime) -> list[str]:
    """Those modules whose next pull has come; all of them after a new handshake."""
    query = select(_PULLS.c.module, _PULLS.c.next_at, _PULLS.c.registered_at).where(_PULLS.c.partner == partner.id)
    later = {row.module for row in conn.execute(query) if row.next_at > now and _is_same(row, partner)}
    return [module for module in modules if module not in later]


def claim(tx: Tx, partner: KnownPartner, module: str) -> PullState | None:
    """Take a module that is due for this process alone; None if another one was faster."""
    is_it = (_PULLS.c.partner == partner.id) & (_PULLS.c.module == module)
    begun = {"registered_at": partner.registered_at, "until": None, "whole_at": None}
    fresh = {**begun, "next_at": tx.now, "failures": 0, "error": ""}
    unknown = {"partner": partner.id, "module": module, "taken": 0, "refused": 0, **fresh}
    tx.conn.execute(insert(tx.conn, OcpiPull).values(unknown).on_conflict_do_nothing())
    tx.conn.execute(update(_PULLS).where(is_it & (_PULLS.c.registered_at != partner.registered_at)).values(fresh))
    taken = update(_PULLS).where(is_it & (_PULLS.c.next_at <= tx.now)).values(next_at=tx.now + _LEASE)
    if not tx.conn.execute(taken).rowcount:
        return None
    return _state(tx.conn.execute(select(_PULLS).where(is_it)).one())


def begin_whole(tx: Tx, partner: KnownPartner, module: str) -> None:
    """Note that all of a claimed module is pulled from now on; it is not begun again soon, whatever becomes of it."""
    _set(tx, partner, module, {"whole_at": tx.now})


def keep(tx: Tx, partner: KnownPartner, module: str) -> bool:
    """Hold a claimed module for longer; False where the partner's connection was ended or made anew meanwhile."""
    stands = (_PARTNERS.c.status == REGISTERED) & (_PARTNERS.c.registered_at == partner.registered_at)
    if tx.conn.scalar(select(_PARTNERS.c.id).where(_PARTNERS.c.id == partner.id, stands)) is None:
        return False
    _set(tx, partner, module, {"next_at": tx.now + _LEASE})
    return True


def succeeded(
    tx: Tx, partner: KnownPartner, module: str, pulled: tuple[int, int], until: datetime, next_at: datetime
) -> None:
    """A module was pulled whole up to ``until``; ``pulled``: how many objects were taken, and how many refused."""
    values: dict[str, Any] = {"until": until, "ok_at": tx.now, "next_at": next_at, "failures": 0, "error": ""}
    _set(tx, partner, module, {**values, "taken": pulled[0], "refused": pulled[1]})


def failed(tx: Tx, partner: KnownPartner, state: PullState, error: str, longest: timedelta) -> None:
    """A pull failed: the next one waits twice as long as this one did, an hour at most."""
    pause = min(_FIRST_PAUSE * 2 ** min(state.failures, 10), _LONGEST_PAUSE, max(longest, _FIRST_PAUSE))
    values = {"failures": state.failures + 1, "error": error[:300], "next_at": tx.now + pause}
    _set(tx, partner, state.module, values)


def states(conn: Connection, partner: int) -> list[PullState]:
    """How all pulls from a partner stand, by module."""
    rows = conn.execute(select(_PULLS).where(_PULLS.c.partner == partner).order_by(_PULLS.c.module))
    return [_state(row) for row in rows]


def _is_same(row: Any, partner: KnownPartner) -> bool:
    return bool(row.registered_at == partner.registered_at)


def _set(tx: Tx, partner: KnownPartner, module: str, values: dict[str, Any]) -> None:
    """Nothing where the connection was made anew: that has pulls of its own."""
    is_it = (_PULLS.c.partner == partner.id) & (_PULLS.c.module == module)
    tx.conn.execute(update(_PULLS).where(is_it, _PULLS.c.registered_at == partner.registered_at).values(values))


def _state(row: Any) -> PullState:
    counts = (row.failures, row.error, row.taken, row.refused)
    return PullState(row.module, row.until, row.next_at, row.ok_at, *counts, row.whole_at)
