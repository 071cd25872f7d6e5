"""How a violation is settled by OCPI: who collects its fee, and the charge records that were made for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from enforcement.setting import Settlement
from enforcement.violations import State
from ledger import command_answers, commands
from ledger.addressees import may_have, versions_of_parties
from ledger.command_answers import CommandLine
from ledger.commands import CommandKind
from ledger.database import table
from ledger.habits import read_habits
from ledger.places_of_sessions import is_stored
from ledger.queries.case import Case
from models import Cdr, Network, Push
from models.outbox import Delivery

# What a person at the charger can be helped with, while a session is there to be helped with.
_OFFERED = (CommandKind.STOP_SESSION, CommandKind.UNLOCK_CONNECTOR)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """One charge record. ``push``: how far its push came; None where there is no partner to push it to.

    ``is_by_hand``: its party speaks 2.1.1, which has no corrections: it is neither pushed nor offered.
    """

    cdr_id: str
    credits: str | None
    party: str
    amount_minor: int
    currency: str
    created_at: datetime
    push: Delivery | None
    reason: str | None
    is_by_hand: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """Everything about the settlement of one violation, and what can be asked of its charger.

    ``unbilled``: why there is no record of ours where we bill: ``goes_on``, ``no_session``, ``no_token``,
    ``nothing_owed`` or ``session_not_stored``; None where there is one, or where others bill.
    """

    mode: Settlement
    unbilled: str | None
    records: tuple[RecordLine, ...]
    offered: tuple[CommandKind, ...]
    commands: tuple[CommandLine, ...]


def settled(conn: Connection, case: Case, now: datetime) -> Settled:
    """How a violation stands with its network."""
    cdrs, pushes, networks = table(Cdr), table(Push), table(Network)
    query = (
        select(cdrs, pushes.c.state, pushes.c.reason)
        .join(pushes, pushes.c.identity == "cdr:" + cdrs.c.cdr_id, isouter=True)
        .where(cdrs.c.violation == case.key)
        .order_by(cdrs.c.number)
    )
    network = "*".join(case.violation.station.split("*")[:2])
    habits = conn.execute(select(networks.c.habits).where(networks.c.key == network)).scalar()
    versions, mode = versions_of_parties(conn), read_habits(habits or "{}").settlement
    rows = conn.execute(query).all()
    return Settled(
        mode=mode,
        unbilled=None if rows or mode is not Settlement.US else _unbilled(conn, case),
        records=tuple(
            RecordLine(
                cdr_id=row.cdr_id,
                credits=row.credits,
                party=row.party,
                amount_minor=row.amount_minor,
                currency=row.currency,
                created_at=row.created_at,
                push=row.state,
                reason=row.reason,
                is_by_hand=not may_have(versions.get(row.party, ""), row.number),
            )
            for row in rows
        ),
        offered=offered(conn, case),
        commands=tuple(command_answers.of_violation(conn, case.key, now)),
    )


def _unbilled(conn: Connection, case: Case) -> str | None:
    if case.session is None:
        return "no_session"
    if case.token is None:
        return "no_token"
    if case.violation.state is not State.SETTLED:
        return "goes_on"
    if case.violation.total_minor <= 0:
        return "nothing_owed"
    return None if is_stored(conn, case.session) else "session_not_stored"


def offered(conn: Connection, case: Case) -> tuple[CommandKind, ...]:
    """The commands that can be given while the violation goes on."""
    target = None if case.session is None or case.violation.ended_at else commands.target_of(conn, case.session)
    if target is None or commands.receiver(conn, target.evse) is None:
        return ()
    return tuple(kind for kind in _OFFERED if kind is not CommandKind.UNLOCK_CONNECTOR or target.connector is not None)
