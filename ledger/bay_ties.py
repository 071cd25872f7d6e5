"""Bays as their owner describes them, and the EVSEs that reach them: any number at once, in a few statements."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, exists, or_, select

from enforcement.facts import evse_subject
from ledger import due
from ledger.batches import Rows
from ledger.database import Concern, Tx, table
from ledger.statements import Statement, among
from models import Bay, BayEvse, EndedTie

_EVSES, _PAST = table(BayEvse), table(EndedTie)
_IS_IMPLICIT = _EVSES.c.bay.in_(select(table(Bay).c.id).where(table(Bay).c.implicit))
_IS_PAST = exists().where(_PAST.c.bay == _EVSES.c.bay, _PAST.c.evse == _EVSES.c.evse)

_END_IMPLICIT = Statement(
    lambda dialect: (
        delete(_EVSES)
        .where(among(dialect, _EVSES.c.evse, "evses"), or_(_IS_IMPLICIT, _IS_PAST))
        .returning(_EVSES.c.bay)
    )
)
_FORGET_PAST = Statement(
    lambda dialect: delete(_PAST).where(among(dialect, _PAST.c.evse, "evses")).returning(_PAST.c.bay)
)
_HOMES = Statement(lambda dialect: select(_EVSES).where(among(dialect, _EVSES.c.evse, "evses"), _EVSES.c.home))
_UNTIE = Statement(lambda dialect: delete(_EVSES).where(among(dialect, _EVSES.c.bay, "bays")).returning(_EVSES.c.evse))
_TIE = Rows(BayEvse)


@dataclass(frozen=True, slots=True, kw_only=True)
class BayTie:
    """A bay as its owner describes it: the EVSEs that reach it and the sensors in it, by key."""

    bay: str
    station: str
    name: str
    evses: tuple[str, ...] = ()
    sensors: tuple[str, ...] = ()


def tie_evses(tx: Tx, ties: Sequence[BayTie]) -> Concern:
    """The first bay that an EVSE is tied to is the home of its sessions; implicit bays of tied EVSEs end.

    Gives what that changes: these bays, those that ended, and all EVSEs that are tied or were.
    """
    claims: dict[str, list[str]] = {}
    for tie in ties:
        for evse in dict.fromkeys(tie.evses):
            claims.setdefault(evse, []).append(tie.bay)
    ended = _end_implicit(tx, sorted(claims))
    homes = {row.evse: row.bay for row in _HOMES.all(tx.conn, {"evses": sorted(claims)})}
    described = {tie.bay for tie in ties}
    untied = {row.evse for row in _UNTIE.all(tx.conn, {"bays": sorted(described)})}
    rows: list[dict[str, Any]] = []
    for evse, bays in claims.items():
        before = homes.get(evse)
        is_kept = before is not None and (before in bays or before not in described)
        home = before if is_kept else bays[0]
        rows += ({"bay": bay, "evse": evse, "home": bay == home} for bay in bays)
    _TIE.write(tx.conn, rows)
    return Concern(frozenset(described | ended), frozenset(map(evse_subject, claims.keys() | untied)))


def _end_implicit(tx: Tx, evses: Sequence[str]) -> set[str]:
    """Implicit bays lose their EVSE, as if it had never been there: an owner corrects what a network said.

    Their rows stay, since stays may refer to them, and boards leave them out. Gives these bays.
    """
    ended = {row.bay for row in _END_IMPLICIT.all(tx.conn, {"evses": evses})}
    ended |= {row.bay for row in _FORGET_PAST.all(tx.conn, {"evses": evses})}
    due.look_again(tx, ended)
    return ended
