"""What bays were used as, kept beside their evidence, and how full that makes their site.

Only bays of a site where some price depends on how full it is are written down. A change wakes nobody by itself: it
leaves a row, which :mod:`ledger.site_changes` takes up.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, literal, select

from enforcement.evidence import Evidence
from enforcement.policy import Policy
from enforcement.sites import SiteUse, Use, differ, since, site_use, uses
from ledger.database import Tx, table
from ledger.settings_of_bays import BayContext
from ledger.sites import Site, remembered
from models import BayUse, SiteChange

_uses = table(BayUse)


def note(tx: Tx, context: BayContext, evidence: Evidence, known: Sequence[Policy]) -> Site | None:
    """Write down what a bay was used as, and what changed of that. Returns its site, if that is priced."""
    site = remembered(tx, context.setting.station, known)
    bay = context.setting.bay
    if site is None or bay not in site.bays:
        return None
    cut = evidence.cut
    told = uses(evidence, context.setting, tx.now)
    before = _load(tx.conn, [bay], cut).get(bay, [])
    after = told if cut is None else since(told, cut)
    before = before if cut is None else since(before, cut)
    span = differ(before, after)
    if span is not None:
        _replace(tx, bay, before, after)
        if site.pricing - {bay}:
            tx.conn.execute(table(SiteChange).insert().values(bay=bay, since=span[0], until=span[1]))
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
