"""What a history tells besides a row's own times: how full its site was, and what its driver had paid that day."""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date, datetime
from fractions import Fraction
from itertools import pairwise

from enforcement.circumstances import Circumstances
from enforcement.decision import JudgedStay
from enforcement.policy import Policy
from enforcement.tiers import Occupancy
from history.keys import station_key
from history.rows import HistoryRow


class Sites:
    """How large a share of each station's bays the history's own sessions took up.

    A station has as many bays as the history ever saw in use there: its EVSEs, or, where these are not told, the most
    sessions at one time.
    """

    def __init__(self, rows: Iterable[HistoryRow]) -> None:
        """Reads all rows once; those without a station, or with fewer than two times, tell nothing."""
        spans: dict[str, list[tuple[datetime, datetime]]] = {}
        evses: dict[str, set[str]] = {}
        for row in rows:
            if row.station is None or len(row.moments) < 2:
                continue
            key = station_key(row.network, row.station)
            spans.setdefault(key, []).append((row.moments[0], row.moments[-1]))
            evses.setdefault(key, set()).update([row.evse] if row.evse else [])
        self._steps = {key: _steps(of, len(evses[key])) for key, of in spans.items()}
        self._starts = {key: [start for start, _, _ in steps] for key, steps in self._steps.items()}

    def during(self, row: HistoryRow) -> Occupancy:
        """The steps that touch a row's stay."""
        key = station_key(row.network, row.station)
        steps = self._steps.get(key, [])
        if row.station is None or not steps:
            return ()
        first = max(0, bisect_right(self._starts[key], row.moments[0]) - 1)
        return steps[first : bisect_right(self._starts[key], row.moments[-1])]


class Days:
    """What each driver was charged in one bay on one day by the rows before, in the order of the file."""

    def __init__(self) -> None:
        self._spent: dict[tuple[str, str | None], dict[tuple[str, date], Fraction]] = {}

    def before(self, row: HistoryRow) -> dict[tuple[str, date], Fraction]:
        """The sums that a row's cap has to respect."""
        return self._spent.get(_bay(row), {})

    def add(self, row: HistoryRow, judged: JudgedStay | None) -> None:
        """Note what a row was charged."""
        if judged is None or row.token is None:
            return
        days = self._spent.setdefault(_bay(row), {})
        for violation in judged.violations:
            for day, amount in violation.fee.by_day.items():
                days[row.token, day] = days.get((row.token, day), Fraction(0)) + amount


def needs_site(policy: Policy) -> bool:
    """Whether a price of the policy depends on how full the site is."""
    return any(clause.needs_occupancy for clause in policy.clauses)


def circumstances(row: HistoryRow, sites: Sites | None, days: Days) -> Circumstances:
    """What is known besides the row's own times."""
    return Circumstances(occupancy=() if sites is None else sites.during(row), spent=days.before(row))


def _bay(row: HistoryRow) -> tuple[str, str | None]:
    return station_key(row.network, row.station), row.evse


def _steps(spans: list[tuple[datetime, datetime]], evses: int) -> list[tuple[datetime, datetime, Fraction]]:
    changes: dict[datetime, int] = {}
    for start, end in spans:
        changes[start] = changes.get(start, 0) + 1
        changes[end] = changes.get(end, 0) - 1
    in_use, counts = 0, []
    for start, end in pairwise(sorted(changes)):
        in_use += changes[start]
        counts.append((start, end, in_use))
    bays = evses or max((count for _, _, count in counts), default=0)
    return [(start, end, Fraction(min(count, bays), bays)) for start, end, count in counts if bays]
