"""Partners for people: each connection, how far it was pulled, when its networks were heard, and what is odd."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from ledger import pulls, quirks
from ledger.database import table
from ledger.pulls import PullState
from ledger.quirks import Quirk
from ledger.session_ends import Meaning, meaning_of
from models import FeedSpan, Network, OcpiQuirk, Partner


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerLine:
    """A partner in the list. ``heard_at``: when any of its networks was heard last; ``failing``: pulls that fail."""

    id: int
    name: str
    status: str
    synthetic: bool
    version: str
    parties: tuple[str, ...]
    registered_at: datetime | None
    heard_at: datetime | None
    failing: int
    quirks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """A network behind a partner: when it was heard last, what its session end means, and what was observed of it."""

    key: str
    name: str
    heard_at: datetime | None
    session_end: Meaning


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerPage:
    """One partner. ``endpoints``: identifier, role, url; ``roles``: ours to it."""

    line: PartnerLine
    versions_url: str | None
    hub: str | None
    roles: tuple[str, ...]
    token_style: str
    networks: tuple[PartyLine, ...]
    endpoints: tuple[Mapping[str, str], ...]
    pulls: tuple[PullState, ...]
    quirks: tuple[Quirk, ...]


def partners(conn: Connection) -> list[PartnerLine]:
    """All partners, by name."""
    rows = conn.execute(select(table(Partner)).order_by(table(Partner).c.name)).all()
    heard, odd = _heard(conn), _odd(conn)
    return [_line(conn, row, heard, odd.get(row.id, 0)) for row in rows]


def partner(conn: Connection, partner_id: int) -> PartnerPage | None:
    """One partner, or None."""
    row = conn.execute(select(table(Partner)).where(table(Partner).c.id == partner_id)).one_or_none()
    if row is None:
        return None
    heard = _heard(conn)
    connection, settings = json.loads(row.endpoints) or {}, json.loads(row.settings)
    literal = connection.get("literal")
    return PartnerPage(
        line=_line(conn, row, heard, _odd(conn).get(row.id, 0)),
        versions_url=row.their_versions_url,
        hub=connection.get("hub"),
        roles=tuple(settings.get("roles", ())) or ("OTHER",),
        token_style="as it is" if literal else "Base64",
        networks=tuple(_networks(conn, json.loads(row.parties), heard)),
        endpoints=tuple(connection.get("endpoints", ())),
        pulls=tuple(pulls.states(conn, partner_id)),
        quirks=tuple(quirks.quirks(conn, partner_id)),
    )


def _line(conn: Connection, row: Any, heard: Mapping[str, datetime], odd: int) -> PartnerLine:
    parties = tuple(sorted(json.loads(row.parties)))
    return PartnerLine(
        id=row.id,
        name=row.name,
        status=row.status,
        synthetic=bool(row.synthetic),
        version=(json.loads(row.endpoints) or {}).get("version", "") if row.status == "registered" else "",
        parties=parties,
        registered_at=row.registered_at,
        heard_at=max((heard[key] for key in parties if key in heard), default=None),
        failing=sum(state.failures > 0 for state in pulls.states(conn, row.id)),
        quirks=odd,
    )


def _networks(conn: Connection, keys: list[str], heard: Mapping[str, datetime]) -> list[PartyLine]:
    networks = table(Network)
    query = select(networks).where(networks.c.key.in_(keys)).order_by(networks.c.key)
    return [
        PartyLine(key=row.key, name=row.name, heard_at=heard.get(row.key), session_end=meaning_of(row.habits))
        for row in conn.execute(query)
    ]


def _heard(conn: Connection) -> dict[str, datetime]:
    spans = table(FeedSpan)
    query = select(spans.c.network, func.max(spans.c.last_at).label("last")).group_by(spans.c.network)
    return {row.network: row.last for row in conn.execute(query)}


def _odd(conn: Connection) -> dict[int, int]:
    rows = table(OcpiQuirk)
    query = select(rows.c.partner, func.count().label("codes")).group_by(rows.c.partner)
    return {row.partner: row.codes for row in conn.execute(query)}
