"""Rebuild: fold all facts again and compare with what stands. Nothing is written."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from enforcement.circumstances import NONE_KNOWN, Circumstances
from enforcement.decision import decide
from enforcement.evidence import Evidence
from enforcement.folding import fold
from enforcement.sites import SiteUse, uses
from enforcement.violations import State, Violation
from ledger import circumstances, feeds, policies, sites
from ledger import facts as fact_rows
from ledger.database import Ledger, table
from ledger.forgotten import base_of, horizons
from ledger.settings_of_bays import BayContext, load
from models import Bay, Cdr, Entry, Posting, ViolationRow

_BATCH = 200
# What must come out the same; states that persons or effects give are theirs. While a violation runs its amounts lag
# behind: the network's being heard moves the evidence on without a new decision.
_IDENTITY = ("kind", "bay", "policy", "session", "token", "currency")
_COMPARED = (*_IDENTITY, "billable_s", "fee_minor", "tax_minor")


def differences(ledger: Ledger, now: datetime) -> Iterator[str]:
    """One sentence for each difference between what stands and what all facts give.

    Violations are compared as of ``now``; postings must balance and come to the fee of every violation that ended.
    """
    with ledger.read() as conn:
        bays = list(conn.execute(select(table(Bay).c.id).order_by(table(Bay).c.id)).scalars())
        for start in range(0, len(bays), _BATCH):
            yield from _compare(conn, bays[start : start + _BATCH], now)
        yield from _unbalanced(conn)
        yield from _misbilled(conn)


def _compare(conn: Connection, bays: list[str], now: datetime) -> Iterator[str]:
    contexts = load(conn, bays)
    known = policies.published(conn)
    networks = {network for context in contexts.values() for network in context.setting.networks}
    heard = feeds.load(conn, networks, None)
    unknown = _forgotten(conn, contexts, known)
    rows = table(ViolationRow)
    standing = {
        row.key: row
        for row in conn.execute(select(rows).where(rows.c.bay.in_(bays)))
        if row.bay not in unknown or row.clock_started_at > unknown[row.bay]
    }
    folded = {bay: _fold(conn, context) for bay, context in contexts.items()}
    around = _circumstances(conn, contexts, folded, known, now)
    for bay, context in contexts.items():
        decision = decide(folded[bay], context.setting, heard, known, now, around.get(bay, NONE_KNOWN))
        found = {
            v.key: v
            for v in decision.violations
            if v.state is not State.CLEARED and (bay not in unknown or v.clock_started_at > unknown[bay])
        }
        for key, violation in found.items():
            yield from _differs(standing.pop(key, None), violation)
    for key, row in standing.items():
        if row.state is not State.CLEARED:
            yield f"{key} stands as {row.state}, but the facts give no violation"


def unchecked(ledger: Ledger, now: datetime) -> Iterator[str]:
    """One sentence for each bay with violations that can't be checked any more: their facts were forgotten."""
    rows = table(ViolationRow).c
    with ledger.read() as conn:
        bays = list(conn.execute(select(table(Bay).c.id).order_by(table(Bay).c.id)).scalars())
        known = policies.published(conn)
        for start in range(0, len(bays), _BATCH):
            unknown = _forgotten(conn, load(conn, bays[start : start + _BATCH]), known)
            for bay, until in unknown.items():
                older = rows.bay == bay, rows.clock_started_at <= until, rows.state != State.CLEARED
                count = conn.scalar(select(func.count()).where(*older))
                if count:
                    yield f"{bay}: {count} not checked, from before {until.isoformat()}: their facts were forgotten"


def _forgotten(conn: Connection, contexts: Mapping[str, BayContext], known: Any) -> dict[str, datetime]:
    """Up to when violations can't be checked: no facts are kept, or not those of a bay that the price looked at."""
    found = horizons(conn, contexts)
    for bay, context in contexts.items():
        site = sites.find(conn, context.setting.station, known)
        others = {} if site is None else horizons(conn, site.bays)
        if others:
            found[bay] = max([*others.values(), *([found[bay]] if bay in found else [])])
    return found


def _fold(conn: Connection, context: BayContext) -> Evidence:
    facts = [fact for fact in fact_rows.load(conn, context.subjects()) if context.admits(fact)]
    return fold(facts, context.setting, base_of(conn, context))


