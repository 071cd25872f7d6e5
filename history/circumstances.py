"""What a history tells besides a row's own times: what its driver had paid that day, and all that a price asks for."""

from collections.abc import Container, Iterator, Mapping
from datetime import date
from fractions import Fraction

from enforcement.circumstances import NONE_KNOWN, Circumstances, Membership
from enforcement.clauses import Kind
from enforcement.judging import JudgedStay
from enforcement.violations import violation_key
from history.keys import station_key
from history.rows import HistoryRow
from history.site import Sites, bay_key


class Days:
    """What each driver was charged in one bay on one day by the rows before, in the order of the file."""

    def __init__(self) -> None:
        self._spent: dict[str, dict[tuple[str, date], Fraction]] = {}

    def before(self, row: HistoryRow) -> dict[tuple[str, date], Fraction]:
        """The sums that a row's cap has to respect."""
        return self._spent.get(bay_key(row), {}) if self._spent else {}

    def add(self, row: HistoryRow, judged: JudgedStay | None) -> None:
        """Note what a row was charged."""
        if judged is None or row.who is None:
            return
        days = self._spent.setdefault(bay_key(row), {})
        for violation in judged.violations:
            for day, amount in violation.fee.by_day.items():
                days[row.who, day] = days.get((row.who, day), Fraction(0)) + amount


def circumstances(
    row: HistoryRow, sites: Sites | None, days: Days, holidays: Mapping[str, Container[date]]
) -> Circumstances:
    """What is known besides the row's own times."""
    occupancy = () if sites is None else sites.during(row)
    spent = days.before(row)
    if not (occupancy or spent or row.groups or row.warned_at or holidays):
        return NONE_KNOWN
    bay = station_key(row.network, row.station)
    members = tuple(Membership(name) for name in sorted(row.groups))
    return Circumstances(
        occupancy=occupancy,
        spent=spent,
        memberships=dict.fromkeys(("", row.who or ""), members),
        warned_at={} if row.warned_at is None else dict.fromkeys(_keys(row, bay), row.warned_at),
        holidays=holidays,
    )


def _keys(row: HistoryRow, bay: str) -> Iterator[str]:
    """The keys of all violations that a row can have."""
    for kind in Kind:
        yield from (violation_key(bay, row.moments[0], kind, session) for session in (None, row.session_id))
