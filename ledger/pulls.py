"""How far each module of each partner was pulled, when it is asked again, and which objects it must be asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, select, update

from ledger.database import Tx, insert, table
from ledger.partners import REGISTERED, KnownPartner
from models import OcpiPull, OcpiWanted, Partner

# Whoever pulls holds a module for so long; should it die, another one may go on then.
_LEASE = timedelta(minutes=3)
_FIRST_PAUSE = timedelta(seconds=20)
_LONGEST_PAUSE = timedelta(hours=1)
# So often is an object asked for that its network does not give; then only its next word makes it known.
_TRIES = 8
# What a partner must be asked for is never so much that all others wait for it.
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class PullState:
    """How the pulls of one module stand. ``until``: all that was last updated before it is known here."""

    module: str
    until: datetime | None
    next_at: datetime
    ok_at: datetime | None
    failures: int
    error: str
    taken: int
    refused: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """An object that its network must be asked for; ``since``: when what we heard of it was true."""

    id: int
    module: str
    network: str
    object_id: str
    since: datetime
    tries: int


_PARTNERS = table(Partner)
_PULLS = table(OcpiPull)
_WANTED = table(OcpiWanted)


def due(conn: Connection, partner: KnownPartner, modules: Sequence[str], now: datetime) -> list[str]:
    """Those modules whose next pull has come; all of them after a new handshake."""
    query = select(_PULLS.c.module, _PULLS.c.next_at, _PULLS.c.registered_at).where(_PULLS.c.partner == partner.id)
    later = {row.module for row in conn.execute(query) if row.next_at > now and _is_same(row, partner)}
    return [module for module in modules if module not in later]


def claim(tx: Tx, partner: KnownPartner, module: str) -> PullState | None:
    """Take a module that is due for this process alone; None if another one was faster."""
    is_it = (_PULLS.c.partner == partner.id) & (_PULLS.c.module == module)
    fresh = {"registered_at": partner.registered_at, "until": None, "next_at": tx.now, "failures": 0, "error": ""}
    unknown = {"partner": partner.id, "module": module, "taken": 0, "refused": 0, **fresh}
    tx.conn.execute(insert(tx.conn, OcpiPull).values(unknown).on_conflict_do_nothing())
    tx.conn.execute(update(_PULLS).where(is_it & (_PULLS.c.registered_at != partner.registered_at)).values(fresh))
    taken = update(_PULLS).where(is_it & (_PULLS.c.next_at <= tx.now)).values(next_at=tx.now + _LEASE)
    if not tx.conn.execute(taken).rowcount:
        return None
    return _state(tx.conn.execute(select(_PULLS).where(is_it)).one())


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


def want(tx: Tx, partner: int, module: str, network: str, object_id: str, since: datetime) -> None:
    """Note that an object must be asked for; once, however often parts of it come."""
    row = {"partner": partner, "module": module, "network": network, "object_id": object_id}
    statement = insert(tx.conn, OcpiWanted).values({**row, "since": since, "next_at": tx.now, "tries": 0})
    tx.conn.execute(statement.on_conflict_do_nothing())


def wanted(conn: Connection, partner: KnownPartner, now: datetime) -> list[Wanted]:
    """What this partner must be asked for by now."""
    rows = conn.execute(
        select(_WANTED)
        .where(_WANTED.c.partner == partner.id, _WANTED.c.next_at <= now)
        .order_by(_WANTED.c.next_at, _WANTED.c.id)
        .limit(_AT_ONCE)
    )
    return [Wanted(row.id, row.module, row.network, row.object_id, row.since, row.tries) for row in rows]


def has(tx: Tx, item: Wanted) -> None:
    """It was given."""
    tx.conn.execute(delete(_WANTED).where(_WANTED.c.id == item.id))


def has_not(tx: Tx, item: Wanted) -> None:
    """It was not given: ask again later, and after some tries no more."""
    if item.tries + 1 >= _TRIES:
        has(tx, item)
        return
    next_at = tx.now + _FIRST_PAUSE * 2**item.tries
    tx.conn.execute(update(_WANTED).where(_WANTED.c.id == item.id).values(tries=item.tries + 1, next_at=next_at))


def _is_same(row: Any, partner: KnownPartner) -> bool:
    return bool(row.registered_at == partner.registered_at)


def _set(tx: Tx, partner: KnownPartner, module: str, values: dict[str, Any]) -> None:
    """Nothing where the connection was made anew: that has pulls of its own."""
    is_it = (_PULLS.c.partner == partner.id) & (_PULLS.c.module == module)
    tx.conn.execute(update(_PULLS).where(is_it, _PULLS.c.registered_at == partner.registered_at).values(values))


def _state(row: Any) -> PullState:
    counts = (row.failures, row.error, row.taken, row.refused)
    return PullState(row.module, row.until, row.next_at, row.ok_at, *counts)
