"""Commands to charging networks: wanted by a person, sent once, answered by the network and then by the charger.

Whoever wants one writes it here, and the sender of OCPI's outbox sends it; what became of it is in
:mod:`ledger.command_answers`. A command is never sent twice: it may have been carried out although nobody answered.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Connection

from ledger import objects, partners, pushes
from ledger.database import Tx, table
from ledger.partners import KnownPartner
from models import Command

_COMMANDS = table(Command)
# A person waits for it, before a charger: later it would surprise somebody.
_SENT_WITHIN = timedelta(minutes=1)


class CommandKind(StrEnum):
    """What we ask of networks (mod_commands, CommandType)."""

    START_SESSION = "START_SESSION"
    STOP_SESSION = "STOP_SESSION"
    UNLOCK_CONNECTOR = "UNLOCK_CONNECTOR"


class CommandError(ValueError):
    """A command that can't be given; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where a command goes: the keys of EVSE and session, and the id of the connector."""

    evse: str
    session: str | None = None
    connector: str | None = None


def want(
    tx: Tx, kind: CommandKind, target: Target, asked_by: str, *, token: str | None = None, violation: str | None = None
) -> str:
    """Want a command; returns the uid under which its answers are read (:mod:`ledger.command_answers`).

    ``token``: the keyed hash of the token that a session is started with. Raises :class:`CommandError` where the
    network of the EVSE takes no commands, or the target lacks what the command names.
    """
    partner = receiver(tx.conn, target.evse)
    if partner is None:
        raise CommandError("this network takes no commands from us")
    needed = {
        CommandKind.START_SESSION: (token, "the token of a driver"),
        CommandKind.STOP_SESSION: (target.session, "a session"),
        CommandKind.UNLOCK_CONNECTOR: (target.connector, "a connector"),
    }
    value, what = needed[kind]
    if value is None:
        raise CommandError(f"{kind} needs {what}")
    uid = str(uuid.uuid4())
    row = {"uid": uid, "kind": kind, "partner": partner.id, "evse": target.evse, "connector": target.connector}
    row |= {"session": target.session, "token": token, "violation": violation}
    tx.conn.execute(_COMMANDS.insert().values(**row, asked_by=asked_by[:60], asked_at=tx.now))
    push = pushes.OutgoingPush(
        identity=f"command:{uid}",
        kind=pushes.COMMAND,
        subject=uid,
        chain=f"command:{uid}",
        partner=partner.id,
        not_after=tx.now + _SENT_WITHIN,
    )
    pushes.enqueue(tx, push)
    return uid


def receiver(conn: Connection, evse: str) -> KnownPartner | None:
    """The partner that takes commands for an EVSE's network."""
    network = "*".join(evse.split("*")[:2])
    for partner in partners.known(conn):
        if partner.is_registered and network in partner.parties and takes_commands(partner):
            return partner
    return None


def takes_commands(partner: KnownPartner) -> bool:
    """Whether a partner offers to receive commands; 2.1.1 does not name the side."""
    endpoints = partner.connection.get("endpoints", [])
    return any(item["identifier"] == "commands" and item["role"] in ("RECEIVER", "") for item in endpoints)


def target_of(conn: Connection, session: str) -> Target | None:
    """Where a session runs, by what its network said of it."""
    country, party, session_id = session.split("*", 2)
    stored = objects.get(conn, "sessions", f"{country}*{party}", session_id)
    if stored is None:
        return None
    document: dict[str, Any] = msgspec.json.decode(stored.document)
    # 2.1.1 sends the whole location, with the one EVSE and connector that it is about; later versions name them.
    whole = _first([document.get("location")])
    own = _first(whole.get("evses"))
    location = str(document.get("location_id") or whole.get("id") or "").replace("*", chr(0x2217))
    connector = document.get("connector_id") or _first(own.get("connectors")).get("id")
    evse = f"{country}*{party}*{location}*{document.get('evse_uid') or own.get('uid') or ''}".casefold()
    return Target(evse=evse, session=session, connector=None if connector is None else str(connector))


def _first(found: Any) -> dict[str, Any]:
    """The first of a list of objects, as far as it is one."""
    first = found[0] if isinstance(found, list) and found else None
    return first if isinstance(first, dict) else {}
