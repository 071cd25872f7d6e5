"""What became of commands to charging networks: the network's own answer, then the charger's, and how each stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from enforcement.facts import SessionUpdated, evse_subject
from ledger.commands import CommandKind
from ledger.database import Tx, table
from ledger.record import record
from models import Command, Evse, Push, Station
from models.outbox import Delivery

_COMMANDS, _PUSHES = table(Command), table(Push)
# Where the network does not say how long the charger may take (2.1.1).
_ANSWERED_WITHIN = timedelta(minutes=2)
_LONGEST_S = 3600
ACCEPTED = "ACCEPTED"


class CommandState(StrEnum):
    """Where a command stands. ``unknown``: it left, and no answer came; ``timed_out``: the charger did not answer."""

    WAITING = "waiting"
    ACCEPTED = "accepted"
    DONE = "done"
    REFUSED = "refused"
    TIMED_OUT = "timed_out"
    NOT_SENT = "not_sent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandLine:
    """A command as people see it. ``words``: what the network or the charger said, or why it did not leave."""

    uid: str
    kind: CommandKind
    state: CommandState
    asked_by: str
    asked_at: datetime
    answered_at: datetime | None
    words: str | None


def load(conn: Connection, uid: str) -> Any:
    """A command's row with the network's own names of its EVSE, or None."""
    evses, stations = table(Evse), table(Station)
    query = (
        select(_COMMANDS, evses.c.uid.label("evse_uid"), stations.c.location_id)
        .join(evses, evses.c.key == _COMMANDS.c.evse, isouter=True)
        .join(stations, stations.c.key == evses.c.station, isouter=True)
    )
    return conn.execute(query.where(_COMMANDS.c.uid == uid)).one_or_none()


def respond(tx: Tx, uid: str, response: str, timeout_s: int | None, message: str | None) -> None:
    """Note the network's own answer: whether it takes the command, and how long the charger may need."""
    wait = _ANSWERED_WITHIN if timeout_s is None else timedelta(seconds=max(0, min(timeout_s, _LONGEST_S)))
    values: dict[str, Any] = {"response": response[:30], "due_at": tx.now + wait}
    values |= {} if message is None else {"message": message[:255]}
    tx.conn.execute(update(_COMMANDS).where(_COMMANDS.c.uid == uid, _COMMANDS.c.response.is_(None)).values(values))


def answer(tx: Tx, uid: str, partner: int, result: str, message: str | None) -> bool:
    """Note the charger's answer, once, also where it comes late. False if it is no command of this partner's.

    A session that was stopped by us was stopped by its operator: policies may spare what follows.
    """
    own = (_COMMANDS.c.uid == uid) & (_COMMANDS.c.partner == partner)
    row = tx.conn.execute(select(_COMMANDS).where(own)).first()
    if row is None:
        return False
    values = {"result": result[:30], "message": None if message is None else message[:255], "answered_at": tx.now}
    tx.conn.execute(update(_COMMANDS).where(own, _COMMANDS.c.result.is_(None)).values(values))
    if row.result is None and result == ACCEPTED and row.kind == CommandKind.STOP_SESSION:
        record(tx, [_stopped(row, tx.now)])
    return True


def _stopped(row: Any, now: datetime) -> SessionUpdated:
    return SessionUpdated(
        at=now,
        seen_at=now,
        source="commands",
        source_id=f"stopped:{row.uid}",
        subject=evse_subject(row.evse),
        session=row.session,
        stopped_by_operator=True,
    )


def find(conn: Connection, uid: str, now: datetime) -> CommandLine | None:
    """One command as it stands."""
    return next(iter(_lines(conn, _COMMANDS.c.uid == uid, now)), None)


def of_violation(conn: Connection, violation: str, now: datetime) -> list[CommandLine]:
    """The commands that were given from a violation's page, newest first."""
    return _lines(conn, _COMMANDS.c.violation == violation, now)


def of_asker(conn: Connection, kind: CommandKind, evse: str, asked_by: str, now: datetime) -> list[CommandLine]:
    """The commands of a kind that somebody gave to an EVSE, newest first."""
    mine = (_COMMANDS.c.kind == kind) & (_COMMANDS.c.evse == evse) & (_COMMANDS.c.asked_by == asked_by)
    return _lines(conn, mine, now)


def _lines(conn: Connection, which: Any, now: datetime) -> list[CommandLine]:
    query = (
        select(_COMMANDS, _PUSHES.c.state.label("push"), _PUSHES.c.reason)
        .join(_PUSHES, _PUSHES.c.identity == "command:" + _COMMANDS.c.uid)
        .where(which)
        .order_by(_COMMANDS.c.id.desc())
    )
    return [
        CommandLine(
            uid=row.uid,
            kind=CommandKind(row.kind),
            state=_state(row, now),
            asked_by=row.asked_by,
            asked_at=row.asked_at,
            answered_at=row.answered_at,
            words=row.message or row.reason or (None if row.result in (None, ACCEPTED) else row.result),
        )
        for row in conn.execute(query)
    ]


def _state(row: Any, now: datetime) -> CommandState:
    if row.result is not None:
        return CommandState.DONE if row.result == ACCEPTED else CommandState.REFUSED
    if row.response is not None and row.response != ACCEPTED:
        return CommandState.REFUSED
    if row.response is not None:
        return CommandState.TIMED_OUT if row.due_at <= now else CommandState.ACCEPTED
    unsent: Sequence[Delivery] = (Delivery.EXPIRED, Delivery.FAILED)
    if row.push in unsent:
        return CommandState.NOT_SENT
    return CommandState.UNKNOWN if row.push is Delivery.UNKNOWN else CommandState.WAITING
