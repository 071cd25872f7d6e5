"""What can't be checked any more (:mod:`ledger.rebuild`), because the facts that it follows from were forgotten."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from enforcement.violations import State
from ledger import policies, sites
from ledger.database import Ledger, table
from ledger.forgotten import horizons
from ledger.settings_of_bays import BayContext, load
from models import Bay, ViolationRow

_BATCH = 200


def violations(ledger: Ledger) -> Iterator[str]:
    """One sentence for each bay with violations that can't be checked any more: their facts were forgotten."""
    rows = table(ViolationRow).c
    with ledger.read() as conn:
        bays = list(conn.execute(select(table(Bay).c.id).order_by(table(Bay).c.id)).scalars())
        known = policies.published(conn)
        for start in range(0, len(bays), _BATCH):
            unknown = since(conn, load(conn, bays[start : start + _BATCH]), known)
            for bay, until in unknown.items():
                older = rows.bay == bay, rows.clock_started_at <= until, rows.state != State.CLEARED
                count = conn.scalar(select(func.count()).where(*older))
                if count:
                    yield f"{bay}: {count} not checked, from before {until.isoformat()}: their facts were forgotten"


def since(conn: Connection, contexts: Mapping[str, BayContext], known: Any) -> dict[str, datetime]:
    """Up to when violations can't be checked: no facts are kept, or not those of a bay that the price looked at."""
    found = horizons(conn, contexts)
    for bay, context in contexts.items():
        site = sites.find(conn, context.setting.station, known)
        others = {} if site is None else horizons(conn, site.bays)
        if others:
            found[bay] = max([*others.values(), *([found[bay]] if bay in found else [])])
    return found