def _circumstances(
    conn: Connection, contexts: Mapping[str, BayContext], folded: Mapping[str, Evidence], known: Any, now: datetime
) -> dict[str, Circumstances]:
    """What prices depend on besides the bays' own facts; how full a site was follows from the facts of all its bays."""
    asking = []
    for bay, context in contexts.items():
        wanted = circumstances.needs_of(context, known)
        if wanted:
            site = sites.find(conn, context.setting.station, known) if wanted.occupancy else None
            use = () if site is None else _site_use(conn, site, folded, now)
            asking.append(circumstances.Asking(context, folded[bay], wanted, None, use))
    return circumstances.gather(conn, asking) if asking else {}


def _site_use(conn: Connection, site: sites.Site, folded: Mapping[str, Evidence], now: datetime) -> list[SiteUse]:
    contexts = load(conn, site.bays)
    evidence = {bay: folded.get(bay) or _fold(conn, context) for bay, context in contexts.items()}
    return sites.over_time(
        {bay: uses(evidence[bay], context.setting, now) for bay, context in contexts.items()}, site, None, now
    )


def _differs(row: Any, violation: Violation) -> Iterator[str]:
    if row is None:
        yield f"{violation.key} follows from the facts, but does not stand"
        return
    values = {
        "kind": violation.kind,
        "bay": violation.bay,
        "policy": violation.policy,
        "session": violation.session,
        "token": violation.token,
        "billable_s": int(violation.fee.billable.total_seconds()),
        "fee_minor": violation.fee.net_minor,
        "tax_minor": violation.fee.tax_minor,
        "currency": violation.fee.currency,
    }
    for name in _COMPARED if _is_counted(row, violation) else _IDENTITY:
        if getattr(row, name) != values[name]:
            yield f"{violation.key}: {name} stands as {getattr(row, name)!r}, the facts give {values[name]!r}"


def _is_counted(row: Any, violation: Violation) -> bool:
    """Whether amounts stand as meant: until it is settled, the next look may find that more is confirmed."""
    is_ahead = violation.fee.billable.total_seconds() > row.billable_s
    return row.state is State.SETTLED or (row.state is State.ENDED and not is_ahead)


def _unbalanced(conn: Connection) -> Iterator[str]:
    entries, postings, rows = table(Entry), table(Posting), table(ViolationRow)
    total = func.coalesce(func.sum(postings.c.amount_minor), 0)
    uneven = select(postings.c.entry, total.label("total")).group_by(postings.c.entry).having(total != 0)
    for row in conn.execute(uneven):
        yield f"entry {row.entry} does not balance: {row.total}"
    owed = postings.c.account.like("driver:%")
    query = (
        select(entries.c.violation, total.label("total"))
        .join(postings, postings.c.entry == entries.c.id)
        .where(owed)
        .group_by(entries.c.violation)
    )
    posted = {row.violation: int(row.total) for row in conn.execute(query)}
    ended = rows.c.state.in_((State.ENDED, State.SETTLED)) & rows.c.token.is_not(None)
    for key, net, tax in conn.execute(select(rows.c.key, rows.c.fee_minor, rows.c.tax_minor).where(ended)):
        if posted.pop(key, 0) != net + tax:
            yield f"{key}: the driver's postings do not come to {net + tax}"
    for key, amount in posted.items():
        running = conn.execute(select(rows.c.state).where(rows.c.key == key)).scalar()
        if amount != 0 and running not in (State.WAIVED, State.DISPUTED, State.REFERRED):
            yield f"{key}: {amount} is posted, but it is not over"


def _misbilled(conn: Connection) -> Iterator[str]:
    """Charge records, credits and all, come to what a final violation costs."""
    cdrs, rows = table(Cdr), table(ViolationRow)
    billed = func.sum(cdrs.c.amount_minor).label("billed")
    query = (
        select(rows.c.key, rows.c.state, rows.c.fee_minor, rows.c.tax_minor, billed)
        .join(cdrs, cdrs.c.violation == rows.c.key)
        .where(rows.c.state.in_((State.SETTLED, State.CLEARED, State.WAIVED)))
        .group_by(rows.c.key, rows.c.state, rows.c.fee_minor, rows.c.tax_minor)
    )
    for row in conn.execute(query):
        owed = row.fee_minor + row.tax_minor if row.state is State.SETTLED else 0
        if int(row.billed) != owed:
            yield f"{row.key}: its charge records come to {row.billed}, not to {owed}"
