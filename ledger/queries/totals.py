"""The whole town in numbers."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from enforcement.violations import State
from ledger.database import table
from ledger.queries.bay_tiles import is_real
from models import Bay, BayState, ViolationRow

# A vehicle stands there and does not charge.
BLOCKED = ("idle", "overstaying", "unplugged")


@dataclass(frozen=True, slots=True)
class Totals:
    """Bays by condition, violations that run and what they cost so far by currency."""

    conditions: dict[str, int]
    running: int
    fees_minor: dict[str, int]

    @property
    def bays(self) -> int:
        """All bays."""
        return sum(self.conditions.values())

    @property
    def blocked(self) -> int:
        """Bays with a vehicle that does not charge."""
        return sum(self.conditions.get(condition, 0) for condition in BLOCKED)


def totals(conn: Connection) -> Totals:
    """What all bays are now, and what runs there."""
    bay, state, violation = table(Bay), table(BayState), table(ViolationRow)
    condition = func.coalesce(state.c.condition, "unknown")
    conditions = (
        select(condition, func.count())
        .select_from(bay.outerjoin(state, state.c.bay == bay.c.id))
        .where(is_real())
        .group_by(condition)
    )
    fees = (
        select(violation.c.currency, func.count(), func.sum(violation.c.fee_minor + violation.c.tax_minor))
        .where(violation.c.state == State.RUNNING)
        .group_by(violation.c.currency)
    ).order_by(violation.c.currency)
    running = conn.execute(fees).all()
    return Totals(
        conditions={row[0]: row[1] for row in conn.execute(conditions)},
        running=sum(row[1] for row in running),
        fees_minor={row[0]: int(row[2]) for row in running},
    )
