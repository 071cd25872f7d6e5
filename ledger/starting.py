"""Starting a session for a driver who stands at a charger unplugged, with a token that is known to be theirs."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from ledger import command_answers, commands, objects, tokens
from ledger.command_answers import CommandLine
from ledger.commands import CommandKind, Target
from ledger.database import Tx, table
from ledger.partners import known
from ledger.vault import Vault
from models import BayEvse, DriverToken
from models.drivers import TieSource


@dataclass(frozen=True, slots=True)
class Start:
    """What can be started: at which EVSE, with which token (its keyed hash)."""

    evse: str
    token: str = field(repr=False)


def evse_to_start(conn: Connection, bay: str) -> str | None:
    """The EVSE of a bay at which a session could be started: its network takes commands. None if there is none."""
    ties = table(BayEvse)
    homes = select(ties.c.evse).where(ties.c.bay == bay, ties.c.home.is_(True)).order_by(ties.c.evse)
    evses = conn.execute(homes).scalars().all()
    return next((each for each in evses if commands.receiver(conn, each) and _plugs(conn, each).can_start), None)


def startable(conn: Connection, vault: Vault, bay: str, driver: int) -> Start | None:
    """What a driver could start in a bay; None where no EVSE of it takes commands, or no token of theirs will do.

    A token that only scans at bays tie to the driver may be somebody else's, and starts nothing: its owner or its
    provider must have said that it is theirs. Its party must be connected to us: the network itself, or a provider
    behind a partner; and it must not have said that the token is not valid.
    """
    evse, ties = evse_to_start(conn, bay), table(DriverToken)
    if evse is None:
        return None
    linked = {party for partner in known(conn) if partner.is_registered for party in partner.parties}
    is_theirs = (ties.c.driver == driver) & (ties.c.source != TieSource.SCAN)
    for token in conn.execute(select(ties.c.token).where(is_theirs).order_by(ties.c.token)).scalars().all():
        party = _party(conn, vault, token, evse)
        if party in linked and not tokens.is_barred(conn, token, party):
            return Start(evse, token)
    return None


def start(tx: Tx, wanted: Start, driver: int) -> str:
    """Want the session; returns the uid of the command, whose answers :func:`ledger.command_answers.find` reads.

    Raises :class:`ledger.commands.CommandError` if the network takes no commands any more.
    """
    target = Target(evse=wanted.evse, connector=_plugs(tx.conn, wanted.evse).only)
    return commands.want(tx, CommandKind.START_SESSION, target, asked_by(driver), token=wanted.token)


def asked_by(driver: int) -> str:
    """Who a command of a driver is from, as its row says it."""
    return f"driver:{driver}"


def last(conn: Connection, evse: str, driver: int, now: datetime) -> CommandLine | None:
    """The last session that a driver wanted to start at an EVSE."""
    return next(iter(command_answers.of_asker(conn, CommandKind.START_SESSION, evse, asked_by(driver), now)), None)


@dataclass(frozen=True, slots=True)
class _Plugs:
    """The connectors of an EVSE by id, and whether its network must be told which one is meant."""

    ids: tuple[str, ...]
    must_name: bool

    @property
    def only(self) -> str | None:
        """The one connector; None where there are several, or none is known."""
        return self.ids[0] if len(self.ids) == 1 else None

    @property
    def can_start(self) -> bool:
        """Whether all is known that a command must say: who stands in the bay does not tell us which plug."""
        return not self.must_name or self.only is not None


def _plugs(conn: Connection, evse: str) -> _Plugs:
    """What the network told of an EVSE's connectors (OCPI 2.2.1, 8.4.3 Capability and 13.3.4 StartSession)."""
    country, party, location, uid = evse.split("*", 3)
    stored = objects.get(conn, "locations", f"{country}*{party}", location.replace(chr(0x2217), "*"))
    document: dict[str, Any] = {} if stored is None else msgspec.json.decode(stored.document)
    own = (each for each in document.get("evses") or () if str(each.get("uid")).strip().casefold() == uid)
    found: dict[str, Any] = next(own, {})
    ids = (str(each["id"]) for each in found.get("connectors") or () if each.get("id") is not None)
    capabilities = found.get("capabilities")
    must_name = isinstance(capabilities, list) and "START_SESSION_CONNECTOR_REQUIRED" in capabilities
    return _Plugs(tuple(ids), must_name)


def _party(conn: Connection, vault: Vault, token: str, evse: str) -> str | None:
    """The token's party; one that its network did not name is the network's own."""
    document = tokens.open_token(conn, vault, token)
    if document is None:
        return None
    said = msgspec.json.decode(document)
    party = "*".join(str(said.get(name) or "") for name in ("country_code", "party_id")).casefold()
    return party if len(party) > 1 else "*".join(evse.split("*")[:2])
