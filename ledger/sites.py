"""Sites: which bays stand at one place, where some price there depends on how full it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from enforcement.needs import needs
from enforcement.policy import Policy
from enforcement.scopes import rank_of, scope_of
from ledger import due, settings_of_bays, traits
from ledger.database import Tx, table
from models import Bay, PlaceTrait
from models.places import Trait


@dataclass(frozen=True, slots=True)
class Site:
    """One place. ``bays``: each with the moment since when it is known; ``pricing``: those whose price asks for it."""

    bays: Mapping[str, datetime]
    pricing: frozenset[str]


def find(conn: Connection, station: str, known: Sequence[Policy]) -> Site | None:
    """The site of a station; None where no price depends on how full it is."""
    asking = [policy for policy in known if needs([policy]).occupancy]
    if not asking:
        return None
    bays = table(Bay)
    here = bays.c.station.in_(_stations(conn, station))
    since_when = {row.id: row.known_at or traits.ALWAYS for row in conn.execute(select(bays).where(here))}
    contexts = settings_of_bays.load(conn, since_when)
    tied = {bay: context.setting for bay, context in contexts.items() if context.is_tied}
    scopes = {bay: scope_of(setting) for bay, setting in tied.items()}
    pricing = frozenset(bay for bay, scope in scopes.items() if any(rank_of(policy, scope) for policy in asking))
    return Site({bay: since_when[bay] for bay in tied}, pricing) if pricing else None


def remembered(tx: Tx, station: str, known: Sequence[Policy]) -> Site | None:
    """The site of a station, looked for once while the registry stands."""
    memory = tx.memory.sites
    if station not in memory:
        memory[station] = find(tx.conn, station, known)
    site: Site | None = memory[station]
    return site


def tie(tx: Tx, station: str, site: str) -> bool:
    """Say of which site a station is; empty: of its own. Returns False where that held already."""
    before = _stations(tx.conn, station)
    if not traits.say(tx, station, Trait.SITE, site):
        return False
    look_again(tx, sorted(before | _stations(tx.conn, station)))
    return True


def look_again(tx: Tx, stations: Sequence[str] | None = None) -> None:
    """Fold bays again, of these stations or of all: what is a site, or which price asks for it, has changed."""
    bays = table(Bay)
    query = select(bays.c.id) if stations is None else select(bays.c.id).where(bays.c.station.in_(stations))
    due.look_again(tx, tx.conn.execute(query).scalars())


def _stations(conn: Connection, station: str) -> set[str]:
    """Those that are said to be of the same site. One of which nothing is said is a site of its own name."""
    words = table(PlaceTrait)
    query = select(words.c.place, words.c.value).where(words.c.trait == Trait.SITE).order_by(words.c.since)
    said = {row.place: row.value for row in conn.execute(query)}  # the last word counts
    site = said.get(station) or station
    return {place for place, value in said.items() if value == site} | {station, *({site} - said.keys())}
