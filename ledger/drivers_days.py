"""What drivers were charged on a day by what is settled, for prices that are capped by driver and day."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import Connection, select

from enforcement.violations import State
from ledger.database import table
from models import DriverToken, ViolationRow

# A stay that begins after the cut may share its local day with what ended so long before it.
_A_DAY_AND_MORE = timedelta(hours=50)

_violations, _ties = table(ViolationRow).c, table(DriverToken).c


def drivers_of(conn: Connection, tokens: Iterable[str]) -> dict[str, str]:
    """Whose tokens these are, where that is certain: one scan at a bay is not."""
    query = select(_ties.token, _ties.driver).where(_ties.token.in_(sorted(tokens)), _ties.scanned.is_(False))
    return {row.token: f"driver:{row.driver}" for row in conn.execute(query)}


def spent(
    conn: Connection, bay: str, cut: datetime | None, drivers: Mapping[str, str]
) -> dict[tuple[str, date], Fraction]:
    """What drivers were charged by violations of a bay that are settled and that its evidence no longer tells of.

    ``cut``: it tells of what came after; None: of everything. ``drivers``: whose tokens are known already.
    """
    if cut is None:
        return {}
    recent = _violations.ended_at > cut - _A_DAY_AND_MORE
    settled = (_violations.bay == bay) & (_violations.clock_started_at <= cut)
    query = select(_violations.token, _violations.explanation).where(settled, recent, _violations.token.is_not(None))
    rows = conn.execute(query.where(_violations.state != State.CLEARED)).all()
    known = {**drivers_of(conn, {row.token for row in rows}), **drivers}
    out: dict[tuple[str, date], Fraction] = {}
    for row in rows:
        for day, amount in json.loads(row.explanation).get("by_day", {}).items():
            key = (known.get(row.token, row.token), date.fromisoformat(day))
            out[key] = out.get(key, Fraction(0)) + Fraction(amount)
    return out
