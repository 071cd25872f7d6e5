"""Rebuild: fold all facts again and compare with what stands. Nothing is written."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from enforcement.circumstances import NONE_KNOWN, Circumstances
from enforcement.decision import decide
from enforcement.evidence import Evidence
from enforcement.sites import SiteUse, uses
from enforcement.violations import State, Violation
from ledger import bay_uses, books, circumstances, feeds, policies, sites, unchecked
from ledger.database import Ledger, table
from ledger.kept_evidence import refold
from ledger.settings_of_bays import BayContext, load
from models import Bay, ViolationRow

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
        yield from books.unbalanced(conn)
        yield from books.misbilled(conn)


def _compare(conn: Connection, bays: list[str], now: datetime) -> Iterator[str]:
    contexts = load(conn, bays)
    known = policies.published(conn)
    networks = {network for context in contexts.values() for network in context.setting.networks}
    heard = feeds.load(conn, networks, None)
    unknown = unchecked.since(conn, contexts, known)
    rows = table(ViolationRow)
    standing = {
        row.key: row
        for row in conn.execute(select(rows).where(rows.c.bay.in_(bays)))
        if row.bay not in unknown or row.clock_started_at > unknown[row.bay]
    }
    folded = {bay: refold(conn, context) for bay, context in contexts.items()}
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
    evidence = {bay: folded.get(bay) or refold(conn, context) for bay, context in contexts.items()}
    return bay_uses.over_time(
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
