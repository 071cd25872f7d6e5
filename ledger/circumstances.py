"""What prices may depend on besides a bay's own facts, loaded only where a published policy asks for it."""

from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays
from sqlalchemy import bindparam, func, or_, select

from enforcement.circumstances import Circumstances
from enforcement.money import exponent
from enforcement.policy import Clause, Policy
from enforcement.tiers import Occupancy
from ledger.database import Tx, table
from ledger.settings_of_bays import BayContext
from models import Bay, DriverToken, Message, StayRow, TokenGroup, ViolationRow
from models.outbox import Delivery

_GROUPS = select(table(TokenGroup)).where(table(TokenGroup).c.token.in_(bindparam("tokens", expanding=True)))
_DRIVERS = select(table(DriverToken)).where(table(DriverToken).c.token.in_(bindparam("tokens", expanding=True)))


def circumstances(
    tx: Tx, context: BayContext, tokens: Sequence[str], since: datetime | None, known: Sequence[Policy]
) -> Circumstances:
    """The circumstances of one bay: of the drivers in it, of its site since the first open stay, and the calendars."""
    clauses = [clause for policy in known for clause in policy.clauses]
    drivers = _drivers(tx, tokens) if any(clause.limits.cap_driver_day is not None for clause in clauses) else {}
    return Circumstances(
        occupancy=_occupancy(tx, context, since) if any(clause.needs_occupancy for clause in clauses) else (),
        groups=_groups(tx, tokens) if any(_asks_for_groups(clause) for clause in clauses) else {},
        drivers=drivers,
        spent=_spent(tx, context, tokens, drivers, since) if drivers or _caps_days(clauses) else {},
        warned_at=_warned(tx, context) if any(clause.grace_anchor == "warning" for clause in clauses) else {},
        holidays={policy.holidays: calendar(policy.holidays) for policy in known if policy.holidays},
    )


@lru_cache(maxsize=64)
def calendar(name: str) -> Container[date]:
    """The public holidays of a place like ``CA-QC`` or ``DE``. Raises ValueError if the library does not know it."""
    country, _, subdivision = name.partition("-")
    try:
        found: Container[date] = holidays.country_holidays(country, subdiv=subdivision or None)
    except NotImplementedError as error:
        raise ValueError(f"no calendar of public holidays for {name!r}") from error
    return found


def _asks_for_groups(clause: Clause) -> bool:
    return bool(clause.who.groups or clause.who.exempt_groups)


def _caps_days(clauses: Iterable[Clause]) -> bool:
    return any(clause.limits.cap_driver_day is not None for clause in clauses)


def _groups(tx: Tx, tokens: Sequence[str]) -> dict[str, frozenset[str]]:
    out: dict[str, frozenset[str]] = {}
    for row in tx.conn.execute(_GROUPS, {"tokens": list(tokens)}):
        out[row.token] = out.get(row.token, frozenset()) | {row.group}
    return out


def _drivers(tx: Tx, tokens: Sequence[str]) -> dict[str, str]:
    return {row.token: f"driver:{row.driver}" for row in tx.conn.execute(_DRIVERS, {"tokens": list(tokens)})}


def _warned(tx: Tx, context: BayContext) -> dict[str, datetime]:
    """When the first warning of each open violation of the bay was delivered."""
    messages, rows = table(Message), table(ViolationRow)
    query = (
        select(messages.c.violation, func.min(messages.c.delivered_at).label("at"))
        .join(rows, rows.c.key == messages.c.violation)
        .where(rows.c.bay == context.setting.bay, messages.c.state == Delivery.DELIVERED)
        .group_by(messages.c.violation)
    )
    return {row.violation: row.at for row in tx.conn.execute(query) if row.at is not None}


def _spent(
    tx: Tx, context: BayContext, tokens: Sequence[str], drivers: Mapping[str, str], since: datetime | None
) -> dict[tuple[str, date], Fraction]:
    """What violations of this bay that the decision does not speak of any more have charged these drivers by day."""
    if since is None:
        return {}
    rows, owned = table(ViolationRow), table(DriverToken)
    ids = [int(driver.removeprefix("driver:")) for driver in drivers.values()]
    of_drivers = rows.c.token.in_(select(owned.c.token).where(owned.c.driver.in_(ids)))
    query = select(rows.c.token, rows.c.clock_started_at, rows.c.fee_minor, rows.c.currency).where(
        rows.c.bay == context.setting.bay, rows.c.clock_started_at <= since, or_(rows.c.token.in_(tokens), of_drivers)
    )
    zone, out = ZoneInfo(context.setting.zone), dict[tuple[str, date], Fraction]()
    for row in tx.conn.execute(query):
        key = drivers.get(row.token, row.token), row.clock_started_at.astimezone(zone).date()
        out[key] = out.get(key, Fraction(0)) + Fraction(row.fee_minor, 10 ** exponent(row.currency))
    return out


def _occupancy(tx: Tx, context: BayContext, since: datetime | None) -> Occupancy:
    """The share of the station's bays that stays say were in use, as steps; a bay of which nothing is known is free."""
    stays, bays = table(StayRow), table(Bay)
    here = bays.c.station == context.setting.station
    total = tx.conn.execute(select(func.count()).select_from(bays).where(here)).scalar() or 0
    query = select(stays.c.arrived_at, stays.c.left_at).join(bays, bays.c.id == stays.c.bay).where(here)
    if since is not None:
        query = query.where(or_(stays.c.left_at.is_(None), stays.c.left_at > since))
    return steps([(row.arrived_at, row.left_at or tx.now) for row in tx.conn.execute(query)], total)


def steps(spans: Sequence[tuple[datetime, datetime]], total: int) -> list[tuple[datetime, datetime, Fraction]]:
    """How large a share of ``total`` places spans take up, from the first to the last of them."""
    changes: dict[datetime, int] = {}
    for lo, hi in spans:
        changes[lo] = changes.get(lo, 0) + 1
        changes[hi] = changes.get(hi, 0) - 1
    out: list[tuple[datetime, datetime, Fraction]] = []
    moments: list[Any] = sorted(changes)
    in_use = 0
    for lo, hi in zip(moments, moments[1:], strict=False):
        in_use += changes[lo]
        out.append((lo, hi, Fraction(min(in_use, total), total) if total else Fraction(0)))
    return out
