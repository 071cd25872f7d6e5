"""Sites: what each bay was used as, kept beside its evidence, and which stays a change of that touches.

Only bays of a site where some price depends on how full it is are written down. A change wakes nobody by itself: it
leaves a row, and whoever assesses next takes that up, holding no other bay's lock.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, literal, or_, select

from enforcement.evidence import Evidence
from enforcement.needs import needs
from enforcement.policy import Policy
from enforcement.scopes import rank_of, scope_of
from enforcement.sites import SiteUse, Use, differ, since, site_use, uses
from ledger import due, settings_of_bays, traits
from ledger.database import Ledger, Tx, table
from ledger.settings_of_bays import BayContext
from models import Bay, BayUse, PlaceTrait, SiteChange, StayRow
from models.places import Trait

_uses, _changes = table(BayUse), table(SiteChange)


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


def note(tx: Tx, context: BayContext, evidence: Evidence, cut: datetime | None, known: Sequence[Policy]) -> Site | None:
    """Write down what a bay was used as, and what changed of that. Returns its site, if that is priced.

    ``cut``: the evidence tells of what came after; None: of everything.
    """
    site = remembered(tx, context.setting.station, known)
    bay = context.setting.bay
    if site is None or bay not in site.bays:
        return None
    told = uses(evidence, context.setting, tx.now)
    before = _load(tx.conn, [bay], cut).get(bay, [])
    after = told if cut is None else since(told, cut)
    before = before if cut is None else since(before, cut)
    span = differ(before, after)
    if span is not None:
        _replace(tx, bay, before, after)
        if site.pricing - {bay}:
            tx.conn.execute(_changes.insert().values(bay=bay, since=span[0], until=span[1]))
    return site


def occupancy(conn: Connection, site: Site, lo: datetime | None, hi: datetime) -> list[SiteUse]:
    """How full a site was from ``lo`` (None: the first that is known) to ``hi``."""
    found = _load(conn, sorted(site.bays), lo)
    return over_time(found, site, lo, hi)


def over_time(
    bays: Mapping[str, Sequence[tuple[datetime, Use]]], site: Site, lo: datetime | None, hi: datetime
) -> list[SiteUse]:
    """The same from what is known of its bays already."""
    firsts = [changes[0][0] for changes in bays.values() if changes]
    begin = lo or min(firsts, default=hi)
    return site_use(bays, site.bays, begin, hi) if begin < hi else []


def take_up_changes(ledger: Ledger, now: datetime, known_to: Any, limit: int = 500) -> None:
    """Make due the bays whose stays a change of another bay touches. ``known_to`` gives a transaction's policies."""
    with ledger.write(now) as tx:
        query = select(_changes).order_by(_changes.c.id).limit(limit)
        if tx.conn.dialect.name == "postgresql":
            query = query.with_for_update(skip_locked=True)
        rows = list(tx.conn.execute(query))
        contexts = settings_of_bays.remembered(tx, {row.bay for row in rows})
        touching: list[tuple[Any, list[str]]] = []
        for row in rows:
            station = contexts[row.bay].setting.station if row.bay in contexts else ""
            site = remembered(tx, station, known_to(tx)) if station else None
            touching.append((row, sorted(site.pricing - {row.bay}) if site else []))
        # Whoever assesses these bays now is waited for: their stays are looked at only after that.
        due.hold(tx.conn, {bay for _, others in touching for bay in others})
        for row, others in touching:
            _wake(tx, row, others)
        tx.conn.execute(delete(_changes).where(_changes.c.id.in_([row.id for row in rows])))


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


def _wake(tx: Tx, change: Any, others: Sequence[str]) -> None:
    stays = table(StayRow).c
    after = or_(stays.left_at.is_(None), stays.left_at > change.since)
    before = [stays.arrived_at < change.until] if change.until is not None else []
    query = select(stays.bay, stays.is_final).where(stays.bay.in_(others), after, *before)
    touched: dict[str, bool] = {}
    for bay, is_final in tx.conn.execute(query):
        touched[bay] = touched.get(bay, False) or bool(is_final)
    for is_stale in (True, False):
        due.look_again(tx, (bay for bay, is_final in touched.items() if is_final is is_stale), is_stale=is_stale)


def _replace(tx: Tx, bay: str, before: Sequence[tuple[datetime, Use]], after: Sequence[tuple[datetime, Use]]) -> None:
    gone = [at for at, use in before if (at, use) not in after]
    if gone:
        tx.conn.execute(delete(_uses).where(_uses.c.bay == bay, _uses.c.at.in_(gone)))
    rows = [{"bay": bay, "at": at, "use": use.value} for at, use in after if (at, use) not in before]
    if rows:
        tx.conn.execute(_uses.insert(), rows)


def _load(conn: Connection, bays: Sequence[str], lo: datetime | None) -> dict[str, list[tuple[datetime, Use]]]:
    """What bays were used as from ``lo`` on, beginning with what held then."""
    query = select(_uses).where(_uses.c.bay.in_(bays)).order_by(_uses.c.bay, _uses.c.at)
    if lo is not None:
        other = _uses.alias()
        held = select(func.max(other.c.at)).where(other.c.bay == _uses.c.bay, other.c.at <= lo).scalar_subquery()
        query = query.where(_uses.c.at >= func.coalesce(held, literal(lo, _uses.c.at.type)))
    out: dict[str, list[tuple[datetime, Use]]] = {}
    for row in conn.execute(query):
        out.setdefault(row.bay, []).append((row.at, Use(row.use)))
    return out
